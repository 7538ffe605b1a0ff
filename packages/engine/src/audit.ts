import type { ArgumentSpec, Arguments } from '@parley/protocol'
import type { AppendQueue } from './append-queue.js'
import type { AuditEntry, AuditFields, AuditPayload } from './audit-record.js'
import type { Host } from './host.js'
import { randomId } from './identity.js'
import { presentableText } from './presentable.js'
import type { RunRecord } from './records.js'
import type { Put } from './store.js'

/** Writes audit records, or does nothing at all. */
export interface Audit {
  readonly isOn: boolean
  /** What is written in the transaction of the act itself; nothing when no audit is configured. */
  puts(entry: AuditEntry): readonly Put[]
  /** Records an act that writes nothing else. @throws what the store threw */
  record(entry: AuditEntry): Promise<void>
}

/** Fields are few and short: a record is no place for content. */
const MOST_FIELDS = 20
const FIELD_CHARACTERS = 300
const ID_CHARACTERS = 22

/**
 * @param written told when a record is on its way into the store; `null`: nothing is recorded
 */
export function createAudit({ clock, chance, seal }: Host, queue: AppendQueue, written: (() => void) | null): Audit {
  if (!written) return NO_AUDIT

  function puts({ name, key, fields, ...known }: AuditEntry): readonly Put[] {
    const id = key === undefined ? randomId<string>(chance) : seal.sign('audit', `${name} ${key}`).slice(0, ID_CHARACTERS)
    const payload: AuditPayload = { ...shortFields(fields ?? {}), conversation: null, visitor: null, ...known, id }
    written?.()
    return [{ put: 'audit', record: { id, name, at: clock.now(), payload } }]
  }

  return {
    isOn: true,
    puts,
    async record(entry) {
      await queue.commit([{ puts: puts(entry) }])
    }
  }
}

const NO_AUDIT: Audit = { isOn: false, puts: () => [], record: async () => {} }

/** What every record of a run says. */
export const ofRun = ({ run, inbox, conversation, visitor, command }: RunRecord) => ({ run, inbox, conversation, visitor, command })

/** Of a command's arguments those whose values come from a list, are no text, or have a pattern to match. */
export function auditableArguments(specs: readonly ArgumentSpec[], args: Arguments): Arguments {
  return Object.fromEntries(specs.filter(isAuditable).flatMap(({ name }) => (Object.hasOwn(args, name) ? [[name, args[name]]] : []))) as Arguments
}

const isAuditable = ({ type, pattern }: ArgumentSpec): boolean =>
  type === 'choice' || type === 'number' || type === 'boolean' || (type === 'text' && pattern !== undefined)

function shortFields(fields: AuditFields): AuditFields {
  return Object.fromEntries(
    Object.entries(fields)
      .slice(0, MOST_FIELDS)
      .map(([name, value]) => [name.slice(0, FIELD_CHARACTERS), typeof value === 'string' ? short(value) : value])
  )
}

const short = (text: string): string => presentableText(text.length > FIELD_CHARACTERS ? `${text.slice(0, FIELD_CHARACTERS - 1)}…` : text)
