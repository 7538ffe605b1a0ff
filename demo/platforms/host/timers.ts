import type { PlatformClock } from '../oih/clock.js'

/** All timers of one platform, so that none outlives it. */
export type Timers = { readonly clock: PlatformClock; cancelAll(): void }

export function createTimers(clock: PlatformClock): Timers {
  const cancels = new Set<() => void>()
  return {
    clock: {
      now: () => clock.now(),
      setTimer(ms, run) {
        const cancel = clock.setTimer(ms, () => {
          cancels.delete(cancel)
          run()
        })
        cancels.add(cancel)
        return () => {
          cancels.delete(cancel)
          cancel()
        }
      }
    },
    cancelAll() {
      for (const cancel of cancels) cancel()
      cancels.clear()
    }
  }
}
