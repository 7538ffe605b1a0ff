import type { Clock } from './clock.js'
import type { OutboxItem } from './outbox-item.js'

/** What a client counts of its own delivery (delivery rule 17). Read them to see how a line fares; nothing is sent anywhere. */
export type Counters = {
  /** Rows that came again and were dropped. */
  readonly duplicatesDropped: number
  /** Holes that were asked for and filled. */
  readonly gapsFilled: number
  /** Rows that would have been shown out of order: a defect, always 0. */
  readonly orderViolations: number
  /** Digests of the log that differed from the gateway's; the log was then read anew. */
  readonly digestMismatches: number
  /** Lines that were lost and taken up again, and how long the last one took until nothing was missing. */
  readonly resumes: number
  readonly resumeMs: number | null
  /** How long the oldest message that is not acknowledged has waited; 0 when none waits. */
  readonly outboxAgeMs: number
}

type Counted = Exclude<keyof Counters, 'resumeMs' | 'outboxAgeMs'>

export interface Counting {
  count(what: Counted, times?: number): void
  /** The line is lost, now or before. */
  lost(): void
  /** Nothing is missing. */
  caughtUp(): void
  waiting(items: readonly OutboxItem[]): void
  values(): Counters
}

export function createCounting(clock: Clock): Counting {
  const counts: Record<Counted, number> = { duplicatesDropped: 0, gapsFilled: 0, orderViolations: 0, digestMismatches: 0, resumes: 0 }
  let lostAt: number | null = null
  let resumeMs: number | null = null
  let since: ReadonlyMap<string, number> = new Map()
  return {
    count(what, times = 1) {
      counts[what] += times
    },
    lost() {
      lostAt ??= clock.now()
    },
    caughtUp() {
      if (lostAt === null) return
      resumeMs = clock.now() - lostAt
      lostAt = null
      counts.resumes++
    },
    waiting(items) {
      const pending = items.filter((item) => item.state === 'pending')
      if (pending.length > 0 || since.size > 0) since = new Map(pending.map(({ messageId }) => [messageId, since.get(messageId) ?? clock.now()]))
    },
    values: () => ({ ...counts, resumeMs, outboxAgeMs: since.size === 0 ? 0 : clock.now() - Math.min(...since.values()) })
  }
}
