import type { Fetch } from '../connector.js'
import type { Chance, Clock, Log } from '../host.js'
import type { PageLocks } from './place.js'

/** What the engine asks of the place it runs in, in a page. The one file of this package that reaches outside. */

export const pageClock: Pick<Clock, 'now' | 'setTimer'> = {
  now: () => Date.now(),
  setTimer(ms, run) {
    const timer = setTimeout(run, Math.max(0, ms))
    return () => clearTimeout(timer)
  }
}

/** `getRandomValues` is there on plain `http://` pages too, `crypto.subtle` and `randomUUID` are not. */
export const pageChance: Chance = { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) }

/** For whoever makes the page. What goes well is nobody's business there. */
export const pageLog: Log = {
  debug() {},
  info() {},
  warn: (fields, text) => console.warn(`Parley: ${text}`, fields),
  error: (fields, text) => console.error(`Parley: ${text}`, fields)
}

/** The same as for connectors on a gateway. */
const ANSWER_WITHIN_MS = 15_000

/** The page's own `fetch`: the browser guards what a page may reach. No cookies go along, and no redirect is followed. */
export const pageFetch =
  (clock: Pick<Clock, 'setTimer'>): Fetch =>
  (url, init = {}) => {
    const abort = new AbortController()
    // Not cleared when the head of the answer is here: its body has no more time than that, either.
    clock.setTimer(ANSWER_WITHIN_MS, () => abort.abort(new DOMException('fetch: no answer in time', 'TimeoutError')))
    const giveUp = (): void => abort.abort(init.signal?.reason)
    if (init.signal?.aborted) giveUp()
    init.signal?.addEventListener('abort', giveUp, { once: true })
    return fetch(url, { ...init, credentials: 'omit', redirect: 'manual', signal: abort.signal })
  }

/** `null` on plain `http://` pages, and outside of pages, where there are no tabs. */
export const pageLocks = (): PageLocks | null => (typeof document === 'undefined' || typeof navigator.locks === 'undefined' ? null : navigator.locks)
