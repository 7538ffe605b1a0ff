import * as v from 'valibot'
import type { Json, Part } from '../part.js'
import { linkAddress, sourceAddress } from './addresses.js'
import { count, positive, text } from './basics.js'
import { card, cardActions } from './cards.js'

/** Longest text of one part. The limit on a visitor's whole message is in `LIMITS.bodyBytes`. */
const TEXT_CHARACTERS = 262_144

const anyJson = v.pipe(
  v.unknown(),
  v.transform((value) => value as Json)
)

const SCHEMAS = {
  text: v.object({ kind: v.literal('text'), text: text(TEXT_CHARACTERS) }),
  link: v.object({ kind: v.literal('link'), url: linkAddress, title: v.optional(text(500)) }),
  file: v.object({
    kind: v.literal('file'),
    url: sourceAddress,
    name: text(255),
    mediaType: text(127),
    bytes: v.optional(count),
    alt: v.optional(text(1_000))
  }),
  choices: v.object({
    kind: v.literal('choices'),
    choices: v.pipe(v.array(v.object({ value: text(500), label: text(500) })), v.minLength(1), v.maxLength(50)),
    text: v.optional(text(4_000))
  }),
  cards: v.object({
    kind: v.literal('cards'),
    cards: v.pipe(v.array(card), v.minLength(1), v.maxLength(50)),
    layout: v.optional(v.picklist(['list', 'carousel'])),
    text: v.optional(text(4_000)),
    actions: v.optional(cardActions)
  }),
  data: v.object({ kind: v.literal('data'), value: anyJson, title: v.optional(text(500)) }),
  'sign-in': v.object({ kind: v.literal('sign-in'), url: sourceAddress, partner: text(100), code: text(20), expiresInS: positive })
} satisfies Record<Exclude<Part['kind'], 'unknown'>, v.GenericSchema<unknown, Part>>

/**
 * One part of a message. A kind this version does not know, or a part that is not as its kind
 * wants, becomes `unknown`: the rest of the message still shows.
 */
const part = v.pipe(v.unknown(), v.transform(toPart))
export const parts = v.pipe(v.array(part), v.maxLength(100))

function toPart(value: unknown): Part {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind).slice(0, 64) : ''
  if (!Object.hasOwn(SCHEMAS, kind)) return { kind: 'unknown', was: kind }
  const parsed = v.safeParse(SCHEMAS[kind as keyof typeof SCHEMAS], value, { abortEarly: true })
  return parsed.success ? parsed.output : { kind: 'unknown', was: kind }
}

/**
 * One part as whoever writes a bot may write it: what is not as its kind wants is refused, so that its author learns of
 * it. A sign-in is none of them: its code is made here.
 */
export const strictPart = v.variant('kind', [SCHEMAS.text, SCHEMAS.link, SCHEMAS.file, SCHEMAS.choices, SCHEMAS.cards, SCHEMAS.data])

/** What a visitor may say: words. Nothing here is lenient. */
export const visitorParts = v.pipe(v.array(SCHEMAS.text), v.minLength(1), v.maxLength(10))
