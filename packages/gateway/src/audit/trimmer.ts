import { type Clock, type Log, type Meter, reasonOf, type Store } from '@parley/engine'
import type { Count } from '../prometheus.js'

/** Keeps what waits below its limit, whatever the receiver does. */
export interface Trimmer {
  /** A record is on its way into the store. */
  count(): void
  /** Never throws: what stood in the way is told. */
  trim(): Promise<void>
  /** Nothing waits any more. While something does, the next record may push out another one. */
  eased(): void
  stop(): Promise<void>
}

export type TrimmerOptions = {
  readonly store: Pick<Store, 'dropAudits'>
  /** So many records wait at most, about. */
  readonly keep: number
  readonly clock: Pick<Clock, 'setTimer'>
  readonly log: Log
  readonly meter: Pick<Meter<Count>, 'count'>
}

/** Records between two looks at how many there are. */
const TRIM_EVERY = 1_000
/** By then what was counted stands in the store. */
const COLLECT_MS = 50

export function createTrimmer({ store, keep, clock, log, meter }: TrimmerOptions): Trimmer {
  let since = 0
  let cancelTimer: (() => void) | null = null
  let running: Promise<void> = Promise.resolve()
  let isDropping = false

  async function drop(): Promise<void> {
    since = 0
    try {
      tell(await store.dropAudits(keep))
    } catch (thrown) {
      log.error({ reason: reasonOf(thrown) }, 'audit records above the limit could not be dropped')
    }
  }

  function tell(dropped: number): void {
    if (dropped === 0) return
    meter.count('auditDropped', 'overflow', dropped)
    if (!isDropping) log.error({ keep }, 'too many audit records wait; the oldest are dropped')
    isDropping = true
  }

  function trim(): Promise<void> {
    // One after another: what is told is in order.
    running = running.then(drop)
    return running
  }

  return {
    count() {
      if (++since < TRIM_EVERY || cancelTimer) return
      cancelTimer = clock.setTimer(COLLECT_MS, () => {
        cancelTimer = null
        void trim()
      })
    },
    trim,
    eased() {
      if (isDropping) log.info({}, 'no more audit records are dropped')
      isDropping = false
    },
    async stop() {
      cancelTimer?.()
      cancelTimer = null
      await running
    }
  }
}
