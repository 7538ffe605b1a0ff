import { describe, expect } from 'vitest'
import type { Put, Store } from '../store.js'
import { holds, holdsAfterReopen, type OpenStore } from './store-bench.js'
import {
  account,
  AT,
  audit,
  commitEvents,
  conversation,
  conversationId,
  deviceId,
  INBOX,
  job,
  link,
  linkId,
  message,
  messageId,
  participantId,
  readAll,
  run,
  runId,
  visitorId,
  voided
} from './store-samples.js'

const RANDOM_ID = /^[A-Za-z0-9_-]{22}$/
const receipt: Put = { put: 'receipt', receipt: { conversation: conversationId(1), participant: participantId(1), got: 2, read: 1 } }

/** All that the store says about the samples of `fillAll`. */
const everything = async (store: Store) => ({
  epoch: store.epoch,
  conversations: [await store.conversation(conversationId(1)), await store.conversation(conversationId(2))],
  rows: await readAll(store),
  staff: await readAll(store, conversationId(1), 'staff'),
  lastDeviceSeq: await store.lastDeviceSeq(conversationId(1), deviceId(1)),
  receipts: await store.receipts(conversationId(1)),
  run: await store.run(runId(1)),
  link: await store.link(linkId(1)),
  account: await store.account(INBOX, visitorId(1)),
  jobs: await store.jobs(),
  audits: await store.audits(100)
})

async function fillAll(store: Store): Promise<void> {
  await store.openConversation(conversation(2), [message(9, { in: conversationId(2) })])
  await store.commit([
    {
      event: message(1, { by: [1, 1] }),
      job: { inbox: INBOX, dueAt: 3 },
      puts: [
        { put: 'run', run: run(1) },
        { put: 'link', link: link(1) }
      ]
    },
    { void: voided(2, [1, 2]) },
    { event: message(3, { log: 'staff' }) },
    {
      puts: [
        { put: 'account', account: account() },
        receipt,
        { put: 'audit', record: audit(1) },
        { put: 'job', job: job(1, { state: 'sent', attempts: 1 }) },
        { put: 'closed', conversation: conversationId(2) }
      ]
    }
  ])
}

/** What outlives the process, and what a failure leaves behind. */
export function keepingContract(open: OpenStore): void {
  describe('keeping', () => {
    holds(open, 'has an epoch, and makes a secret once', async (store) => {
      expect(store.epoch).toMatch(RANDOM_ID)
      expect(await store.secret('token', () => 'first')).toBe('first')
      expect(await store.secret('token', () => 'second')).toBe('first')
      expect(await store.secret('seal', () => 'third')).toBe('third')
    })

    holdsAfterReopen(open, 'keeps all of it when it is opened again', async (store, reopen) => {
      await fillAll(store)
      const before = await everything(store)
      expect(before.jobs).toEqual([job(1, { state: 'sent', attempts: 1 })])
      expect(await everything(await reopen())).toEqual(before)
    })

    holdsAfterReopen(open, 'keeps its secrets when it is opened again', async (store, reopen) => {
      await store.secret('token', () => 'first')
      expect(await (await reopen()).secret('token', () => 'second')).toBe('first')
    })

    holdsAfterReopen(open, 'goes on where it was when it is opened again', async (store, reopen) => {
      await fillAll(store)
      const again = await reopen()
      expect(await commitEvents(again, [message(1, { by: [1, 1] }), message(4, { by: [1, 4] }), message(5, { by: [1, 3] })])).toEqual([
        { kind: 'known', seq: 1, at: AT },
        { kind: 'gap', expected: 3 },
        { kind: 'stored', seq: 2, at: AT }
      ])
      expect(await again.commit([{ void: voided(2, [1, 2]) }])).toEqual([{ kind: 'void', code: 'append.discarded' }])
      expect(await again.openConversation(conversation(8, { visitor: visitorId(1) }), [])).toEqual(conversation(1))
    })

    holdsAfterReopen(open, 'a commit that fails on its way writes nothing of it', async (store, reopen) => {
      await commitEvents(store, [message(1, { by: [1, 1] })])
      const broken = {
        toJSON: () => {
          throw new Error('cannot be written')
        }
      } as unknown as { readonly parts: readonly [] }
      const before = await everything(store)
      await expect(
        store.commit([
          { event: message(2, { by: [1, 2] }), puts: [{ put: 'run', run: run(1) }, receipt, { put: 'audit', record: audit(1) }] },
          { event: message(3, { by: [1, 3], body: broken }) }
        ])
      ).rejects.toThrow('cannot be written')
      expect(await everything(store)).toEqual(before)
      expect(await commitEvents(store, [message(2, { by: [1, 2] })])).toEqual([{ kind: 'stored', seq: 2, at: AT }])
      expect((await readAll(await reopen())).map((event) => event.messageId)).toEqual([messageId(1), messageId(2)])
    })
  })
}
