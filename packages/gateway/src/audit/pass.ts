import type { AuditRecord, Meter, Store } from '@parley/engine'
import type { Count } from '../prometheus.js'
import { away, type Obstacle, type Outlet } from './outlet.js'

export type PassOptions = {
  readonly store: Pick<Store, 'audits' | 'forgetAudits'>
  readonly outlet: Outlet
  readonly setAside: (record: AuditRecord, reason: string) => void
  readonly count: Meter<Count>['count']
}

/** Sends what waits, oldest first, until nothing is left. @returns what was in the way, `null` when nothing was */
export type Pass = (isStopped: () => boolean) => Promise<Obstacle | null>

const BATCH = 100
/** So many that are refused while none is taken, one after another, speak of the receiver and not of the records. */
const MOST_REFUSED = 300

type Refused = { readonly record: AuditRecord; readonly reason: string }

/**
 * A batch that is refused is halved until the record that is not wanted stands alone. It is set aside only when the
 * receiver has taken another one in the same pass: who refuses everything wants another address or another form, and
 * nothing is thrown away for that.
 */
export function createPass({ store, outlet, setAside, count }: PassOptions): Pass {
  return async (isStopped) => {
    let refused: Refused[] = []
    let isAnyTaken = false

    async function ship(batch: readonly AuditRecord[]): Promise<Obstacle | null> {
      if (isStopped()) return away('the gateway stops')
      const { taken, unrouted = [], obstacle } = await outlet.send(batch)
      if (taken.length > 0) {
        await store.forgetAudits(taken)
        isAnyTaken = true
        count('auditSent', 'taken', taken.length - unrouted.length)
        if (unrouted.length > 0) count('auditDropped', 'unrouted', unrouted.length)
      }
      if (obstacle?.kind !== 'refused') return obstacle
      const [record] = batch
      if (batch.length === 1 && record) {
        refused.push({ record, reason: obstacle.reason })
        return null
      }
      const half = Math.ceil(batch.length / 2)
      return (await ship(batch.slice(0, half))) ?? ship(batch.slice(half))
    }

    async function putAside(): Promise<void> {
      for (const { record, reason } of refused) setAside(record, reason)
      await store.forgetAudits(refused.map(({ record }) => record.id))
      refused = []
    }

    while (!isStopped()) {
      const passedBy = new Set(refused.map(({ record }) => record.id))
      const batch = (await store.audits(passedBy.size + BATCH)).filter(({ id }) => !passedBy.has(id))
      const [first] = refused
      if (first && (batch.length === 0 || refused.length >= MOST_REFUSED)) return { kind: 'refused', reason: first.reason }
      if (batch.length === 0) return null
      const obstacle = await ship(batch)
      if (isAnyTaken && refused.length > 0) await putAside()
      if (obstacle) return obstacle
    }
    return null
  }
}
