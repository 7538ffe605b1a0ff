import { nextDelayMs, SHORTEST_MS } from './backoff.js'
import type { Clock } from './clock.js'
import type { Random } from './random.js'

/** A fresh token is tried at once so often. */
const HURRY_EVERY_MS = 30_000
/** A gateway's wish to wait is heeded, but not for ever. */
const LONGEST_WISH_MS = 300_000

/** When to try. It counts and compares; it starts no timer. */
export interface Pace {
  /** An attempt begins. */
  tried(): void
  /** The line is up. */
  up(): void
  /**
   * The line is lost, or did not come up.
   * @param wishMs what the gateway asked to wait at least
   * @returns the wait before the next attempt
   */
  lostInMs(wishMs?: number): number
  /** The wait before a try that a signal calls for: at once, if the last one and the gateway's wish allow. */
  soonInMs(): number
  /** A random moment within the time a leaving gateway gives. */
  drainInMs(spreadMs: number): number
  /** May a fresh token be tried at once? Once in 30 s: a gateway that refuses every token is not hammered. */
  mayHurry(): boolean
}

export function createPace(clock: Clock, random: Random): Pace {
  let previousMs = SHORTEST_MS
  let triedAt = -Infinity
  let upAt = Infinity
  let hurriedAt = -Infinity
  let notBefore = -Infinity

  return {
    tried() {
      triedAt = clock.now()
    },
    up() {
      upAt = clock.now()
      notBefore = -Infinity
    },
    lostInMs(wishMs = 0) {
      const now = clock.now()
      // A line pays off the wait before it by the time that it held: after the longest wait, of 30 s, that takes 30 s.
      // Source: delivery rule 6, for which only a line that held is a good one.
      if (upAt < now) previousMs = Math.max(SHORTEST_MS, previousMs - (now - upAt))
      upAt = Infinity
      if (notBefore > now) return notBefore - now
      previousMs = nextDelayMs(previousMs, random.fraction)
      notBefore = now + Math.min(wishMs, LONGEST_WISH_MS)
      return Math.max(previousMs, notBefore - now)
    },
    soonInMs: () => Math.max(0, triedAt + SHORTEST_MS - clock.now(), notBefore - clock.now()),
    drainInMs(spreadMs) {
      const delayMs = random.fraction() * Math.min(spreadMs, LONGEST_WISH_MS)
      notBefore = clock.now() + delayMs
      return delayMs
    },
    mayHurry() {
      if (clock.now() - hurriedAt < HURRY_EVERY_MS) return false
      hurriedAt = clock.now()
      return true
    }
  }
}
