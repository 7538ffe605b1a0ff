import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** So many a minute for each key. */
export interface RateLimit {
  /** @returns 0, or how long to wait, in ms */
  take(key: string): Promise<number>
}

export function createRateLimit(perMinute: number): RateLimit {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  return {
    async take(key) {
      try {
        await limiter.consume(key)
        return 0
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext)
        throw refused
      }
    }
  }
}

/** How many things a key holds at a time. */
export interface Tally {
  isFull(key: string): boolean
  add(key: string): void
  remove(key: string): void
}

export function createTally(most: number): Tally {
  const held = new Map<string, number>()
  return {
    isFull: (key) => (held.get(key) ?? 0) >= most,
    add: (key) => {
      held.set(key, (held.get(key) ?? 0) + 1)
    },
    remove(key) {
      const left = (held.get(key) ?? 0) - 1
      if (left > 0) held.set(key, left)
      else held.delete(key)
    }
  }
}
