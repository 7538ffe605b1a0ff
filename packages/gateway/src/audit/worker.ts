import type { AuditRecord, Clock, Log, Meter, Store } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import type { Count } from '../prometheus.js'
import type { Obstacle, Outlet } from './outlet.js'
import { createPass } from './pass.js'
import { createRouteLog } from './route-log.js'
import { createTrimmer } from './trimmer.js'

/** Ships audit records from the store to their receiver, in order, and forgets what was taken. Nobody waits for it. */
export interface AuditWorker {
  start(): void
  /** A record is on its way into the store. */
  wake(): void
  /** What is under way ends, in half a second or so at the most; the rest waits in the store for the next start. */
  stop(): Promise<void>
}

export type AuditWorkerOptions = {
  readonly store: Pick<Store, 'audits' | 'forgetAudits' | 'dropAudits'>
  readonly outlet: Outlet
  /** So many records wait at most, about. */
  readonly keep: number
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly meter: Pick<Meter<Count>, 'count'>
}

/** What is written in one go is sent in one go. */
const COLLECT_MS = 50
/** A commit that took longer than that is found all the same. */
const LOOK_EVERY_MS = 5_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 300_000
/** A batch under way may still be confirmed; cut off, it would come again at the next start. */
const GRACE_MS = 300

/** Decorrelated jitter: gateways that lost the same receiver do not come back together. */
export const nextWaitMs = (previousMs: number, random: () => number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS + random() * (3 * Math.max(FIRST_WAIT_MS, previousMs) - FIRST_WAIT_MS))

export function createAuditWorker({ store, outlet, keep, clock, random, log, meter }: AuditWorkerOptions): AuditWorker {
  const pass = createPass({ store, outlet, setAside, count: meter.count, routes: createRouteLog(log) })
  const trimmer = createTrimmer({ store, keep, clock, log, meter })
  let cancelTimer = (): void => {}
  let running: Promise<void> | null = null
  let isStopped = true
  /** 0 while the receiver takes what it gets. */
  let waitMs = 0
  /** Something came while a pass was running: it may have looked before. */
  let isWoken = false
  let told: string | null = null

  function schedule(ms: number): void {
    cancelTimer()
    if (!isStopped) cancelTimer = clock.setTimer(ms, begin)
  }

  function begin(): void {
    isWoken = false
    running = look().finally(() => {
      running = null
      schedule(waitMs > 0 ? waitMs : isWoken ? COLLECT_MS : LOOK_EVERY_MS)
    })
  }

  async function look(): Promise<void> {
    try {
      await trimmer.trim()
      settle(await pass(() => isStopped))
    } catch (thrown) {
      // The store; what was taken may be sent again, under the same ids.
      log.error({ reason: reasonOf(thrown) }, 'audit records could not be read or forgotten')
      waitMs = nextWaitMs(waitMs, random)
    }
  }

  function settle(obstacle: Obstacle | null): void {
    if (isStopped) return
    const text = obstacle ? `${obstacle.kind}: ${obstacle.reason}` : null
    if (text !== told && obstacle) log[obstacle.kind === 'away' ? 'warn' : 'error']({ reason: obstacle.reason }, TELL[obstacle.kind])
    if (text === null) trimmer.eased()
    if (text === null && told !== null) log.info({}, 'audit records are taken again')
    told = text
    waitMs = obstacle ? Math.max(nextWaitMs(waitMs, random), obstacle.retryInMs ?? 0) : 0
  }

  /** Nothing is lost to an auditor who can read the log. */
  function setAside({ id, name, at, payload }: AuditRecord, reason: string): void {
    meter.count('auditDropped', 'refused')
    log.error({ audit: id, name, at, reason, payload: JSON.stringify(payload) }, 'an audit record was refused and set aside')
  }

  return {
    start() {
      isStopped = false
      schedule(0)
    },
    wake() {
      if (isStopped) return
      trimmer.count()
      if (running) isWoken = true
      else if (waitMs === 0 && !isWoken) {
        isWoken = true
        schedule(COLLECT_MS)
      }
    },
    async stop() {
      isStopped = true
      cancelTimer()
      await trimmer.stop()
      if (running) await Promise.race([running, new Promise<void>((resolve) => clock.setTimer(GRACE_MS, resolve))])
      await outlet.close()
      await running
    }
  }
}

const TELL = {
  away: 'audit records cannot be sent; they wait and are sent later',
  refused: 'the receiver refuses every audit record; they wait',
  unrouted: 'no queue takes the audit records; they wait and are sent later'
} as const
