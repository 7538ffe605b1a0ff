import type { WritableAtom } from 'nanostores'

/** What a listener of the page threw: shown as the page's own uncaught errors are, and stops nobody else. */
export function report(reason: unknown): void {
  if (typeof reportError === 'function') reportError(reason)
  else console.error(reason)
}

/** Sets an atom; a subscriber that throws is reported and the caller goes on. */
export function publish<Value>(store: WritableAtom<Value>, value: Value): void {
  try {
    store.set(value)
  } catch (reason) {
    report(reason)
  }
}
