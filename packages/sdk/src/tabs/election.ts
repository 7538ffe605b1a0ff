import type { TabLocks } from './platform.js'

export type ElectionOptions = {
  readonly locks: TabLocks
  /** This tab leads: it holds the lock. */
  onLead(): void
  /** Another tab leads; this one is the next when its turn comes. */
  onFollow(): void
}

/** Which tab of a browser holds the line. */
export interface Election {
  start(name: string): void
  /** Leads at once, whoever led before: that one may be frozen. */
  takeOver(): void
  stop(): void
}

/**
 * A leader by Web Locks: who holds the lock leads, the browser gives it to the next one when that tab is gone. The lock
 * only saves connections; two leaders would do no harm.
 */
export function createElection({ locks, onLead, onFollow }: ElectionOptions): Election {
  let name = ''
  /** Which stay counts: what a former one still tells does not. */
  let stay = 0
  let release: (() => void) | null = null
  let waiting: AbortController | null = null

  function hold(mine: number): Promise<void> {
    return new Promise((resolve) => {
      if (mine !== stay) return resolve()
      waiting = null
      release = resolve
      onLead()
    })
  }

  /** The lock was asked for and is not to be had, or was taken away. */
  function lost(mine: number): void {
    if (mine !== stay) return
    release = null
    onFollow()
    queue(mine)
  }

  function queue(mine: number): void {
    const abort = new AbortController()
    waiting = abort
    locks
      .request(name, { signal: abort.signal }, () => hold(mine))
      .then(
        () => {},
        () => {
          if (!abort.signal.aborted) lost(mine)
        }
      )
  }

  function leave(): void {
    stay++
    waiting?.abort()
    waiting = null
    release?.()
    release = null
  }

  return {
    start(chosen) {
      leave()
      name = chosen
      const mine = stay
      locks
        .request(name, { ifAvailable: true }, (lock) => (lock ? hold(mine) : lost(mine)))
        .then(
          () => {},
          () => lost(mine)
        )
    },
    takeOver() {
      if (release || name === '') return
      leave()
      const mine = stay
      locks
        .request(name, { steal: true }, () => hold(mine))
        .then(
          () => {},
          () => lost(mine)
        )
    },
    stop() {
      leave()
      name = ''
    }
  }
}
