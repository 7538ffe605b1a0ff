import type { Life } from './life.js'
import type { VirtualClock } from './virtual-clock.js'

/** One direction of a line, as TCP is: what is put in later never comes out sooner. */
export interface Pipe {
  /** Comes out after the delay, on the far side's terms: not if it is over, later if it is frozen. */
  put(run: () => void, extraMs?: number): void
  /** Nothing comes out until `release`; what is put in waits. */
  stall(): void
  release(): void
  /** What is in the pipe, and what is put in from now on, never comes out. */
  cut(): void
  isStalled(): boolean
}

export function createPipe(clock: VirtualClock, far: Pick<Life, 'enter'>, delayMs: () => number): Pipe {
  let lastAt = 0
  let waiting: (() => void)[] | null = null
  let isCut = false

  function deliver(run: () => void): void {
    if (isCut) return
    if (waiting) waiting.push(run)
    else far.enter(run)
  }

  return {
    put(run, extraMs = 0) {
      lastAt = Math.max(lastAt, clock.now() + delayMs() + extraMs)
      clock.setTimer(lastAt - clock.now(), () => deliver(run))
    },
    stall() {
      waiting ??= []
    },
    release() {
      const late = waiting ?? []
      waiting = null
      for (const run of late) deliver(run)
    },
    cut() {
      isCut = true
      waiting = null
    },
    isStalled: () => waiting !== null
  }
}
