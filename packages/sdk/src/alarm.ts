import type { Clock } from './clock.js'

/** One deadline at a time. A machine that slept has run no timers, so on waking the clock is compared. */
export interface Alarm {
  /** Replaces the deadline there was. */
  set(delayMs: number, run: () => void): void
  clear(): void
  /** Runs what is due by the clock and has not run. */
  check(): void
  /** What is left, or `null` when nothing is set. */
  leftMs(): number | null
}

export function createAlarm(clock: Clock): Alarm {
  let deadline: { readonly at: number; readonly run: () => void; readonly cancel: () => void } | null = null

  function clear(): void {
    deadline?.cancel()
    deadline = null
  }

  function fire(): void {
    const run = deadline?.run
    clear()
    run?.()
  }

  return {
    set(delayMs, run) {
      clear()
      deadline = { at: clock.now() + delayMs, run, cancel: clock.setTimer(delayMs, fire) }
    },
    clear,
    check() {
      if (deadline && clock.now() >= deadline.at) fire()
    },
    leftMs: () => deadline && Math.max(0, deadline.at - clock.now())
  }
}
