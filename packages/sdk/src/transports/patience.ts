/** How long an answer may take before the line is doubted. Source: delivery rule 4. */
export interface Patience {
  /** An answer came after this long. */
  measured(tripMs: number): void
  /** max(2 s, 4 × the smoothed trip), 15 s at most. */
  timeoutMs(): number
}

const SHORTEST_MS = 2_000
const LONGEST_MS = 15_000
/** Share of the newest trip in the smoothed one, as TCP has it. */
const SHARE = 1 / 8

export function createPatience(): Patience {
  let smoothedMs: number | null = null
  return {
    measured(tripMs) {
      smoothedMs = smoothedMs === null ? tripMs : smoothedMs + SHARE * (tripMs - smoothedMs)
    },
    timeoutMs: () => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, 4 * (smoothedMs ?? 0)))
  }
}
