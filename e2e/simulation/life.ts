import type { VirtualClock } from './virtual-clock.js'

/**
 * One life of a process (a gateway's) or of a page (a device's). Everything that goes on in it goes
 * through here, so that ending it ends all of it at once, as a crash does.
 */
export interface Life {
  now(): number
  setTimer(delayMs: number, run: () => void): () => void
  /** Something from outside happens in it: dropped when it is over, kept back while it is frozen. */
  enter(run: () => void): void
  /** Never settles when the life ends first. */
  pause(ms: number): Promise<void>
  freeze(): void
  /** What was due or came meanwhile happens now, in its order. */
  thaw(): void
  end(): void
  isOver(): boolean
  isFrozen(): boolean
}

export function createLife(clock: VirtualClock): Life {
  let isOver = false
  let backlog: (() => void)[] | null = null

  function enter(run: () => void): void {
    if (isOver) return
    if (backlog) backlog.push(run)
    else run()
  }

  function setTimer(delayMs: number, run: () => void): () => void {
    let isCancelled = false
    const cancel = clock.setTimer(delayMs, () =>
      enter(() => {
        if (!isCancelled) run()
      })
    )
    return () => {
      isCancelled = true
      cancel()
    }
  }

  return {
    now: clock.now,
    setTimer,
    enter,
    pause: (ms) => new Promise((resolve) => setTimer(ms, resolve)),
    freeze() {
      backlog ??= []
    },
    thaw() {
      const late = backlog ?? []
      backlog = null
      for (const run of late) clock.setTimer(0, () => enter(run))
    },
    end() {
      isOver = true
      backlog = null
    },
    isOver: () => isOver,
    isFrozen: () => backlog !== null
  }
}
