import type { Clock } from './host.js'
import { type Bucket, type BucketSize, takeToken } from './token-bucket.js'

/** What one holder may still do; all who hold the same key share it. */
export interface Allowance {
  /** Takes one. @returns 0, or the wait until the next, in ms */
  take(): number
  /** This holder is gone. */
  leave(): void
}
/** Token buckets by key: a visitor over all their connections, an address over all its visitors. */
export interface Allowances {
  join(key: string): Allowance
  /** How many keys are remembered. */
  count(): number
}

type Entry = { bucket: Bucket; holders: number; leftAt: number }

/**
 * A bucket lives while somebody holds it, and after the last one left for as long as it may take to fill, so that
 * going and coming back is no way around it. Those that are over are dropped when the next one joins: no timers.
 */
export function createAllowances(size: BucketSize, clock: Pick<Clock, 'now'>): Allowances {
  const entries = new Map<string, Entry>()
  /** In the order of their leaving. */
  const left = new Map<string, Entry>()
  const fillsInMs = (size.burst / size.perSecond) * 1000

  function dropFilled(now: number): void {
    for (const [key, entry] of left) {
      // A clock that went back says nothing about how long it has been: the time begins anew.
      entry.leftAt = Math.min(entry.leftAt, now)
      if (now - entry.leftAt < fillsInMs) return
      left.delete(key)
      entries.delete(key)
    }
  }

  return {
    join(key) {
      const now = clock.now()
      const entry = entries.get(key) ?? { bucket: { tokens: size.burst, at: now }, holders: 0, leftAt: now }
      entries.set(key, entry)
      entry.holders++
      left.delete(key)
      dropFilled(now)
      let isHeld = true
      return {
        take() {
          const { bucket, retryInMs } = takeToken(entry.bucket, size, clock.now())
          entry.bucket = bucket
          return retryInMs
        },
        leave() {
          if (!isHeld) return
          isHeld = false
          entry.holders--
          if (entry.holders > 0) return
          entry.leftAt = clock.now()
          left.set(key, entry)
        }
      }
    },
    count: () => entries.size
  }
}
