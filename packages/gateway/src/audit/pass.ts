import type { AuditRecord, Meter, Store } from '@parley/engine'
import type { Count } from '../prometheus.js'
import { away, type Obstacle, type Outlet } from './outlet.js'
import type { RouteLog } from './route-log.js'

export type PassOptions = {
  readonly store: Pick<Store, 'audits' | 'forgetAudits'>
  readonly outlet: Outlet
  readonly setAside: (record: AuditRecord, reason: string) => void
  readonly routes: RouteLog
  readonly count: Meter<Count>['count']
}

/** Sends what waits, oldest first, until nothing is left. @returns what was in the way, `null` when nothing was */
export type Pass = (isStopped: () => boolean) => Promise<Obstacle | null>

const BATCH = 100
/** So many that are not taken while no other is, one after another, speak of the receiver and not of the records. */
const MOST_PASSED_BY = 300

type Refused = { readonly record: AuditRecord; readonly reason: string }

/**
 * A batch that is refused is halved until the record that is not wanted stands alone. It is set aside only when the
 * receiver has taken another one in the same pass: who refuses everything wants another address or another form, and
 * nothing is thrown away for that. What no queue takes is passed by, too, until a queue takes another one. Then it is
 * sent once more, for the queue may be new, and dropped only if there is still none for it.
 */
export function createPass({ store, outlet, setAside, routes, count }: PassOptions): Pass {
  return async (isStopped) => {
    let refused: Refused[] = []
    let unrouted: readonly AuditRecord[] = []
    let unroutedWhy: Obstacle | null = null
    let isAnyTaken = false

    async function send(batch: readonly AuditRecord[]) {
      const sent = await outlet.send(batch)
      if (sent.taken.length > 0) {
        await store.forgetAudits(sent.taken)
        isAnyTaken = true
        count('auditSent', 'taken', sent.taken.length)
      }
      const nowhere = new Set(sent.unrouted)
      return { ...sent, nowhere: batch.filter(({ id }) => nowhere.has(id)) }
    }

    async function ship(batch: readonly AuditRecord[]): Promise<Obstacle | null> {
      if (isStopped()) return away('the gateway stops')
      const { nowhere, obstacle } = await send(batch)
      switch (obstacle?.kind) {
        case 'refused':
          return halve(batch, obstacle)
        case 'away':
          return obstacle
        case 'unrouted':
          unrouted = [...unrouted, ...nowhere]
          unroutedWhy = obstacle
          return null
        default:
          unrouted = [...unrouted, ...nowhere]
          if (unrouted.length > 0) return sendAgain()
          routes.taken(batch)
          return null
      }
    }

    async function halve(batch: readonly AuditRecord[], { reason }: Obstacle): Promise<Obstacle | null> {
      const [record] = batch
      if (batch.length === 1 && record) {
        refused.push({ record, reason })
        return null
      }
      const half = Math.ceil(batch.length / 2)
      return (await ship(batch.slice(0, half))) ?? ship(batch.slice(half))
    }

    async function sendAgain(): Promise<Obstacle | null> {
      if (isStopped()) return away('the gateway stops')
      const { nowhere, obstacle } = await send(unrouted)
      if (obstacle && obstacle.kind !== 'unrouted') return obstacle
      unrouted = []
      if (nowhere.length === 0) return null
      await store.forgetAudits(nowhere.map(({ id }) => id))
      count('auditDropped', 'unrouted', nowhere.length)
      routes.dropped(nowhere)
      return null
    }

    async function putAside(): Promise<void> {
      for (const { record, reason } of refused) setAside(record, reason)
      await store.forgetAudits(refused.map(({ record }) => record.id))
      refused = []
    }

    while (!isStopped()) {
      const passedBy = new Set([...refused.map(({ record }) => record), ...unrouted].map(({ id }) => id))
      const batch = (await store.audits(passedBy.size + BATCH)).filter(({ id }) => !passedBy.has(id))
      const isAtEnd = batch.length === 0 || passedBy.size >= MOST_PASSED_BY
      const [first] = refused
      if (first && isAtEnd) return { kind: 'refused', reason: first.reason }
      if (unrouted.length > 0 && isAtEnd) return unroutedWhy
      if (batch.length === 0) return null
      const obstacle = await ship(batch)
      if (isAnyTaken && refused.length > 0) await putAside()
      if (obstacle) return obstacle
    }
    return null
  }
}
