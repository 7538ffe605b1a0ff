import type { Clock } from '../host.js'

/** What of Web Locks is needed. */
export type PageLocks = Pick<LockManager, 'request'>

/** The place of the one host among the tabs of a browser. */
export interface Place {
  /** Is this page the host? While another one is, it waits for its turn, and a call waits with it for a while, longer with each. */
  isMine(): Promise<boolean>
  leave(): void
}

/** A client gives up an attempt after 5 s, a later one after up to 20 s: it should hear before that why it waits. */
const STEP_MS = 4_000
/** A host of this page that was closed a moment ago lets go only when its connector has stopped. */
const FIRST_MS = 3_000
const LONGEST_MS = 18_000

/**
 * One tab hosts, because two would be two conversations of one person, and an outside that knows people by their number
 * would answer one of them only. Without Web Locks (plain `http://`) each page is its own.
 */
export function createPlace(name: string, locks: PageLocks | null, clock: Pick<Clock, 'setTimer'>): Place {
  const abort = new AbortController()
  let release: (() => void) | null = null
  let isAlone = locks === null
  let asking: Promise<boolean> | null = null
  let turn: Promise<void> = Promise.resolve()
  let tries = 0

  function hold(): Promise<void> {
    return new Promise((resolve) => {
      if (abort.signal.aborted) resolve()
      else release = resolve
    })
  }

  /** @returns settles when the lock was given, or is not to be had */
  function ask(of: PageLocks, options: LockOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      of.request(name, options, (lock) => {
        resolve(lock !== null)
        return lock ? hold() : undefined
      }).catch(reject)
    })
  }

  function queue(of: PageLocks): Promise<void> {
    return ask(of, { signal: abort.signal }).then(
      () => {},
      () => {
        // Left while it waited: nobody asks any more.
      }
    )
  }

  async function first(of: PageLocks): Promise<boolean> {
    try {
      const isFree = await ask(of, { ifAvailable: true })
      if (isFree) return true
      turn = queue(of)
      await within(FIRST_MS)
      return release !== null
    } catch {
      // A page that may not use them, as in a sandboxed frame: as if there were none.
      isAlone = true
      return true
    }
  }

  async function within(ms: number): Promise<void> {
    let cancel = (): void => {}
    const late = new Promise<void>((resolve) => {
      cancel = clock.setTimer(ms, resolve)
    })
    await Promise.race([turn, late])
    cancel()
  }

  return {
    async isMine() {
      if (!locks || isAlone) return true
      if (!asking) {
        asking = first(locks)
        return asking
      }
      await asking
      if (!release && !isAlone) await within(Math.min(LONGEST_MS, STEP_MS * ++tries))
      return release !== null || isAlone
    },
    leave() {
      abort.abort()
      release?.()
      release = null
    }
  }
}
