import * as v from 'valibot'
import type { ClientFrameName, ClientFrames, Hello, LastAppends, SessionRequest } from '../frame.js'
import { ERRORS, type ErrorCode } from '../error.js'
import { COMPLETE_CHARACTERS, LIMITS } from '../limits.js'
import { argumentMap, conversationId, count, deviceId, epoch, freshMessageId, logName, messageId, participantId, positive, runId, text } from './basics.js'
import { visitorParts } from './parts.js'
import { read, type Result } from './result.js'

const hello = v.object({
  v: positive,
  token: text(4_096),
  device: deviceId,
  conversations: v.pipe(
    v.array(v.object({ id: conversationId, log: logName, epoch: v.nullable(epoch), cursor: count, tail: v.nullable(messageId) })),
    v.maxLength(LIMITS.conversations)
  )
})

const envelope = {
  conversation: conversationId,
  deviceSeq: positive,
  messageId: freshMessageId,
  after: count,
  formerly: v.optional(v.pipe(v.array(conversationId), v.maxLength(LIMITS.formerConversations)))
}
const errorCode = v.picklist(Object.keys(ERRORS) as ErrorCode[])
const append = v.variant('type', [
  v.object({ ...envelope, type: v.literal('message.created'), body: v.object({ parts: visitorParts, about: v.optional(messageId) }) }),
  v.object({ ...envelope, type: v.literal('answer.given'), body: v.object({ to: messageId, value: text(500), label: v.optional(text(500)) }) }),
  v.object({ ...envelope, type: v.literal('run.started'), body: v.object({ command: text(32), args: argumentMap }) }),
  v.object({ ...envelope, type: v.literal('void'), body: v.object({ code: v.optional(errorCode) }) })
])

const SCHEMAS = {
  append,
  read: v.object({ conversation: conversationId, log: logName, from: positive, to: positive }),
  seen: v.object({ conversation: conversationId, got: count, read: count }),
  invoke: v.variant('verb', [
    v.object({ id: messageId, conversation: conversationId, verb: v.literal('cancel'), args: v.object({ run: runId }) }),
    v.object({ id: messageId, conversation: conversationId, verb: v.literal('end'), args: v.object({}) })
  ]),
  check: v.object({ conversation: conversationId, log: logName, from: positive, to: positive, digest: text(64) }),
  complete: v.object({ conversation: conversationId, command: text(32), argument: text(32), text: text(COMPLETE_CHARACTERS) }),
  probe: v.object({}),
  signal: v.object({
    conversation: conversationId,
    signal: v.object({ kind: v.literal('typing'), by: participantId, forMs: v.pipe(count, v.maxValue(30_000)) })
  })
} satisfies { [Name in ClientFrameName]: v.GenericSchema<unknown, ClientFrames[Name]['payload']> }

/** Names of all frames that a client may send. */
export const CLIENT_FRAME_NAMES = Object.keys(SCHEMAS) as readonly ClientFrameName[]

export const isClientFrameName = (name: unknown): name is ClientFrameName => typeof name === 'string' && Object.hasOwn(SCHEMAS, name)

/** A client's frame, checked whole. */
export const readClientFrame = <Name extends ClientFrameName>(name: Name, payload: unknown): Result<ClientFrames[Name]['payload']> =>
  read(SCHEMAS[name] as unknown as v.GenericSchema<unknown, ClientFrames[Name]['payload']>, payload)

export const readHello = (payload: unknown): Result<Hello> => read(hello, payload)

/** A visitor key is 32 random bytes as base64url: nothing that a person could type or guess. */
const VISITOR_KEY = /^[A-Za-z0-9_-]{43}$/
const sessionRequest = v.object({
  inbox: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  visitorKey: v.optional(v.pipe(v.string(), v.regex(VISITOR_KEY, 'not a visitor key: 43 characters of base64url are wanted'))),
  identity: v.optional(text(4_096))
})
const lastAppends = v.object({
  v: positive,
  token: text(4_096),
  device: deviceId,
  appends: v.pipe(v.array(append), v.minLength(1), v.maxLength(LIMITS.lastAppends))
})

export const readSessionRequest = (payload: unknown): Result<SessionRequest> => read(sessionRequest, payload)
export const readLastAppends = (payload: unknown): Result<LastAppends> => read(lastAppends, payload)
