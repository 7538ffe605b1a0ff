import * as v from 'valibot'
import { isErrorCode, type WireError } from '../error.js'
import type { Feature, ServerFrame, ServerFrameName, ServerFrames, SessionAnswer } from '../frame.js'
import { COMPLETE_VALUES, LIMITS } from '../limits.js'
import { conversationId, count, epoch, logName, oneOf, participantId, positive, text } from './basics.js'
import { commandSpecs } from './commands.js'
import { eventEnvelope } from './event-envelope.js'
import { read, type Result } from './result.js'

const wireError = v.object({
  code: v.pipe(
    v.unknown(),
    v.transform((code) => (isErrorCode(code) ? code : 'frame.malformed'))
  ),
  text: v.optional(text(4_000)),
  retryInMs: v.optional(count),
  expected: v.optional(count)
})

const welcomeConversation = v.object({
  id: conversationId,
  log: logName,
  epoch,
  head: count,
  from: positive,
  reset: v.boolean(),
  lastDeviceSeq: count,
  you: participantId,
  receipts: v.array(v.object({ participant: participantId, got: count, read: count }))
})

const SCHEMAS = {
  welcome: v.object({
    v: positive,
    conversations: v.array(welcomeConversation),
    commands: commandSpecs,
    limits: v.object({ bodyBytes: positive, messagesPerSecond: positive, burst: positive, windowSize: positive }),
    expiresInS: positive,
    features: v.optional(
      v.pipe(
        v.array(text(64)),
        v.maxLength(100),
        v.transform((names) => names.filter((name): name is Feature => name === 'check' || name === 'complete' || name === 'end'))
      )
    )
  }),
  events: v.object({
    conversation: conversationId,
    log: logName,
    epoch,
    from: positive,
    events: v.pipe(v.array(eventEnvelope), v.maxLength(LIMITS.pageEvents))
  }),
  signal: v.object({ conversation: conversationId, signal: v.object({ kind: oneOf('typing'), by: participantId, forMs: count }) }),
  commands: v.object({ commands: commandSpecs }),
  drain: v.object({ spreadMs: count }),
  refuse: wireError
} satisfies { [Name in ServerFrameName]: v.GenericSchema<unknown, ServerFrames[Name]> }

/** A gateway's frame. A name this version does not know is no fault: pass it by. */
export function readServerFrame(name: string, payload: unknown): Result<ServerFrame> | { readonly ok: 'unknown' } {
  if (!Object.hasOwn(SCHEMAS, name)) return { ok: 'unknown' }
  const schema = SCHEMAS[name as ServerFrameName] as v.GenericSchema<unknown, ServerFrames[ServerFrameName]>
  const result = read(schema, payload, LIMITS.pageValues)
  return result.ok ? { ok: true, value: { name, payload: result.value } as ServerFrame } : result
}

/** One value in the answer to `complete`. */
export const completion = v.object({ value: text(500), label: v.optional(text(200)), description: v.optional(text(300)) })

const ACKS = {
  error: v.object({ error: wireError }),
  seq: v.object({ seq: positive, at: text(40), elsewhere: v.optional(v.literal(true)) }),
  completions: v.object({ completions: v.pipe(v.array(completion), v.maxLength(COMPLETE_VALUES)) }),
  ok: v.object({ ok: v.literal(true) })
}
type AckKind = keyof typeof ACKS
type AnyAck = v.InferOutput<(typeof ACKS)[AckKind]>

/** What a gateway answered to a frame, of whatever kind; its field tells which. A union of schemas would weigh more in every page. */
export function readAck(payload: unknown): Result<AnyAck> {
  const kinds = Object.keys(ACKS) as readonly AckKind[]
  const kind = typeof payload === 'object' && payload !== null ? kinds.find((one) => one in payload) : undefined
  return read<AnyAck>(ACKS[kind ?? 'ok'], payload)
}

const sessionAnswer = v.object({ token: text(4_096), expiresInS: positive, conversation: conversationId, identified: v.optional(v.boolean()) })
export const readSessionAnswer = (payload: unknown): Result<SessionAnswer> => read(sessionAnswer, payload)
const errorAnswer = v.object({ error: wireError })
/** A refusal over HTTP: `{ "error": { "code", "text" } }`. */
export const readErrorAnswer = (payload: unknown): Result<{ error: WireError }> => read(errorAnswer, payload)
