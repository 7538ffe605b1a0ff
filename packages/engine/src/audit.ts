import type { ArgumentSpec, Arguments, ConversationId, RunId } from '@parley/protocol'
import type { AppendQueue } from './append-queue.js'
import type { Host } from './host.js'
import { randomId } from './identity.js'
import { presentableText } from './presentable.js'
import type { RunRecord, VisitorId } from './records.js'
import type { Put } from './store.js'

/** Records of who did what, for whoever must be able to tell later. Never what was said. */

export type AuditName =
  | 'command.started'
  | 'command.refused'
  | 'command.finished'
  | 'command.failed'
  | 'signIn.requested'
  | 'signIn.completed'
  | 'signIn.refused'
  | 'signIn.expired'
  | 'identity.accepted'
  | 'identity.refused'
  | 'flow.start'
  | 'flow.stop'
  | 'flow.active'
  | 'flow.inactive'
  | 'flow.failed'
  | 'platform.signedIn'
  | 'platform.refused'

export type AuditFields = Readonly<Record<string, string | number | boolean | null>>

/** What the record says. `fields` of the caller stand beside these, which they never replace. */
export type AuditPayload = {
  /** The same as the record's: tells a repeat. */
  readonly id: string
  readonly inbox: string
  readonly conversation: ConversationId | null
  /** The keyed hash, never a name. */
  readonly visitor: VisitorId | null
  readonly run?: RunId
  readonly command?: string
  /** Of a command's arguments those that cannot hold free text. */
  readonly args?: Arguments
  readonly [field: string]: unknown
}

export type AuditRecord = {
  readonly id: string
  readonly name: AuditName
  /** When it happened, in ms since 1970. */
  readonly at: number
  readonly payload: AuditPayload
}

/** What a connector records, of one of its runs or of itself. */
export type AuditNote = { readonly name: AuditName; readonly run?: RunId; readonly fields?: AuditFields }

export type AuditEntry = {
  readonly name: AuditName
  readonly inbox: string
  /** What happens once has the same key at every attempt, and so the same id; without one the id is random. */
  readonly key?: string
  readonly conversation?: ConversationId
  readonly visitor?: VisitorId
  readonly run?: RunId
  readonly command?: string
  readonly args?: Arguments
  readonly fields?: AuditFields
}

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
