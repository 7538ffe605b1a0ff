import { type Append, type Author, checkArguments, type DeviceId, type ErrorCode, type EventBodies, type EventType, LIMITS, type RunId } from '@parley/protocol'
import { offeredCommand, whyForbidden } from './command-rights.js'
import type { Connector, ConnectorCommand } from './connector.js'
import type { NewEvent, NewJob, RunRecord, VisitorId } from './records.js'
import type { Unit } from './store.js'

/** A run without an end is given up after this long, unless its command says otherwise. */
const RUN_TIMEOUT_MS = 600_000

export type Answering = { readonly inbox: string; readonly connector: Connector }

export type AppendContext = {
  readonly device: DeviceId
  readonly author: Author
  readonly visitor: VisitorId
  readonly inbox: string
  readonly connector: Connector
  /** Whose side answers what is said: mostly the inbox's own. Commands stay with the inbox. */
  readonly answering: Answering
  /** What the visitor may use. */
  readonly roles: readonly string[]
  readonly status: 'open' | 'closed'
  readonly now: number
  /** The digest of the content, whose body is given as JSON. */
  digest(bodyText: string): string
  /** The run's id, should this start one. */
  newRun(): RunId
  /** What is to be delivered of it to this side, if it takes that. */
  job(to: Answering, event: NewEvent): NewJob | null
}

type Digested = Omit<AppendContext, 'digest'> & { readonly digest: string }

/** What to write for a visitor's append; `refusal` when what is written is only its void. */
export type AppendUnit = { readonly unit: Unit; readonly run: RunRecord | null; readonly refusal: string | null }

const encoder = new TextEncoder()

/** UTF-8 takes three bytes a character at most, so what is short needs no counting. */
const byteLength = (text: string): number => (text.length * 3 <= LIMITS.bodyBytes ? text.length : encoder.encode(text).length)

/** A visitor's append as a unit for the store. What is definitely refused still takes its number. */
export function unitFromAppend(frame: Append, context: AppendContext): AppendUnit {
  if (frame.type === 'void') return voidUnit(frame, context, frame.body.code ?? 'append.discarded', 'The message was discarded.')
  if (context.status === 'closed') return voidUnit(frame, context, 'conversation.closed', 'The conversation is closed.')
  const bodyText = JSON.stringify(frame.body)
  const bytes = byteLength(bodyText)
  if (bytes > LIMITS.bodyBytes) return voidUnit(frame, context, 'append.tooLarge', `The message has ${bytes} bytes; ${LIMITS.bodyBytes} are the most.`)
  const digest = context.digest(bodyText)
  if (frame.type === 'run.started') return runUnit(frame, frame.body, { ...context, digest })
  return { unit: eventUnit(frame, { ...context, digest }, frame.type, frame.body), run: null, refusal: null }
}

function runUnit(
  frame: Append,
  { command, args }: { readonly command: string; readonly args: EventBodies['run.started']['args'] },
  context: Digested
): AppendUnit {
  const { connector, roles } = context
  const spec = connector.commands.find((one) => one.name === command)
  const forbidden = spec && whyForbidden(spec, args, roles)
  if (forbidden) return voidUnit(frame, context, 'command.forbidden', forbidden)
  const offered = spec && offeredCommand(spec, roles)
  if (!spec || !offered) return voidUnit(frame, context, 'command.unknown', `There is no command /${command.slice(0, 40)} here.`)
  const checked = checkArguments(offered, args)
  if (!checked.ok) return voidUnit(frame, context, 'command.invalid', checked.text)
  const body = { run: context.newRun(), command, args: checked.args }
  const run = runRecord(frame, spec, body, context)
  return { unit: { ...eventUnit(frame, context, 'run.started', body), puts: [{ put: 'run', run }] }, run, refusal: null }
}

function runRecord(frame: Append, spec: ConnectorCommand, body: EventBodies['run.started'], { inbox, visitor, now }: Digested): RunRecord {
  const deadlineAt = now + (spec.timeoutMs ?? RUN_TIMEOUT_MS)
  return { ...body, conversation: frame.conversation, inbox, visitor, status: 'open', startedAt: now, deadlineAt, notes: null }
}

function eventUnit<Type extends EventType>(frame: Append, context: Digested, type: Type, body: EventBodies[Type]): Unit {
  const { conversation, messageId } = frame
  const { author, digest, now, device } = context
  const event = {
    conversation,
    messageId,
    log: 'public',
    type,
    author,
    body,
    at: new Date(now).toISOString(),
    digest,
    device: { id: device, seq: frame.deviceSeq }
  } as NewEvent
  const job = context.job(type === 'run.started' ? context : context.answering, event)
  return job ? { event, job } : { event }
}

function voidUnit(frame: Append, { device }: Pick<AppendContext, 'device'>, code: ErrorCode, text: string): AppendUnit {
  const { conversation, messageId, deviceSeq } = frame
  return { unit: { void: { conversation, messageId, code, device: { id: device, seq: deviceSeq } } }, run: null, refusal: text }
}
