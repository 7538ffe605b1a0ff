import * as v from 'valibot'
import { isEventType, type ParleyEvent } from '../event.js'
import { PART_KINDS } from '../part.js'
import { author, messageId, positive, text } from './basics.js'

const KINDS: ReadonlySet<unknown> = new Set(PART_KINDS)

/** Its keys were looked through before any schema: `v.record` would do that once more, and weigh more in every page. */
const bodyObject = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object is wanted'),
  v.transform((value) => value as Readonly<Record<string, unknown>>)
)
const envelope = v.object({ seq: positive, messageId, type: text(64), author, at: v.string(), body: bodyObject })

/**
 * An event as a client reads it off its gateway: the envelope is checked, the body was checked by the
 * gateway before it was recorded (`event`). Kinds of events and parts that this version does not know
 * become `unknown`; an event keeps its number, so that no hole opens behind it.
 */
export const eventEnvelope = v.pipe(
  envelope,
  v.transform((found): ParleyEvent => {
    const { type, body } = found
    const hasParts = 'parts' in body
    if (!isEventType(type) || (hasParts && !Array.isArray(body.parts))) return { ...found, type: 'unknown', body: { was: type } }
    return { ...found, type, body: hasParts ? { ...body, parts: (body.parts as unknown[]).map(knownPart) } : body } as ParleyEvent
  })
)

function knownPart(part: unknown): unknown {
  const kind = (part as { readonly kind?: unknown } | null)?.kind
  return KINDS.has(kind) ? part : { kind: 'unknown', was: String(kind) }
}
