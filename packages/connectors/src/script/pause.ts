import type { Clock } from '@parley/engine'

/** Pauses that all end at once when there is nobody left to wait for. */
export interface Pause {
  wait(ms: number): Promise<void>
  end(): void
}

export function createPause(clock: Clock): Pause {
  const ends = new Set<() => void>()
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const over = (): void => {
          cancel()
          ends.delete(over)
          resolve()
        }
        const cancel = clock.setTimer(ms, over)
        ends.add(over)
      }),
    end() {
      for (const over of ends) over()
    }
  }
}
