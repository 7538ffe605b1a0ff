import { describe, expect } from 'vitest'
import type { Put } from '../store.js'
import { holds, type OpenStore } from './store-bench.js'
import { account, conversation, conversationId, INBOX, job, link, linkId, message, participantId, run, runId, visitorId } from './store-samples.js'

const DONE = { kind: 'done' } as const
const asUnit = (...puts: readonly Put[]) => ({ puts })

/** What is kept beside the log. */
export function recordsContract(open: OpenStore): void {
  describe('jobs', () => {
    holds(open, 'writes a job with the number its event got', async (store) => {
      await store.commit([{ event: message(1) }, { event: message(2), job: { inbox: INBOX, dueAt: 77 } }])
      expect(await store.jobs()).toEqual([job(2, { dueAt: 77 })])
    })

    holds(open, 'lists jobs that wait or were sent, those of one moment by conversation and number', async (store) => {
      await store.openConversation(conversation(2), [])
      const jobs = [job(1, { conversation: conversationId(2) }), job(10), job(9, { state: 'sent', attempts: 2 }), job(3, { state: 'parked' })]
      expect(await store.commit([asUnit(...jobs.map((one): Put => ({ put: 'job', job: one })))])).toEqual([DONE])
      expect(await store.jobs()).toEqual([job(9, { state: 'sent', attempts: 2 }), job(10), job(1, { conversation: conversationId(2) })])
    })

    holds(open, 'lists jobs in the order in which they were made, those that do not say when first', async (store) => {
      const other = { conversation: conversationId(2) }
      for (const number of [2, 3]) await store.openConversation(conversation(number), [])
      const made = [
        job(7, { conversation: conversationId(3) }),
        job(1, { ...other, queuedAt: 200, lane: 'one' }),
        job(3, { queuedAt: 300, lane: 'one' }),
        // The clock went back: within a conversation the numbers decide.
        job(4, { queuedAt: 100, lane: 'one' }),
        job(2, { ...other, queuedAt: 400 })
      ]
      await store.commit([asUnit(...made.toReversed().map((one): Put => ({ put: 'job', job: one })))])
      expect(await store.jobs()).toEqual(made)
    })

    holds(open, 'keeps what a job says of its place, from the event that made it', async (store) => {
      const place = { dueAt: 77, queuedAt: 70, lane: 'one' }
      await store.openConversation(conversation(2), [message(1, { in: conversationId(2) })], { inbox: INBOX, ...place })
      await store.commit([{ event: message(2), job: { inbox: INBOX, ...place } }])
      expect(await store.jobs()).toEqual([job(1, place), job(1, { ...place, conversation: conversationId(2) })])
    })

    holds(open, 'replaces a job, and drops it when it is done', async (store) => {
      await store.commit([
        asUnit({ put: 'job', job: job(1) }),
        asUnit({ put: 'job', job: job(1, { attempts: 3, dueAt: 9_999_999_999_999 }) }),
        asUnit({ put: 'job', job: job(2) })
      ])
      expect(await store.jobs()).toEqual([job(1, { attempts: 3, dueAt: 9_999_999_999_999 }), job(2)])
      await store.commit([asUnit({ put: 'jobDone', job: job(1) }, { put: 'jobDone', job: job(5) })])
      expect(await store.jobs()).toEqual([job(2)])
    })
  })

  describe('runs, sign-ins, accounts', () => {
    holds(open, 'replaces a run whole and lists runs by status, oldest first', async (store) => {
      const runs = [run(1, { startedAt: 50 }), run(2, { startedAt: 10 }), run(3, { status: 'finished' }), run(4, { startedAt: 30, status: 'working' })]
      await store.commit([asUnit(...runs.map((one): Put => ({ put: 'run', run: one })))])
      const noted = run(1, { startedAt: 50, notes: { flow: ['x', { y: null }] } })
      await store.commit([asUnit({ put: 'run', run: noted })])
      expect(await store.run(runId(1))).toEqual(noted)
      expect(await store.run(runId(9))).toBe(null)
      expect(await store.runsWith(['open', 'working'])).toEqual([runs[1], runs[3], noted])
      expect(await store.runsWith(['cancelled'])).toEqual([])
      expect(await store.runsWith([])).toEqual([])
    })

    holds(open, 'lists sign-ins that are still asked for, oldest first', async (store) => {
      const links = [link(1, { expiresAt: 900 }), link(2, { expiresAt: 100, run: null }), link(3, { status: 'completed' })]
      await store.commit([asUnit(...links.map((one): Put => ({ put: 'link', link: one })))])
      expect(await store.pendingLinks()).toEqual([links[1], links[0]])
      await store.commit([asUnit({ put: 'link', link: link(1, { status: 'refused' }) })])
      expect(await store.pendingLinks()).toEqual([links[1]])
      expect(await store.link(linkId(1))).toEqual(link(1, { status: 'refused' }))
      expect(await store.link(linkId(9))).toBe(null)
    })

    holds(open, 'keeps one account for each visitor and inbox, until it is gone', async (store) => {
      await store.commit([asUnit({ put: 'account', account: account() }, { put: 'account', account: account({ inbox: 'sales', credential: 'secret-id-2' }) })])
      await store.commit([asUnit({ put: 'account', account: account({ scope: 'write' }) })])
      expect(await store.account(INBOX, visitorId(1))).toEqual(account({ scope: 'write' }))
      expect(await store.account(INBOX, visitorId(2))).toBe(null)
      await store.commit([asUnit({ put: 'accountGone', inbox: INBOX, visitor: visitorId(1) })])
      expect(await store.account(INBOX, visitorId(1))).toBe(null)
      expect(await store.account('sales', visitorId(1))).toEqual(account({ inbox: 'sales', credential: 'secret-id-2' }))
    })
  })

  describe('receipts', () => {
    holds(open, 'merges receipts by the greater number, in any order', async (store) => {
      const receipt = (participant: number, got: number, read: number): Put => ({
        put: 'receipt',
        receipt: { conversation: conversationId(1), participant: participantId(participant), got, read }
      })
      await store.commit([asUnit(receipt(1, 5, 2)), asUnit(receipt(2, 1, 1)), asUnit(receipt(1, 3, 3)), asUnit(receipt(1, 5, 2))])
      const found = [...(await store.receipts(conversationId(1)))].sort((a, b) => a.participant.localeCompare(b.participant))
      expect(found).toEqual([
        { conversation: conversationId(1), participant: participantId(1), got: 5, read: 3 },
        { conversation: conversationId(1), participant: participantId(2), got: 1, read: 1 }
      ])
      expect(await store.receipts(conversationId(2))).toEqual([])
    })
  })
}
