import type { Clock } from '../clock.js'

/** A clock that stands until it is pushed. */
export interface FakeClock extends Clock {
  /** Lets time pass: what is due runs in order, each followed by the promises it settles. */
  advance(ms: number): Promise<void>
  /** The machine sleeps: time passes, and no timer runs. */
  sleep(ms: number): void
  /** Lets promises that are settled already be heard, without time passing. */
  settle(): Promise<void>
}

type Timer = { readonly at: number; readonly run: () => void }

/** Chains of promises deeper than this do not occur between two timers. */
const ROUNDS = 60

export function createFakeClock(): FakeClock {
  let now = 0
  let timers: readonly Timer[] = []

  async function settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) await Promise.resolve()
  }

  async function advance(ms: number): Promise<void> {
    const until = now + ms
    await settle()
    for (;;) {
      const due = timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0]
      if (!due) break
      timers = timers.filter((timer) => timer !== due)
      now = Math.max(now, due.at)
      due.run()
      await settle()
    }
    now = until
  }

  return {
    now: () => now,
    setTimer(delayMs, run) {
      const timer = { at: now + Math.max(0, delayMs), run }
      timers = [...timers, timer]
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
    advance,
    sleep(ms) {
      now += ms
    },
    settle
  }
}
