import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Chance, Clock, Seal } from '@parley/engine'

/** What the engine asks of the place it runs in, on Node. */

/** Node fires a timer at once whose delay does not fit in 31 bits. */
const LONGEST_TIMER_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, run) {
    let timer: NodeJS.Timeout
    const wait = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER_MS)
      timer = setTimeout(() => (left > step ? wait(left - step) : run()), step)
    }
    wait(Math.max(0, ms))
    return () => clearTimeout(timer)
  },
  defer(run) {
    setImmediate(run)
  }
}

export const systemChance: Chance = { bytes: (count) => new Uint8Array(randomBytes(count)) }

/** @param secret of this gateway; every purpose gets its own signatures from it */
export function createSeal(secret: string): Seal {
  return {
    // The length in front keeps ("a", "bc") and ("ab", "c") apart.
    sign: (purpose, text) => createHmac('sha256', secret).update(`${purpose.length}:${purpose}:${text}`).digest('base64url'),
    digest: (text) => hash('sha256', text, 'base64url'),
    equal(a, b) {
      // Hashes have one length, so that not even the length tells by time.
      return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
    }
  }
}
