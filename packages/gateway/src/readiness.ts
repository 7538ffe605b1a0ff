import type { Clock, Log } from '@parley/engine'
import { reasonOf } from '@parley/engine'

export type ReadinessOptions = {
  readonly clock: Clock
  /** Writes to the store and waits for the disk. */
  readonly check: () => Promise<void>
  readonly isServing: () => boolean
  readonly log: Log
}

/** Anybody may ask; the disk is asked at most this often. */
const KEPT_FOR_MS = 2_000

/** `null` when new clients may be sent here, or why not. */
export function createReadiness({ clock, check, isServing, log }: ReadinessOptions): () => Promise<string | null> {
  let last: { readonly at: number; readonly result: Promise<string | null> } | null = null
  return () => {
    if (!isServing()) return Promise.resolve('starting or draining')
    const now = clock.now()
    if (!last || Math.abs(now - last.at) > KEPT_FOR_MS) last = { at: now, result: check().then(() => null, failed) }
    return last.result
  }
  function failed(thrown: unknown): string {
    log.error({ reason: reasonOf(thrown) }, 'the store does not write')
    return 'the store does not write'
  }
}
