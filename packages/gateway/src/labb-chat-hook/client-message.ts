import type { ClientBody } from '@parley/connectors'
import { findForeignFault } from '@parley/protocol'
import * as v from 'valibot'

/** What an old client emits as `clientMessage`. One strict schema; what it does not name is left out. */

const MOST_ID = 200
const MOST_NAME = 200
const MOST_PIECES = 50
const MOST_POSTBACK = 4_000

const TYPE = 'a word of 1 to 64 letters, digits and _'
const CUSTOMER = `a text of at most ${MOST_ID} characters, which may be empty, or a number`
const NAME = `a text of at most ${MOST_NAME} characters`
const MESSAGE_ID = `a text of 1 to ${MOST_ID} characters or a number`
const TEXT = `a text or a list of at most ${MOST_PIECES} texts`
const POSTBACK = `a text of at most ${MOST_POSTBACK} characters`

const text = (most: number, wanted: string) => v.pipe(v.string(wanted), v.maxLength(most, wanted))
const clientMessage = v.object(
  {
    type: v.pipe(v.string(TYPE), v.regex(/^\w{1,64}$/, TYPE)),
    // Blanks are no number that anybody has.
    customer_id: v.pipe(
      v.union([text(MOST_ID, CUSTOMER), v.pipe(v.number(), v.transform(String))], CUSTOMER),
      v.transform((found) => (found.trim() === '' ? '' : found))
    ),
    customer_name: v.nullish(text(MOST_NAME, NAME), ''),
    message_id: v.nullish(v.union([v.pipe(text(MOST_ID, MESSAGE_ID), v.minLength(1, MESSAGE_ID)), v.number()], MESSAGE_ID)),
    text: v.nullish(v.union([v.string(), v.pipe(v.array(v.nullable(v.string(TEXT)), TEXT), v.maxLength(MOST_PIECES, TEXT))], TEXT)),
    postback: v.nullish(text(MOST_POSTBACK, POSTBACK))
  },
  'one object'
)

/** Somebody types: a passing fact, which has no id. */
export const TYPING = 'typing_indicator'

export type ReadClientMessage = { readonly ok: true; readonly body: ClientBody } | { readonly ok: false; readonly text: string }

/** @returns the message, or a sentence on what was found and what is wanted; the sentence holds nothing of what was said */
export function readClientMessage(value: unknown): ReadClientMessage {
  const fault = findForeignFault(value)
  if (fault) return refuse(`found ${fault}; wanted is plain JSON`)
  if (Array.isArray(value)) return refuse('found a list; wanted is one object')
  const read = v.safeParse(clientMessage, value, { abortEarly: true })
  if (!read.success) return refuse(sentenceOf(read.issues[0]))
  const { type, customer_id, customer_name, message_id, text: said, postback } = read.output
  if (message_id == null && type !== TYPING) return refuse(`message_id: found nothing; wanted is ${MESSAGE_ID}`)
  // A list that holds nothing is what the client sends along with the end of a session.
  const pieces = [said ?? []].flat().filter((piece) => piece !== null)
  const body = { type, customer_id, customer_name: customer_name ?? '', message_id: message_id ?? '', text: pieces }
  return { ok: true, body: postback == null ? body : { ...body, postback } }
}

const refuse = (what: string): ReadClientMessage => ({ ok: false, text: `This clientMessage is not taken: ${what}.` })

function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue)
  const wanted = issue.received === 'undefined' && path ? (WANTED[path] ?? issue.message) : issue.message
  return `${path ? `${path}: ` : ''}found ${issue.received === 'undefined' ? 'nothing' : kindOf(issue.input)}; wanted is ${wanted}`
}

/** Told by the object in which they are missing. */
const WANTED: Readonly<Record<string, string>> = { type: TYPE, customer_id: CUSTOMER }

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return `a text of ${value.length} characters`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
