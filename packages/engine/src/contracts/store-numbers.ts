import { describe, expect } from 'vitest'
import { holds, type OpenStore } from './store-bench.js'
import {
  asRead,
  AT,
  commitEvents,
  conversation,
  conversationId,
  deviceId,
  INBOX,
  message,
  messageId,
  openFirst,
  readAll,
  run,
  runId,
  visitorId,
  voided
} from './store-samples.js'

/** Numbers, and conversations to put them in. */
export function numbersContract(open: OpenStore): void {
  describe('numbers', () => {
    holds(open, 'gives each conversation and log its own numbers from 1, without holes', async (store) => {
      await store.openConversation(conversation(2), [])
      const outcomes = await commitEvents(store, [
        message(1),
        message(2, { in: conversationId(2) }),
        message(3),
        message(4, { log: 'staff' }),
        message(5, { in: conversationId(2) }),
        message(6)
      ])
      expect(outcomes).toEqual([1, 1, 2, 1, 2, 3].map((seq) => ({ kind: 'stored', seq, at: AT })))
      expect(await store.head(conversationId(1), 'public')).toBe(3)
      expect(await store.head(conversationId(1), 'staff')).toBe(1)
      expect(await store.head(conversationId(2), 'public')).toBe(2)
      expect(await store.head(conversationId(2), 'staff')).toBe(0)
    })

    holds(open, 'goes on counting in the next commit', async (store) => {
      await commitEvents(store, [message(1), message(2)])
      expect(await commitEvents(store, [message(3)])).toEqual([{ kind: 'stored', seq: 3, at: AT }])
    })

    holds(open, 'knows no number and no row of what it does not hold', async (store) => {
      expect(await store.head(conversationId(9), 'public')).toBe(0)
      expect(await readAll(store, conversationId(9))).toEqual([])
      expect(await store.messageIdAt(conversationId(1), 'public', 1)).toBe(null)
      expect(await store.lastDeviceSeq(conversationId(9), deviceId(1))).toBe(0)
      expect(await store.lastDeviceSeq(conversationId(1), deviceId(1))).toBe(0)
    })

    holds(open, 'says which message stands at a number', async (store) => {
      await commitEvents(store, [message(1), message(2), message(3, { log: 'staff' })])
      const at = (log: 'public' | 'staff', seq: number) => store.messageIdAt(conversationId(1), log, seq)
      expect([await at('public', 0), await at('public', 1), await at('public', 2), await at('public', 3), await at('staff', 1)]).toEqual([
        null,
        messageId(1),
        messageId(2),
        null,
        messageId(3)
      ])
    })

    holds(open, 'a void takes the number of its device and none of the log', async (store) => {
      const outcomes = await store.commit([{ event: message(1, { by: [1, 1] }) }, { void: voided(2, [1, 2]) }, { event: message(3, { by: [1, 3] }) }])
      expect(outcomes).toEqual([
        { kind: 'stored', seq: 1, at: AT },
        { kind: 'void', code: 'append.discarded' },
        { kind: 'stored', seq: 2, at: AT }
      ])
      expect(await store.lastDeviceSeq(conversationId(1), deviceId(1))).toBe(3)
      expect((await readAll(store)).map((event) => event.messageId)).toEqual([messageId(1), messageId(3)])
    })

    holds(open, 'a unit that was passed over takes no number', async (store) => {
      await store.commit([{ puts: [{ put: 'run', run: run(1, { status: 'finished' }) }] }])
      const outcomes = await store.commit([{ event: message(1), only: { run: runId(1), status: ['open', 'sent'] } }, { event: message(2) }])
      expect(outcomes).toEqual([{ kind: 'skipped' }, { kind: 'stored', seq: 1, at: AT }])
    })
  })
}

/** Finding and making conversations. */
export function conversationsContract(open: OpenStore): void {
  describe('conversations', () => {
    holds(open, 'makes a conversation with its opening events numbered from 1', async (store) => {
      const opening = [message(1, { in: conversationId(2) }), message(2, { in: conversationId(2) })]
      expect(await store.openConversation(conversation(2), opening)).toEqual(conversation(2))
      expect(await store.conversation(conversationId(2))).toEqual(conversation(2))
      expect(await readAll(store, conversationId(2))).toEqual(opening.map((event, index) => asRead(event, index + 1)))
    })

    holds(open, 'finds the open conversation of the visitor and leaves out the new opening', async (store) => {
      const fresh = conversation(2, { visitor: visitorId(1) })
      expect(await store.openConversation(fresh, [message(1, { in: fresh.id })])).toEqual(conversation(1))
      expect(await store.conversation(fresh.id)).toBe(null)
      expect(await readAll(store)).toEqual([])
    })

    holds(open, 'gives two at once the same conversation, opened once', async (store) => {
      const fresh = [2, 3].map((number) => conversation(number, { visitor: visitorId(2) }))
      const found = await Promise.all(fresh.map((record) => store.openConversation(record, [message(1, { in: record.id })])))
      expect(found[1]).toEqual(found[0])
      const heads = await Promise.all(fresh.map((record) => store.head(record.id, 'public')))
      expect(heads.reduce((sum, head) => sum + head, 0)).toBe(1)
    })

    holds(open, 'keeps visitors and inboxes apart', async (store) => {
      const others = [conversation(2, { visitor: visitorId(2) }), conversation(3, { inbox: 'sales', visitor: visitorId(1) })]
      for (const other of others) expect(await store.openConversation(other, [])).toEqual(other)
    })

    holds(open, 'opens a new conversation after the last one was closed', async (store) => {
      await store.commit([{ event: message(1), puts: [{ put: 'closed', conversation: conversationId(1) }] }])
      expect(await store.conversation(conversationId(1))).toEqual(conversation(1, { status: 'closed' }))
      const next = conversation(2, { visitor: visitorId(1) })
      expect(await store.openConversation(next, [])).toEqual(next)
      expect(await openFirst(store)).toEqual(next)
    })

    holds(open, 'knows no conversation that was not opened', async (store) => {
      expect(await store.conversation(conversationId(7))).toBe(null)
      expect((await store.conversation(conversationId(1)))?.inbox).toBe(INBOX)
    })
  })
}
