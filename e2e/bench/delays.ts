import { nextDelayMs, SHORTEST_MS } from '../../packages/sdk/src/backoff.js'

/** How long a client waits before each attempt to connect. */
export type Delays = { next(): number; reset(): void }

/** The SDK's own. */
export function parleyDelays(random: () => number): Delays {
  let previousMs = SHORTEST_MS
  return {
    next() {
      previousMs = nextDelayMs(previousMs, random)
      return previousMs
    },
    reset() {
      previousMs = SHORTEST_MS
    }
  }
}

/** `socket.io-client` 4.8 with its defaults: 1 s, doubled up to 5 s, half of it up or down. */
export function plainDelays(random: () => number): Delays {
  let attempts = 0
  return {
    next() {
      const ms = 1_000 * 2 ** attempts++
      const deviation = Math.floor(random() * 0.5 * ms)
      return Math.min(5_000, random() < 0.5 ? ms - deviation : ms + deviation)
    },
    reset() {
      attempts = 0
    }
  }
}
