import type { Clock } from '@parley/engine'

export type AdmissionOptions = {
  readonly clock: Pick<Clock, 'now'>
  /** Connections let in, in the long run. */
  readonly perSecond: number
  /** Connections let in at once after a quiet time. */
  readonly burst: number
}

/** Who is let in now, decided before any other work is done for a connection. */
export interface Admission {
  /** @returns 0, or when to come again, in ms */
  take(): number
}

/** Whoever is refused is not told to come at once, however near the next place is. */
const LEAST_WAIT_MS = 500

/**
 * A token bucket whose refusals are tickets. The idea: each one who is refused is told the moment at
 * which a place is free for it behind all who were refused before, so a crowd comes back one by one
 * at the rate that is served, not all together. A clock that goes back adds nothing.
 */
export function createAdmission({ clock, perSecond, burst }: AdmissionOptions): Admission {
  let tokens = burst
  let tickets = 0
  let at = clock.now()
  return {
    take() {
      const now = clock.now()
      const grown = (Math.max(0, now - at) / 1000) * perSecond
      at = now
      tokens = Math.min(burst, tokens + grown)
      tickets = Math.max(0, tickets - grown)
      if (tokens >= 1) {
        tokens -= 1
        return 0
      }
      tickets += 1
      return Math.ceil(Math.max(LEAST_WAIT_MS, (tickets / perSecond) * 1000))
    }
  }
}

/** Clients that are sent away need at least so long to notice. */
const LEAST_SPREAD_MS = 500

/** Over how long clients that are sent away come back: so long that all are let in at the rate that is served. */
export const drainSpreadMs = (clients: number, connectsPerSecond: number): number => LEAST_SPREAD_MS + Math.ceil((clients / connectsPerSecond) * 1000)
