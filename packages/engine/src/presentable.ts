import { findForeignFault, type Part } from '@parley/protocol'
import { parts as partsSchema, read } from '@parley/protocol/schemas'

/** Longest text of a progress line or a failure, as the schemas of the protocol have it. */
const TEXT_CHARACTERS = 4_000
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * Parts that every client can read. What stands in the log is sent to every client for ever, so
 * what no client would take (too deep, too many values, half a character) must not get there: it
 * is replaced by a sentence that says so.
 */
export function presentableParts(parts: readonly Part[]): readonly Part[] {
  // As deep as it will stand in an `events` frame: events, event, body, parts.
  const fault = findForeignFault({ events: [{ body: { parts } }] })
  const known = fault ? null : read(partsSchema, parts)
  if (known?.ok) return known.value
  return [{ kind: 'text', text: `This answer cannot be shown: it holds ${fault ?? 'parts that are not as the protocol wants them'}.` }]
}

/** The text, whole characters only, cut to what a client takes. */
export function presentableText(text: string): string {
  const whole = text.replace(LONE_SURROGATE, '\uFFFD')
  return whole.length > TEXT_CHARACTERS ? `${whole.slice(0, TEXT_CHARACTERS - 1).replace(LONE_SURROGATE, '')}…` : whole
}
