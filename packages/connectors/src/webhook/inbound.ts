import { type ConversationId, findForeignFault, type Json, type Part, RANDOM_ID, type RunId } from '@parley/protocol'
import { strictPart } from '@parley/protocol/schemas'
import * as v from 'valibot'

/** What a bot says, at once or by a call of its own. */
export type BotAnswer = {
  /** `id` only where the bot gave one. */
  readonly messages: readonly { readonly id?: string; readonly parts: readonly Part[] }[]
  /** Absent: as it was. */
  readonly state?: Json
  readonly end?: string
  readonly typing?: number
  readonly error?: string
  readonly progress?: { readonly text?: string; readonly fraction?: number }
}
export type BotCallback = BotAnswer & { readonly conversation: ConversationId; readonly run?: RunId }
export type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly text: string }

/** A page of the log holds 256 KiB: one message with all around it must fit. */
const MESSAGE_CHARACTERS = 200_000
const STATE_BYTES = 32_768
const MOST_MESSAGES = 20
const MOST_PARTS = 100

const SAYS = 'either "text", a text that is not empty, or "parts", a list of 1 to 100 parts'
const ID = 'an id of 1 to 200 printable characters without blanks'
const END = 'the reason that people read, 1 to 200 characters'
const TYPING = 'a number of milliseconds from 1 to 60000'
const ERROR = 'one sentence for the visitor, 1 to 4000 characters'
const FRACTION = 'a number from 0 to 1'
const KNOWN = 'an id as it came with the request'

const message = v.pipe(
  v.object({
    id: v.optional(v.pipe(v.string(ID), v.regex(/^[\x21-\x7e]{1,200}$/, ID))),
    text: v.optional(v.pipe(v.string(SAYS), v.minLength(1, SAYS), v.maxLength(MESSAGE_CHARACTERS, `a text of at most ${MESSAGE_CHARACTERS} characters`))),
    parts: v.optional(v.pipe(v.array(strictPart, SAYS), v.minLength(1, SAYS), v.maxLength(MOST_PARTS, SAYS)))
  }),
  v.check(({ text, parts }) => (text === undefined) !== (parts === undefined), SAYS)
)
const progress = v.object({
  text: v.optional(v.pipe(v.string(ERROR), v.minLength(1, ERROR), v.maxLength(4_000, ERROR))),
  fraction: v.optional(v.pipe(v.number(FRACTION), v.minValue(0, FRACTION), v.maxValue(1, FRACTION)))
})
const answer = v.object({
  messages: v.optional(v.pipe(v.array(message), v.maxLength(MOST_MESSAGES, `at most ${MOST_MESSAGES} messages`)), []),
  state: v.optional(v.unknown()),
  end: v.optional(v.pipe(v.string(END), v.minLength(1, END), v.maxLength(200, END))),
  typing: v.optional(v.pipe(v.number(TYPING), v.integer(TYPING), v.minValue(1, TYPING), v.maxValue(60_000, TYPING))),
  error: v.optional(v.pipe(v.string(ERROR), v.minLength(1, ERROR), v.maxLength(4_000, ERROR))),
  progress: v.optional(progress)
})
const callback = v.object({
  ...answer.entries,
  conversation: v.pipe(v.string(KNOWN), v.regex(RANDOM_ID, KNOWN)),
  run: v.optional(v.pipe(v.string(KNOWN), v.regex(RANDOM_ID, KNOWN)))
})

/** Their answer → what it says, or where it is wrong: whole or not at all. Unknown fields are passed by. */
export function readAnswer(value: unknown): Read<BotAnswer> {
  const read = readStrictly(answer, value)
  return read.ok ? finished(read.value) : read
}

export function readCallback(value: unknown): Read<BotCallback> {
  const read = readStrictly(callback, value)
  if (!read.ok) return read
  const { conversation, run } = read.value
  const said = finished(read.value)
  if (!said.ok) return said
  return { ok: true, value: { ...said.value, conversation: conversation as ConversationId, run: run as RunId | undefined } }
}

/** Reads by a schema and tells the path and what is wanted there, but never a text that was found: it may be somebody's words. */
export function readStrictly<Value>(schema: v.GenericSchema<unknown, Value>, value: unknown): Read<Value> {
  const fault = findForeignFault(value)
  if (fault) return { ok: false, text: `The body holds ${fault}.` }
  if (Array.isArray(value)) return { ok: false, text: 'The body is a list; an object is wanted.' }
  const parsed = v.safeParse(schema, value, { abortEarly: true })
  if (parsed.success) return { ok: true, value: parsed.output }
  const [issue] = parsed.issues
  const wanted = issue.kind === 'schema' && issue.message.startsWith('Invalid') ? (issue.expected ?? 'another value') : issue.message
  return { ok: false, text: `"${v.getDotPath(issue) ?? ''}" is not as wanted: ${wanted}` }
}

function finished(written: v.InferOutput<typeof answer>): Read<BotAnswer> {
  const messages = written.messages.map(({ id, text, parts = [] }) => ({
    ...(id === undefined ? {} : { id }),
    parts: text === undefined ? parts : [{ kind: 'text' as const, text }]
  }))
  const fault = messagesFault(messages) ?? stateFault(written.state as Json | undefined)
  if (fault) return { ok: false, text: fault }
  const { end, typing, error, progress: working } = written
  return { ok: true, value: { messages, state: written.state as Json | undefined, end, typing, error, progress: working } }
}

/** What no client could take must not get into the log, where it would stand for ever. */
function messagesFault(messages: BotAnswer['messages']): string | null {
  for (const [index, { parts }] of messages.entries()) {
    // As deep as it will stand in a frame: events, event, body, parts.
    const fault = findForeignFault({ events: [{ body: { parts } }] })
    if (fault) return `"messages.${index}" holds ${fault}`
    if (JSON.stringify(parts).length > MESSAGE_CHARACTERS) return `"messages.${index}" is not as wanted: at most ${MESSAGE_CHARACTERS} characters as JSON`
  }
  return null
}

function stateFault(state: Json | undefined): string | null {
  const bytes = state === undefined ? 0 : new TextEncoder().encode(JSON.stringify(state)).length
  return bytes > STATE_BYTES ? `"state" is not as wanted: at most ${STATE_BYTES} bytes as JSON, and it has ${bytes}` : null
}

/** All that a run's result says, as one. @returns `null` when it is more than one result may hold */
export function partsOfResult({ messages }: BotAnswer): readonly Part[] | null {
  const parts = messages.flatMap((one) => one.parts)
  return parts.length > MOST_PARTS || JSON.stringify(parts).length > MESSAGE_CHARACTERS || findForeignFault({ events: [{ body: { parts } }] }) ? null : parts
}
