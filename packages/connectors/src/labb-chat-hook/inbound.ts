import { findForeignFault, type Json, type Part } from '@parley/protocol'
import * as v from 'valibot'

/** A body of their webhook. Its inside is for the old clients to read, so only what finds its way is looked at. */
export type RelayedBody = {
  readonly type: string
  readonly customer: string
  /** Tells repeats apart. `null`: it has no id, so each is another one. */
  readonly messageId: string | null
  /** The body as it came. */
  readonly value: Json
}

const CUSTOMER = 'a text of at most 200 characters or a number'
const TYPE = 'a text of 1 to 64 characters'
const digits = v.pipe(v.number(), v.transform(String))
const id = (wanted: string) => v.pipe(v.union([v.string(wanted), digits], wanted), v.maxLength(200, wanted))
const envelope = v.object(
  {
    type: v.pipe(v.string(TYPE), v.minLength(1, TYPE), v.maxLength(64, TYPE)),
    customer_id: id(CUSTOMER),
    message_id: v.nullish(id('a text of at most 200 characters, a number, or nothing'))
  },
  'an object'
)

export type ReadRelayed = { readonly ok: true; readonly body: RelayedBody } | { readonly ok: false; readonly text: string }

/** @param value parsed JSON. @returns it, or one sentence on what was found and what is wanted */
export function readRelayed(value: unknown): ReadRelayed {
  // As deep as it will stand in the log; what does not fit there could not be brought as it is.
  const fault = findForeignFault({ events: [{ body: { parts: [{ kind: 'data', value }] } }] })
  if (fault) return { ok: false, text: `The body holds ${fault}.` }
  if (Array.isArray(value)) return { ok: false, text: 'The body: found a list, wanted an object.' }
  const read = v.safeParse(envelope, value, { abortEarly: true })
  if (!read.success) return { ok: false, text: sentenceOf(read.issues[0]) }
  const { type, customer_id: customer, message_id } = read.output
  return { ok: true, body: { type, customer, messageId: message_id?.trim() ? message_id : null, value: value as Json } }
}

export const relayedParts = ({ value }: RelayedBody): readonly Part[] => [{ kind: 'data', value }]

/** A passing fact: it is told to whoever is there and kept for nobody. */
export const isPassing = ({ type }: RelayedBody): boolean => type === 'typing_indicator'

/** What was found is told by its kind only: it may be what somebody said. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const wanted = issue.received === 'undefined' && issue.type === 'object' ? 'a value' : issue.message
  const found = issue.received === 'undefined' ? 'nothing' : kindOf(issue.input)
  return `${v.getDotPath(issue) ?? 'The body'}: found ${found}, wanted ${wanted}.`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? `a text of ${value.length} characters` : `a value of type ${typeof value}`
}
