/** Time of the demo hub, so that tests need not wait. */
export interface PlatformClock {
  now(): number
  /** Runs once after `ms`. @returns cancels it */
  setTimer(ms: number, run: () => void): () => void
}

export const systemClock: PlatformClock = {
  now: () => Date.now(),
  setTimer(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  }
}
