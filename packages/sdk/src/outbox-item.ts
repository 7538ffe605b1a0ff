import type { ConversationId, Draft, MessageId, WireError } from '@parley/protocol'

/**
 * A message that is not in the log yet, as far as this client knows.
 * `pending`: not acknowledged; `acked`: on the gateway's disk, its row is still to come;
 * `gone`: another tab took it out of the storage, its row is still to come here, if it was not discarded;
 * `failed`: definitely refused, waits for the visitor to retry or discard.
 */
export type OutboxItem = {
  readonly messageId: MessageId
  /** Place in the order of this device, from 1 without holes. */
  readonly deviceSeq: number
  /** A discarded one becomes `void`: it still takes its number. */
  readonly draft: Draft
  /** Highest seq seen when it was written. */
  readonly after: number
  /** Conversations it may have reached before this one. */
  readonly formerly: readonly ConversationId[]
  readonly state: 'pending' | 'acked' | 'gone' | 'failed'
  /** Why it failed. */
  readonly error: WireError | null
  /** Row in the log, once acknowledged. */
  readonly seq: number | null
}

/** An item before it has its number. */
export type NewItem = Omit<OutboxItem, 'deviceSeq'>
