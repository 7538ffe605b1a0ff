import type { Clock } from '../host.js'

/** A clock that stands still until a test pushes it. */
export interface FakeClock extends Clock {
  /** Goes on by `ms`; what falls due on the way runs in its order, and what that sets off settles in between. */
  advance(ms: number): Promise<void>
}

type Timer = { readonly at: number; readonly run: () => void }

/** @param startAt milliseconds since 1970; noon of a day in June by default */
export function createFakeClock(startAt = Date.UTC(2030, 5, 1, 12)): FakeClock {
  let now = startAt
  let timers: readonly Timer[] = []
  const remove = (timer: Timer): void => {
    timers = timers.filter((other) => other !== timer)
  }
  const nextUpTo = (end: number): Timer | undefined => timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0]

  return {
    now: () => now,
    setTimer(ms, run) {
      const timer = { at: now + ms, run }
      timers = [...timers, timer]
      return () => remove(timer)
    },
    defer: (run) => queueMicrotask(run),
    async advance(ms) {
      const end = now + ms
      await settle()
      for (let timer = nextUpTo(end); timer; timer = nextUpTo(end)) {
        remove(timer)
        now = timer.at
        timer.run()
        await settle()
      }
      now = end
    }
  }
}

/** Long chains of promises end within so many turns; nothing here waits for the outside. */
const TURNS = 200

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve()
}
