/** Ids of calls that were carried out: whoever sends one again is answered as before, and nothing happens. */
export interface SeenIds {
  has(id: string, now: number): boolean
  add(id: string, now: number): void
}

/** Twice the time for which a signature holds. */
const KEEP_MS = 600_000
/** Only who has the secret gets an id in here; all the same it does not grow without end. */
const MOST = 20_000

export function createSeenIds(): SeenIds {
  /** In the order of time, so the oldest come first. */
  const seen = new Map<string, number>()

  return {
    has: (id, now) => now - (seen.get(id) ?? Number.NEGATIVE_INFINITY) < KEEP_MS,
    add(id, now) {
      seen.delete(id)
      seen.set(id, now)
      for (const [oldest, at] of seen) {
        if (now - at < KEEP_MS && seen.size <= MOST) return
        seen.delete(oldest)
      }
    }
  }
}
