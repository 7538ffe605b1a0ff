/** Calls evenly over time, however late the timers are: what is due is made up for at once. @returns stops it */
export function pace(perSecond: number, call: () => void): () => void {
  const startedAt = performance.now()
  let called = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond)
    while (called < due) {
      called++
      call()
    }
  }, 1)
  return () => clearInterval(timer)
}

/** Lets the load go on for a while. */
export const forMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Settles when it is so. @throws when it is not after `patienceMs` */
export async function until(isSo: () => boolean, what: string, patienceMs = 60_000): Promise<void> {
  const startedAt = performance.now()
  while (!isSo()) {
    if (performance.now() - startedAt > patienceMs) throw new Error(`${what}: not so after ${patienceMs / 1_000} s`)
    await forMs(5)
  }
}
