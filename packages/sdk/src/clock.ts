/** Time from outside. Durations only: what o'clock it is is the gateway's to say. */
export interface Clock {
  /** Milliseconds since some moment, never going back. */
  now(): number
  /** @returns cancels the timer; harmless once it has run */
  setTimer(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  }
}
