import { describe, expect } from 'vitest'
import type { EventBodies, Json } from '@parley/protocol'
import type { NewEvent } from '../records.js'
import type { Store } from '../store.js'
import { holds, type OpenStore } from './store-bench.js'
import { asRead, AT, commitEvents, conversationId, message, messageId, readAll, VISITOR } from './store-samples.js'

const range = (from: number, to: number) => ({ conversation: conversationId(1), log: 'public' as const, from, to })
const seqs = async (reading: ReturnType<Store['read']>) => (await reading).map((event) => event.seq)
const fill = (store: Store, count: number, text = 'text') =>
  commitEvents(
    store,
    Array.from({ length: count }, (_, index) => message(index + 1, { text }))
  )

const ODD_TEXTS = ['Grüße, 世界, 👩‍👩‍👧, עברית', 'null \u0000 inside', 'quote \' " ` ; -- drop table events', '\u2028\u2029\r\n\t', '']
const ODD_JSON: Json = { a: [1, -2.5, 1e21, null, true, { '': [] }], $where: '1', 'key with \u0000': 'x' }

/** Reading back what was written, all of it and in pieces. */
export function readingContract(open: OpenStore): void {
  describe('reading', () => {
    holds(open, 'reads ranges with both ends included', async (store) => {
      await fill(store, 120)
      expect(await seqs(store.read(range(2, 4), 100, 1_000_000))).toEqual([2, 3, 4])
      expect(await seqs(store.read(range(119, 500), 100, 1_000_000))).toEqual([119, 120])
      expect(await seqs(store.read(range(121, 500), 100, 1_000_000))).toEqual([])
      expect(await seqs(store.read(range(4, 2), 100, 1_000_000))).toEqual([])
      expect((await readAll(store)).map((event) => event.seq)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
    })

    holds(open, 'stops at the limit of rows', async (store) => {
      await fill(store, 10)
      expect(await seqs(store.read(range(3, 10), 4, 1_000_000))).toEqual([3, 4, 5, 6])
    })

    holds(open, 'stops at the limit of bytes, but never gives none for that', async (store) => {
      await fill(store, 50, 'x'.repeat(1_000))
      const page = await store.read(range(1, 50), 200, 10_000)
      expect(page.length).toBeGreaterThan(4)
      expect(page.length).toBeLessThan(11)
      expect(page.map((event) => event.seq)).toEqual(page.map((_, index) => index + 1))
      expect(await seqs(store.read(range(7, 50), 200, 10))).toEqual([7])
    })

    holds(open, 'gives back odd text and JSON as they were', async (store) => {
      const bodies: EventBodies['message.created'][] = [
        ...ODD_TEXTS.map((text) => ({ parts: [{ kind: 'text' as const, text }] })),
        { parts: [{ kind: 'data', value: ODD_JSON }] }
      ]
      const events = bodies.map((body, index) => message(index + 1, { body }))
      await commitEvents(store, events)
      expect(await readAll(store)).toEqual(events.map((event, index) => asRead(event, index + 1)))
    })

    holds(open, 'gives back a body of half a megabyte', async (store) => {
      const big = message(1, { text: 'ä'.repeat(262_144) })
      await commitEvents(store, [big])
      expect(await readAll(store)).toEqual([asRead(big, 1)])
    })

    holds(open, 'gives back kinds that this version does not know', async (store) => {
      const strange: NewEvent = { ...message(1), type: 'unknown', author: { ...VISITOR, role: 'bot' }, body: { was: 'message.sung', value: { key: 'C' } } }
      expect(await commitEvents(store, [strange])).toEqual([{ kind: 'stored', seq: 1, at: AT }])
      expect(await readAll(store)).toEqual([{ ...asRead(message(1), 1), type: 'unknown', author: { ...VISITOR, role: 'bot' }, body: strange.body }])
      expect(await store.messageIdAt(conversationId(1), 'public', 1)).toBe(messageId(1))
    })
  })
}
