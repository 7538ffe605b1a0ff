import type { Clock } from '@parley/engine'

/** Runs work that can be broken off, and breaks it off after `ms` on the given clock. */
export async function withinTime<Value>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const abort = new AbortController()
  const cancel = clock.setTimer(ms, () => abort.abort(new Error(`no answer within ${ms} ms`)))
  try {
    return await work(abort.signal)
  } finally {
    cancel()
  }
}
