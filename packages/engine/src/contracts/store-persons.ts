import { describe, expect } from 'vitest'
import type { NotesRecord, PersonRecord } from '../records.js'
import type { Put } from '../store.js'
import { holds, holdsAfterReopen, type OpenStore } from './store-bench.js'
import { conversation, conversationId, INBOX, job, message, visitorId } from './store-samples.js'

const person = (number: number, more: Partial<PersonRecord> = {}): PersonRecord => ({
  visitor: visitorId(number),
  subject: `customer-${number}`,
  name: 'Ä. O’Neil',
  ...more
})
const notes = (number: number, more: Partial<NotesRecord> = {}): NotesRecord => ({
  conversation: conversationId(number),
  inbox: INBOX,
  notes: { step: 2, said: ['x', null, { ü: true }] },
  ...more
})
const asUnit = (...puts: readonly Put[]) => ({ puts })

/** Who was named, what connectors remember, who answers, and who is told that a conversation opened. */
export function personsContract(open: OpenStore): void {
  describe('persons', () => {
    holds(open, 'keeps the newest word of each, and knows nobody else', async (store) => {
      await store.commit([asUnit({ put: 'person', person: person(1) }, { put: 'person', person: person(2, { name: null }) })])
      await store.commit([asUnit({ put: 'person', person: person(1, { name: 'Another name' }) })])
      expect(await Promise.all([1, 2, 3].map((number) => store.person(visitorId(number))))).toEqual([
        person(1, { name: 'Another name' }),
        person(2, { name: null }),
        null
      ])
    })
  })

  describe('notes', () => {
    holds(open, 'keeps one of each inbox and conversation, replaced whole', async (store) => {
      const other = notes(1, { inbox: 'sales', notes: 'plain' })
      await store.commit([asUnit({ put: 'notes', notes: notes(1) }, { put: 'notes', notes: other }, { put: 'notes', notes: notes(2, { notes: null }) })])
      expect(await store.notes(conversationId(1), INBOX)).toEqual(notes(1))
      await store.commit([asUnit({ put: 'notes', notes: notes(1, { notes: [] }) })])
      expect([
        await store.notes(conversationId(1), INBOX),
        await store.notes(conversationId(1), 'sales'),
        await store.notes(conversationId(2), INBOX),
        await store.notes(conversationId(2), 'sales')
      ]).toEqual([notes(1, { notes: [] }), other, notes(2, { notes: null }), null])
    })
  })

  describe('who answers', () => {
    holds(open, 'is written with the event that says so, once, and taken back', async (store) => {
      const unit = (number: number, inbox: string | null) => ({
        event: message(number),
        puts: [{ put: 'answering', conversation: conversationId(1), inbox } satisfies Put]
      })
      await store.commit([unit(1, 'people')])
      expect(await store.conversation(conversationId(1))).toEqual(conversation(1, { answering: 'people' }))
      // A repeat changes nothing, whatever it brings.
      await store.commit([unit(1, 'elsewhere')])
      expect(await store.findConversation(INBOX, visitorId(1))).toEqual(conversation(1, { answering: 'people' }))
      await store.commit([unit(2, null)])
      expect(await store.conversation(conversationId(1))).toEqual(conversation(1))
    })

    holds(open, 'is found where the open conversation is found', async (store) => {
      await store.commit([asUnit({ put: 'answering', conversation: conversationId(1), inbox: 'people' })])
      expect(await store.openConversation(conversation(5, { visitor: visitorId(1) }), [])).toEqual(conversation(1, { answering: 'people' }))
    })
  })

  describe('an open conversation', () => {
    holds(open, 'is found by inbox and visitor, until it is closed', async (store) => {
      expect([await store.findConversation(INBOX, visitorId(1)), await store.findConversation('sales', visitorId(1))]).toEqual([conversation(1), null])
      await store.commit([asUnit({ put: 'closed', conversation: conversationId(1) })])
      expect(await store.findConversation(INBOX, visitorId(1))).toBe(null)
    })

    holds(open, 'comes with a job of its first event, once', async (store) => {
      const opening = [message(1, { in: conversationId(2) }), message(2, { in: conversationId(2) })]
      const due = { inbox: INBOX, dueAt: 70 }
      await store.openConversation(conversation(2), opening, due)
      await store.openConversation(conversation(3, { visitor: visitorId(2) }), opening, due)
      expect(await store.jobs()).toEqual([job(1, { conversation: conversationId(2), dueAt: 70 })])
    })
  })
}

/** The same after the store was opened again. */
export function keptPersonsContract(open: OpenStore): void {
  describe('keeping who was named', () => {
    holdsAfterReopen(open, 'has persons, notes, who answers and the job of an opening after it was opened again', async (store, reopen) => {
      await store.commit([
        asUnit({ put: 'person', person: person(1) }, { put: 'notes', notes: notes(1) }, { put: 'answering', conversation: conversationId(1), inbox: 'people' })
      ])
      await store.openConversation(conversation(2), [message(1, { in: conversationId(2) })], { inbox: INBOX, dueAt: 70 })
      const again = await reopen()
      expect([
        await again.person(visitorId(1)),
        await again.notes(conversationId(1), INBOX),
        await again.conversation(conversationId(1)),
        await again.jobs()
      ]).toEqual([person(1), notes(1), conversation(1, { answering: 'people' }), [job(1, { conversation: conversationId(2), dueAt: 70 })]])
    })
  })
}
