import { describe, expect } from 'vitest'
import type { Put } from '../store.js'
import { holds, holdsAfterReopen, type OpenStore } from './store-bench.js'
import { audit, commitEvents, message, run, runId, voided } from './store-samples.js'

const put = (number: number, more = {}): Put => ({ put: 'audit', record: audit(number, more) })

/** What waits to be told to an audit log. */
export function auditsContract(open: OpenStore): void {
  describe('audit records', () => {
    holds(open, 'are given back in the order in which they were written, until they are forgotten', async (store) => {
      await store.commit([{ puts: [put(3), put(1)] }, { puts: [put(2, { at: 1 })] }])
      expect(await store.audits(10)).toEqual([audit(3), audit(1), audit(2, { at: 1 })])
      expect([await store.audits(2), await store.auditCount()]).toEqual([[audit(3), audit(1)], 3])
      await store.forgetAudits([audit(1).id, audit(9).id])
      expect([await store.audits(10), await store.auditCount()]).toEqual([[audit(3), audit(2, { at: 1 })], 2])
      await store.forgetAudits([])
      await store.forgetAudits([audit(3).id, audit(2).id])
      expect([await store.audits(10), await store.auditCount()]).toEqual([[], 0])
      await store.commit([{ puts: [put(4)] }])
      expect(await store.audits(10)).toEqual([audit(4)])
    })

    holds(open, 'are kept once under their id, as they came first', async (store) => {
      await store.commit([{ puts: [put(1), put(2), put(1, { at: 7 })] }])
      await store.commit([{ puts: [put(2, { at: 7 })] }])
      expect(await store.audits(10)).toEqual([audit(1), audit(2)])
    })

    holds(open, 'are written with the event or void that they belong to, and only when it is new', async (store) => {
      await store.commit([{ event: message(1, { by: [1, 1] }), puts: [put(1)] }])
      await store.commit([{ event: message(1, { by: [1, 1] }), puts: [put(2)] }])
      await store.commit([{ void: voided(2, [1, 2]), puts: [put(3)] }])
      await store.commit([{ void: voided(2, [1, 2]), puts: [put(4)] }])
      await store.commit([{ event: message(3), only: { run: runId(1), status: ['open'] }, puts: [put(5)] }])
      await store.commit([{ puts: [{ put: 'run', run: run(1) }] }, { event: message(3), only: { run: runId(1), status: ['open'] }, puts: [put(6)] }])
      expect(await store.audits(10)).toEqual([audit(1), audit(3), audit(6)])
    })

    holds(open, 'give way from the oldest on, when there are too many', async (store) => {
      expect(await store.dropAudits(3)).toBe(0)
      await store.commit([{ puts: [1, 2, 3, 4, 5].map((number) => put(number)) }])
      expect([await store.dropAudits(5), await store.dropAudits(3), await store.dropAudits(3)]).toEqual([0, 2, 0])
      expect(await store.audits(10)).toEqual([audit(3), audit(4), audit(5)])
      await store.forgetAudits([audit(3).id])
      await store.commit([{ puts: [put(6), put(7)] }])
      expect([await store.dropAudits(3), await store.audits(10)]).toEqual([1, [audit(5), audit(6), audit(7)]])
    })
  })
}

export function keptAuditsContract(open: OpenStore): void {
  holdsAfterReopen(open, 'keeps the audit records that wait, in order, when it is opened again', async (store, reopen) => {
    await store.commit([{ event: message(1), puts: [put(2)] }, { puts: [put(1)] }])
    await store.forgetAudits([audit(2).id])
    await commitEvents(store, [message(2)])
    const again = await reopen()
    expect([await again.audits(10), await again.auditCount()]).toEqual([[audit(1)], 1])
    await again.commit([{ puts: [put(3)] }])
    expect(await again.audits(10)).toEqual([audit(1), audit(3)])
  })
}
