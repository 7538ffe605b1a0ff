/** How long a client waits before each attempt to connect. */
export type Delays = { next(): number; reset(): void }

const SHORTEST_MS = 500
const LONGEST_MS = 30_000

/** As clients of the protocol wait (rule 6 of delivery): decorrelated jitter. The SDK keeps its own to itself. */
export function parleyDelays(random: () => number): Delays {
  let previousMs = SHORTEST_MS
  return {
    next() {
      previousMs = Math.min(LONGEST_MS, SHORTEST_MS + random() * (3 * previousMs - SHORTEST_MS))
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
