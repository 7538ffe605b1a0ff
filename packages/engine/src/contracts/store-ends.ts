import { describe, expect } from 'vitest'
import type { Put, Store, Unit } from '../store.js'
import { holds, holdsAfterReopen, type OpenStore } from './store-bench.js'
import {
  AT,
  commitEvents,
  conversation,
  conversationId,
  deviceId,
  INBOX,
  message,
  type MessageOptions,
  messageId,
  readAll,
  run,
  runId,
  voided
} from './store-samples.js'

const CLOSED = { kind: 'void', code: 'conversation.closed' } as const
const SKIPPED = { kind: 'skipped' } as const
const stored = (seq: number) => ({ kind: 'stored', seq, at: AT })
const known = (seq: number) => ({ kind: 'known', seq, at: AT })

const wanting = (number: number, options: MessageOptions = {}): Unit => ({ event: message(number, options), open: true })
const closing = (number: number, more: Partial<Unit> = {}): Unit => ({
  event: message(number),
  puts: [{ put: 'closed', conversation: conversationId(1) }],
  ...more
})
const idsOf = async (store: Store) => (await readAll(store)).map((event) => event.messageId)

/** What wants an open conversation is not recorded behind its end. */
export function endsContract(open: OpenStore): void {
  describe('ends', () => {
    holds(open, 'a device’s row that wants an open conversation becomes a void behind the end, also within one commit', async (store) => {
      const outcomes = await store.commit([wanting(1, { by: [1, 1] }), closing(2), wanting(3, { by: [2, 1] }), wanting(4, { by: [1, 2] })])
      expect(outcomes).toEqual([stored(1), stored(2), CLOSED, CLOSED])
      expect(await store.commit([wanting(5, { by: [1, 3] })])).toEqual([CLOSED])
      expect(await idsOf(store)).toEqual([messageId(1), messageId(2)])
      expect([await store.lastDeviceSeq(conversationId(1), deviceId(1)), await store.lastDeviceSeq(conversationId(1), deviceId(2))]).toEqual([3, 1])
    })

    holds(open, 'the void stands: sent again it is answered as before, and another message under its number is a conflict', async (store) => {
      await store.commit([closing(1), wanting(2, { by: [1, 1] })])
      expect(
        await store.commit([wanting(2, { by: [1, 1] }), { event: message(2, { by: [1, 1] }) }, wanting(3, { by: [1, 1] }), wanting(3, { by: [1, 3] })])
      ).toEqual([CLOSED, CLOSED, { kind: 'conflict' }, { kind: 'gap', expected: 2 }])
    })

    holds(open, 'other rows that want an open conversation are passed over, the end itself included', async (store) => {
      expect(await store.commit([closing(1, { open: true }), wanting(2), closing(3, { open: true }), wanting(4, { log: 'staff' })])).toEqual([
        stored(1),
        SKIPPED,
        SKIPPED,
        SKIPPED
      ])
      expect(await idsOf(store)).toEqual([messageId(1)])
    })

    holds(open, 'neither job nor puts are written with what came too late', async (store) => {
      const extras = (number: number): Partial<Unit> => ({ job: { inbox: INBOX, dueAt: 5 }, puts: [{ put: 'run', run: run(number) }] })
      await store.commit([closing(1)])
      expect(
        await store.commit([
          { ...wanting(2, { by: [1, 1] }), ...extras(1) },
          { ...wanting(3), ...extras(2) }
        ])
      ).toEqual([CLOSED, SKIPPED])
      expect([await store.jobs(), await store.run(runId(1)), await store.run(runId(2))]).toEqual([[], null, null])
    })

    holds(open, 'what was recorded before the end is known behind it', async (store) => {
      await store.openConversation(conversation(2), [message(7, { in: conversationId(2) })])
      await store.commit([wanting(1, { by: [1, 1] }), wanting(2), closing(3, { open: true })])
      const formerly: Unit = { ...wanting(7, { by: [1, 2] }), formerly: [conversationId(2)] }
      expect(await store.commit([wanting(1, { by: [1, 1] }), wanting(2), closing(3, { open: true }), wanting(1, { by: [2, 1] }), formerly])).toEqual([
        known(1),
        known(2),
        known(3),
        known(1),
        { ...known(1), elsewhere: true }
      ])
    })

    holds(open, 'a void stays what it is behind the end, and what wants no open conversation is recorded', async (store) => {
      await store.commit([closing(1)])
      const outcomes = await store.commit([{ void: voided(2, [1, 1]), open: true }, { event: message(3) }, { event: message(4, { by: [1, 2] }) }])
      expect(outcomes).toEqual([{ kind: 'void', code: 'append.discarded' }, stored(2), stored(3)])
    })

    holds(open, 'the end of one conversation is not that of another', async (store) => {
      await store.openConversation(conversation(2), [])
      const close: Put = { put: 'closed', conversation: conversationId(2) }
      expect(await store.commit([{ puts: [close] }, wanting(1), wanting(2, { in: conversationId(2) })])).toEqual([{ kind: 'done' }, stored(1), SKIPPED])
    })
  })
}

export function keptEndsContract(open: OpenStore): void {
  holdsAfterReopen(open, 'knows which conversations have ended when it is opened again', async (store, reopen) => {
    await store.commit([wanting(1, { by: [1, 1] }), closing(2), wanting(3, { by: [1, 2] })])
    const again = await reopen()
    expect(await again.commit([wanting(3, { by: [1, 2] }), wanting(4, { by: [1, 3] }), wanting(5), wanting(1, { by: [1, 1] })])).toEqual([
      CLOSED,
      CLOSED,
      SKIPPED,
      known(1)
    ])
  })

  holdsAfterReopen(open, 'an end whose commit failed is none', async (store) => {
    await commitEvents(store, [message(1)])
    const broken = {
      toJSON: () => {
        throw new Error('cannot be written')
      }
    } as unknown as { readonly parts: readonly [] }
    await expect(store.commit([closing(2), { event: message(3, { body: broken }) }])).rejects.toThrow('cannot be written')
    expect(await store.commit([wanting(4, { by: [1, 1] }), wanting(5)])).toEqual([stored(2), stored(3)])
  })
}
