import { type Epoch, LIMITS, type MessageId, type Standing } from '@parley/protocol'

export type LogFacts = {
  readonly epoch: Epoch
  readonly head: number
  /** The messageId that stands at the client's cursor; `null` when nothing does. */
  readonly atCursor: MessageId | null
}
export type ResumeDecision = { readonly from: number; readonly reset: boolean }

/**
 * Where a client goes on. What it holds counts only if it is of this life of the log (epoch) and
 * of this history (tail): a backup copied back has the old epoch, but another message at the cursor.
 * Who holds nothing gets the newest page.
 */
export function decideResume(standing: Standing, facts: LogFacts): ResumeDecision {
  const newestPage = Math.max(1, facts.head - LIMITS.pageEvents + 1)
  if (standing.cursor === 0) return { from: newestPage, reset: standing.epoch !== null && standing.epoch !== facts.epoch }
  const isSame = standing.epoch === facts.epoch && standing.cursor <= facts.head && standing.tail === facts.atCursor
  return isSame ? { from: standing.cursor + 1, reset: false } : { from: newestPage, reset: true }
}
