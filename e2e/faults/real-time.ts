/** Real processes and real networks have a time of their own, so these tests wait, at most for a condition. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

const LOOK_EVERY_MS = 10

/** Waits until it is so. @returns how long that took, in ms @throws when it takes longer than `withinMs` */
export async function until(what: string, withinMs: number, isSo: () => boolean): Promise<number> {
  const startedAt = performance.now()
  while (!isSo()) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
    await pause(LOOK_EVERY_MS)
  }
  return performance.now() - startedAt
}
