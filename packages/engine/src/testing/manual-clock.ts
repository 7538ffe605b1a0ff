import type { Clock } from '../host.js'

/** A clock that only moves when told to. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass: timers run in order, each at its own time. */
  advance(ms: number): Promise<void>
}

export function createManualClock(startAt = 1_700_000_000_000): ManualClock {
  let now = startAt
  let order = 0
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>()

  function due(until: number): [number, { readonly at: number; readonly run: () => void }] | undefined {
    return [...timers].filter(([, timer]) => timer.at <= until).sort(([a, one], [b, other]) => one.at - other.at || a - b)[0]
  }

  return {
    now: () => now,
    setTimer(ms, run) {
      const id = ++order
      timers.set(id, { at: now + ms, run })
      return () => timers.delete(id)
    },
    defer: (run) => queueMicrotask(run),
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let next = due(until); next; next = due(until)) {
        timers.delete(next[0])
        now = Math.max(now, next[1].at)
        next[1].run()
        await settle()
      }
      now = until
    }
  }
}

/** Lets all promises that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
