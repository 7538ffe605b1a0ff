import type { ErrorCode, MessageId } from '@parley/protocol'

/** A row that stands where the new one wants to go: an event, or a void. */
export type Standing =
  | { readonly messageId: MessageId; readonly digest: string; readonly seq: number; readonly at: string }
  | { readonly messageId: MessageId; readonly void: ErrorCode }

export type AppendFacts = {
  readonly messageId: MessageId
  readonly digest: string
  /** The sender's number; `null` for connectors and the engine itself, whose messageId is the key. */
  readonly deviceSeq: number | null
  /** The last number taken from this device; 0 when none. */
  readonly lastDeviceSeq: number
  /** A refused or discarded message, which only takes its number. */
  readonly isVoid: boolean
  /** The row under the same key: (device, deviceSeq), or (conversation, messageId) when there is no device. */
  readonly standing: Standing | null
}

export type AppendDecision =
  | { readonly kind: 'store' }
  | { readonly kind: 'known'; readonly seq: number; readonly at: string }
  | { readonly kind: 'void'; readonly code: ErrorCode }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'conflict' }

/**
 * Whether a message is new, a repeat, out of turn, or a forgery. The idea: a key that was used
 * answers as it did the first time, for the same content only; a key that was not used must be
 * the device's next number.
 */
export function decideAppend(facts: AppendFacts): AppendDecision {
  const { standing, deviceSeq, lastDeviceSeq } = facts
  if (standing) return decideRepeat(facts, standing)
  if (deviceSeq === null || deviceSeq === lastDeviceSeq + 1) return { kind: 'store' }
  // A number at or below the last one with nothing under it was never given out by this log.
  return deviceSeq > lastDeviceSeq ? { kind: 'gap', expected: lastDeviceSeq + 1 } : { kind: 'conflict' }
}

function decideRepeat(facts: AppendFacts, standing: Standing): AppendDecision {
  if (standing.messageId !== facts.messageId) return { kind: 'conflict' }
  if ('void' in standing) return { kind: 'void', code: standing.void }
  // Discarded by the user after it had been stored: it is in the log, and the sender must know.
  if (facts.isVoid) return { kind: 'known', seq: standing.seq, at: standing.at }
  return standing.digest === facts.digest ? { kind: 'known', seq: standing.seq, at: standing.at } : { kind: 'conflict' }
}
