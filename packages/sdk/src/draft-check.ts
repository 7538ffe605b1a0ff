import { LIMITS, ParleyError, type Draft } from '@parley/protocol'
import { readClientFrame } from '@parley/protocol/schemas'

const ENVELOPE = { conversation: '0'.repeat(22), deviceSeq: 1, messageId: '0'.repeat(22), after: 0 }

/**
 * Is this what the gateway will take? Asked before the outbox does: there it would take a number.
 * @throws ParleyError `append.tooLarge`, `append.invalid`
 */
export function checkDraft({ type, body }: Draft, limitBytes: number = LIMITS.bodyBytes): void {
  const bytes = new TextEncoder().encode(JSON.stringify({ type, body })).length
  if (bytes > limitBytes) throw new ParleyError('append.tooLarge', `The message has ${bytes} bytes; at most ${limitBytes} are wanted.`)
  const read = readClientFrame('append', { ...ENVELOPE, type, body })
  if (!read.ok) throw new ParleyError('append.invalid', read.text)
}
