import { describe, expect } from 'vitest'
import type { Unit } from '../store.js'
import { holds, type OpenStore } from './store-bench.js'
import { AT, commitEvents, conversation, conversationId, deviceId, INBOX, message, messageId, readAll, run, runId, voided } from './store-samples.js'

const KNOWN = { kind: 'known', seq: 1, at: AT } as const
const VOID = { kind: 'void', code: 'append.discarded' } as const

/** What was asked before is answered as before. */
export function repeatsContract(open: OpenStore): void {
  describe('repeats', () => {
    holds(open, 'answers a repeated message with its first number and writes nothing', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] }), message(2)])
      const later = { at: '2026-03-01T11:00:00.000Z' }
      expect(
        await commitEvents(store, [
          { ...message(1, { by: [1, 1] }), ...later },
          { ...message(2), ...later }
        ])
      ).toEqual([KNOWN, { ...KNOWN, seq: 2 }])
      expect((await readAll(store)).map((event) => event.at)).toEqual([AT, AT])
    })

    holds(open, 'sees the repeat inside one commit', async (store) => {
      expect(await commitEvents(store, [message(1, { by: [1, 1] }), message(1, { by: [1, 1] }), message(2, { by: [1, 2] })])).toEqual([
        { kind: 'stored', seq: 1, at: AT },
        KNOWN,
        { kind: 'stored', seq: 2, at: AT }
      ])
    })

    holds(open, 'writes neither job nor puts with a repeat', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] })])
      const again: Unit = { event: message(1, { by: [1, 1] }), job: { inbox: INBOX, dueAt: 5 }, puts: [{ put: 'run', run: run(1) }] }
      expect(await store.commit([again])).toEqual([KNOWN])
      expect(await store.jobs()).toEqual([])
      expect(await store.run(runId(1))).toBe(null)
    })

    holds(open, 'refuses a number that is not the next of its device', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] })])
      expect(await commitEvents(store, [message(3, { by: [1, 3] }), message(4, { by: [2, 2] }), message(2, { by: [1, 2] })])).toEqual([
        { kind: 'gap', expected: 2 },
        { kind: 'gap', expected: 1 },
        { kind: 'stored', seq: 2, at: AT }
      ])
      expect(await store.lastDeviceSeq(conversationId(1), deviceId(2))).toBe(0)
    })

    holds(open, 'refuses another message or another content on a used key', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] }), message(5)])
      const outcomes = await commitEvents(store, [message(2, { by: [1, 1] }), message(1, { by: [1, 1], digest: 'other' }), message(5, { digest: 'other' })])
      expect(outcomes).toEqual([{ kind: 'conflict' }, { kind: 'conflict' }, { kind: 'conflict' }])
      expect((await readAll(store)).map((event) => event.messageId)).toEqual([messageId(1), messageId(5)])
    })

    holds(open, 'counts a device in each conversation by itself', async (store) => {
      await store.openConversation(conversation(2), [])
      await commitEvents(store, [message(1, { by: [1, 1] }), message(2, { by: [1, 2] })])
      expect(await commitEvents(store, [message(3, { in: conversationId(2), by: [1, 1] })])).toEqual([{ kind: 'stored', seq: 1, at: AT }])
      expect(await store.lastDeviceSeq(conversationId(2), deviceId(1))).toBe(1)
      expect(await store.lastDeviceSeq(conversationId(1), deviceId(1))).toBe(2)
    })

    holds(open, 'a void stands: the same message sent after it stays void', async (store) => {
      expect(await store.commit([{ void: voided(1, [1, 1]) }])).toEqual([VOID])
      expect(await store.commit([{ event: message(1, { by: [1, 1] }) }, { void: voided(1, [1, 1]) }, { event: message(2, { by: [1, 1] }) }])).toEqual([
        VOID,
        VOID,
        { kind: 'conflict' }
      ])
      expect(await readAll(store)).toEqual([])
    })

    holds(open, 'writes the puts of a void once', async (store) => {
      const unit = (number: number): Unit => ({ void: voided(1, [1, 1]), puts: [{ put: 'run', run: run(number) }] })
      expect(await store.commit([unit(1), unit(2)])).toEqual([VOID, VOID])
      expect([await store.run(runId(1)), await store.run(runId(2))]).toEqual([run(1), null])
    })

    holds(open, 'a void for a message that is in the log says where it is', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] })])
      expect(await store.commit([{ void: voided(1, [1, 1]) }])).toEqual([KNOWN])
      expect((await readAll(store)).length).toBe(1)
    })

    holds(open, 'a message is in a conversation once, whichever device sends it: the other number is used up', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] }), message(2, { by: [1, 2] })])
      expect(await commitEvents(store, [message(1, { by: [2, 1] }), message(2, { by: [2, 2] }), message(3, { by: [2, 3] })])).toEqual([
        KNOWN,
        { ...KNOWN, seq: 2 },
        { kind: 'stored', seq: 3, at: AT }
      ])
      // Late frames of the first device: what stands meanwhile is known, and repeats answer the same again.
      expect(await commitEvents(store, [message(3, { by: [1, 3] }), message(3, { by: [1, 3] }), message(1, { by: [2, 1] })])).toEqual([
        { ...KNOWN, seq: 3 },
        { ...KNOWN, seq: 3 },
        KNOWN
      ])
      expect([await store.lastDeviceSeq(conversationId(1), deviceId(1)), await store.lastDeviceSeq(conversationId(1), deviceId(2))]).toEqual([3, 3])
      expect((await readAll(store)).map((event) => event.messageId)).toEqual([messageId(1), messageId(2), messageId(3)])
    })

    holds(open, 'other words under an id that stands are refused for good, and the counter goes on', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] })])
      const INVALID = { kind: 'void', code: 'append.invalid' }
      const forged = message(1, { by: [2, 1], digest: 'other' })
      expect(await commitEvents(store, [forged, forged, message(2, { by: [2, 2] })])).toEqual([INVALID, INVALID, { kind: 'stored', seq: 2, at: AT }])
      expect((await readAll(store)).length).toBe(2)
    })

    holds(open, 'a discarded message that stands under another number is told where', async (store) => {
      await commitEvents(store, [message(1, { by: [1, 1] })])
      expect(await store.commit([{ void: voided(1, [2, 1]) }, { void: voided(1, [2, 1]) }])).toEqual([KNOWN, KNOWN])
      expect(await store.lastDeviceSeq(conversationId(1), deviceId(2))).toBe(1)
    })

    holds(open, 'a message that stands in a conversation it was sent to before is not stored a second time', async (store) => {
      await store.openConversation(conversation(2), [])
      await commitEvents(store, [message(1, { by: [1, 1] })])
      const again: Unit = { event: message(1, { in: conversationId(2), by: [2, 1] }), formerly: [conversationId(1)], job: { inbox: INBOX, dueAt: 5 } }
      const fresh: Unit = { event: message(2, { in: conversationId(2), by: [2, 2] }), formerly: [conversationId(1)] }
      expect(await store.commit([again, again, fresh])).toEqual([
        { ...KNOWN, elsewhere: true },
        { ...KNOWN, elsewhere: true },
        { kind: 'stored', seq: 1, at: AT }
      ])
      expect([(await readAll(store, conversationId(2))).map((event) => event.messageId), await store.jobs()]).toEqual([[messageId(2)], []])
    })

    holds(open, 'a unit that counts only for a waiting run is written once', async (store) => {
      await store.commit([{ puts: [{ put: 'run', run: run(1) }] }])
      const finish = (number: number): Unit => ({
        event: message(number),
        only: { run: runId(1), status: ['open', 'working'] },
        puts: [{ put: 'run', run: run(1, { status: 'finished', notes: number }) }]
      })
      expect(await store.commit([finish(1), finish(2)])).toEqual([{ kind: 'stored', seq: 1, at: AT }, { kind: 'skipped' }])
      expect(await store.run(runId(1))).toEqual(run(1, { status: 'finished', notes: 1 }))
    })

    holds(open, 'a unit that counts only for a run that is not there is passed over', async (store) => {
      expect(await store.commit([{ only: { run: runId(8), status: ['open'] }, puts: [{ put: 'run', run: run(8) }] }])).toEqual([{ kind: 'skipped' }])
      expect(await store.run(runId(8))).toBe(null)
    })
  })
}
