import { type Append, checkArguments } from '@parley/protocol'
import { auditableArguments, ofRun } from './audit.js'
import type { AuditEntry } from './audit-record.js'
import type { AppendContext, AppendUnit } from './append-unit.js'
import type { Put, Unit } from './store.js'

type Command = Extract<Append, { readonly type: 'run.started' }>
type Where = Pick<AppendContext, 'connector' | 'inbox' | 'visitor'>

/** The unit of a visitor's command together with its audit record: begun, or refused and why. */
export function withAudit(frame: Command, made: AppendUnit, where: Where, puts: (entry: AuditEntry) => readonly Put[]): AppendUnit {
  const entry = entryOf(frame, made, where)
  return entry ? { ...made, unit: withPuts(made.unit, puts(entry)) } : made
}

const withPuts = (unit: Unit, puts: readonly Put[]): Unit => ({ ...unit, puts: [...(unit.puts ?? []), ...puts] })

function entryOf({ conversation, messageId, body }: Command, { unit, run }: AppendUnit, { connector, inbox, visitor }: Where): AuditEntry | null {
  const key = `${conversation} ${messageId}`
  const spec = connector.commands.find((one) => one.name === body.command)
  if (run) return { name: 'command.started', key, ...ofRun(run), args: auditableArguments(spec?.args ?? [], run.args) }
  if (!unit.void) return null
  const refused: AuditEntry = { name: 'command.refused', key, inbox, conversation, visitor, fields: { code: unit.void.code } }
  // A name that no command has may be anything that somebody typed.
  if (!spec) return refused
  const checked = checkArguments(spec, body.args)
  return { ...refused, command: spec.name, ...(checked.ok ? { args: auditableArguments(spec.args, checked.args) } : {}) }
}
