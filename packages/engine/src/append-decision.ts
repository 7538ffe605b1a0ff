import type { ErrorCode, MessageId } from '@parley/protocol'

/** A row that stands where the new one wants to go: an event, or a void. */
export type Standing = StandingEvent | { readonly messageId: MessageId; readonly void: ErrorCode }
export type StandingEvent = {
  readonly messageId: MessageId
  readonly digest: string
  readonly seq: number
  readonly at: string
  /** It is a row of another conversation, which the message was sent to before. */
  readonly elsewhere?: true
}

export type AppendFacts = {
  readonly messageId: MessageId
  readonly digest: string
  /** The sender's number; `null` for connectors and the engine itself, whose messageId is the key. */
  readonly deviceSeq: number | null
  /** The last number taken from this device; 0 when none. */
  readonly lastDeviceSeq: number
  /** A refused or discarded message, which only takes its number. */
  readonly isVoid: boolean
  /** The row wants an open conversation, and this one has ended. */
  readonly isOver: boolean
  /** The row under the same key: (device, deviceSeq), or the messageId when there is no device. */
  readonly standing: Standing | null
  /** The event of this messageId, whoever sent it: in this conversation, or in one it was sent to before. */
  readonly before: StandingEvent | null
}

/** `isSpent`: nothing is stored but the number, which is used up. */
export type AppendDecision =
  | { readonly kind: 'store' }
  | { readonly kind: 'known'; readonly seq: number; readonly at: string; readonly elsewhere?: true; readonly isSpent?: true }
  | { readonly kind: 'void'; readonly code: ErrorCode; readonly isSpent?: true }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'skipped' }

/**
 * Whether a message is new, a repeat, out of turn, or a forgery. The idea: a messageId is in a conversation once, for
 * ever, whoever sends it and under whatever number. A number that was used answers as it did the first time, for the
 * same content only; a number that was not used must be the device's next one.
 * What is new behind the end of a conversation is refused; what stood before it is answered as ever.
 */
export function decideAppend(facts: AppendFacts): AppendDecision {
  const { standing, deviceSeq, lastDeviceSeq, before } = facts
  if (standing) return decideRepeat(facts, standing)
  if (deviceSeq === null) return facts.isOver ? { kind: 'skipped' } : { kind: 'store' }
  if (deviceSeq > lastDeviceSeq + 1) return { kind: 'gap', expected: lastDeviceSeq + 1 }
  // A number at or below the last one with nothing under it was never given out by this log.
  if (deviceSeq <= lastDeviceSeq) return { kind: 'conflict' }
  if (!before) return facts.isOver && !facts.isVoid ? { kind: 'void', code: 'conversation.closed', isSpent: true } : { kind: 'store' }
  if (facts.isVoid || before.digest === facts.digest) return { ...knownAs(before), isSpent: true }
  // A used id with other words in it is a definite no: as a conflict it would come again for ever.
  return { kind: 'void', code: 'append.invalid', isSpent: true }
}

function decideRepeat(facts: AppendFacts, standing: Standing): AppendDecision {
  if (standing.messageId !== facts.messageId) return { kind: 'conflict' }
  if ('void' in standing) return { kind: 'void', code: standing.void }
  // Discarded by the user after it had been stored: it is in the log, and the sender must know.
  return facts.isVoid || standing.digest === facts.digest ? knownAs(standing) : { kind: 'conflict' }
}

const knownAs = ({ seq, at, elsewhere }: StandingEvent): Extract<AppendDecision, { readonly kind: 'known' }> =>
  elsewhere ? { kind: 'known', seq, at, elsewhere } : { kind: 'known', seq, at }
