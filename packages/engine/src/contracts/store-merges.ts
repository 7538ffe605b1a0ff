import { describe, expect } from 'vitest'
import type { NewEvent } from '../records.js'
import type { Merge, Put, Unit } from '../store.js'
import { holds, type OpenStore } from './store-bench.js'
import {
  account,
  AT,
  commitEvents,
  conversation,
  conversationId,
  deviceId,
  INBOX,
  link,
  linkId,
  message,
  messageId,
  participantId,
  readAll,
  run,
  runId,
  VISITOR,
  visitorId
} from './store-samples.js'

const authors = { visitor: { id: participantId(7), role: 'visitor' }, bot: { id: participantId(8), role: 'bot' } } as const
const merge: Merge = { inbox: INBOX, from: visitorId(1), to: visitorId(2), into: conversationId(2), authors }

const said = (number: number, type: NewEvent['type'], body: unknown, role: 'visitor' | 'bot' = 'bot'): NewEvent =>
  ({ ...message(number), type, body, author: role === 'visitor' ? VISITOR : { id: participantId(2), role } }) as NewEvent

/** What somebody said before they had a name becomes theirs. */
export function mergesContract(open: OpenStore): void {
  describe('merges', () => {
    holds(open, 'appends what was said behind what there is, under its own ids, by the new authors, and closes the old one', async (store) => {
      await store.openConversation(conversation(2), [])
      await commitEvents(store, [message(9, { in: conversationId(2), by: [5, 1] })])
      await commitEvents(store, [
        said(1, 'conversation.opened', { inbox: INBOX }, 'visitor'),
        message(2, { by: [1, 1] }),
        said(3, 'message.created', { parts: [{ kind: 'text', text: 'echo' }] })
      ])
      const merged = await store.merge(merge)
      expect(merged).toMatchObject({
        from: conversationId(1),
        events: [
          { seq: 2, messageId: messageId(2) },
          { seq: 3, messageId: messageId(3) }
        ]
      })
      expect((await readAll(store, conversationId(2))).map(({ seq, messageId: id, author, at }) => [seq, id, author, at])).toEqual([
        [1, messageId(9), VISITOR, AT],
        [2, messageId(2), authors.visitor, AT],
        [3, messageId(3), authors.bot, AT]
      ])
      expect(await store.conversation(conversationId(1))).toMatchObject({ status: 'closed', mergedInto: conversationId(2) })
    })

    holds(open, 'is done once, and not where nothing was said', async (store) => {
      await store.openConversation(conversation(2), [])
      expect(await store.merge(merge)).toBe(null)
      expect(await store.conversation(conversationId(1))).toMatchObject({ status: 'open', mergedInto: null })
      await commitEvents(store, [message(1, { by: [1, 1] })])
      const [one, other] = await Promise.all([store.merge(merge), store.merge(merge)])
      expect([one?.events.length, other]).toEqual([1, null])
      expect((await readAll(store, conversationId(2))).length).toBe(1)
    })

    holds(open, 'takes runs, links and the account along, but leaves an account that is there', async (store) => {
      await store.openConversation(conversation(2), [])
      const units: Unit[] = [
        { event: said(1, 'run.started', { run: runId(1), command: 'auth', args: {} }, 'visitor'), puts: [{ put: 'run', run: run(1) }] },
        {
          event: said(2, 'link.requested', { link: linkId(1), partner: 'GitHub', url: 'https://x.test', code: 'K', expiresInS: 60 }),
          puts: [{ put: 'link', link: link(1) }]
        },
        { puts: [{ put: 'account', account: account() }] }
      ]
      await store.commit(units)
      await store.merge(merge)
      expect([await store.run(runId(1)), await store.link(linkId(1))]).toMatchObject([
        { conversation: conversationId(2), visitor: visitorId(2) },
        { conversation: conversationId(2), visitor: visitorId(2) }
      ])
      expect([await store.account(INBOX, visitorId(1)), await store.account(INBOX, visitorId(2))]).toEqual([null, account({ visitor: visitorId(2) })])
    })

    holds(open, 'from then on nothing is written to the old conversation, and no number is taken', async (store) => {
      await store.openConversation(conversation(2), [])
      await commitEvents(store, [message(1, { by: [1, 1] })])
      await store.merge(merge)
      const moved = { kind: 'moved', into: conversationId(2) }
      expect(await commitEvents(store, [message(2, { by: [1, 2] }), message(1, { by: [1, 1] }), message(3)])).toEqual([moved, moved, moved])
      expect(await store.lastDeviceSeq(conversationId(1), deviceId(1))).toBe(1)
      expect(await commitEvents(store, [message(1, { in: conversationId(2), by: [1, 1] })])).toEqual([{ kind: 'known', seq: 1, at: AT }])
    })

    holds(open, 'takes along who came to answer, by their own names, and that they still do', async (store) => {
      await store.openConversation(conversation(2), [])
      const joined = (number: number, who: number, role: 'visitor' | 'bot' | 'agent'): NewEvent =>
        said(number, 'participant.joined', { participant: { id: participantId(who), role, name: `name ${who}` } })
      const agent = { id: participantId(4), role: 'agent' } as const
      await store.commit([
        ...[joined(1, 1, 'visitor'), joined(2, 2, 'bot'), message(3, { by: [1, 1] }), joined(4, 3, 'bot')].map((event): Unit => ({ event })),
        {
          event: said(5, 'handoff.completed', { to: 'people', name: 'People' }),
          puts: [{ put: 'answering', conversation: conversationId(1), inbox: 'people' }]
        },
        { event: joined(6, 4, 'agent') },
        { event: { ...message(7), author: agent } },
        { event: { ...message(8), author: { id: participantId(3), role: 'bot' } } }
      ])
      await store.merge(merge)
      expect((await readAll(store, conversationId(2))).map(({ messageId: id, type, author }) => [id, type, author.id])).toEqual([
        [messageId(3), 'message.created', participantId(7)],
        [messageId(4), 'participant.joined', participantId(8)],
        [messageId(5), 'handoff.completed', participantId(8)],
        [messageId(6), 'participant.joined', participantId(8)],
        [messageId(7), 'message.created', agent.id],
        [messageId(8), 'message.created', participantId(3)]
      ])
      expect(await store.conversation(conversationId(2))).toEqual(conversation(2, { answering: 'people' }))
    })

    holds(open, 'leaves who answers there where it was handed over here and came back, and the rows of that out', async (store) => {
      await store.openConversation(conversation(2), [])
      const handed = (number: number, to: string, inbox: string | null): Unit => ({
        event: said(number, 'handoff.completed', { to, name: to }),
        puts: [{ put: 'answering', conversation: conversationId(1), inbox }]
      })
      await store.commit([
        { puts: [{ put: 'answering', conversation: conversationId(2), inbox: 'people' }] },
        { event: message(1, { by: [1, 1] }) },
        handed(2, 'sales', 'sales'),
        { event: said(3, 'message.created', { parts: [{ kind: 'text', text: 'of sales' }] }) },
        handed(4, INBOX, null)
      ])
      await store.merge(merge)
      expect((await readAll(store, conversationId(2))).map(({ messageId: id, type }) => [id, type])).toEqual([
        [messageId(1), 'message.created'],
        [messageId(3), 'message.created']
      ])
      expect(await store.conversation(conversationId(2))).toEqual(conversation(2, { answering: 'people' }))
    })

    holds(open, 'merges nothing into a conversation that has ended', async (store) => {
      await store.openConversation(conversation(2), [])
      await store.commit([{ event: message(1, { by: [1, 1] }) }, { puts: [{ put: 'closed', conversation: conversationId(2) }] }])
      expect([await store.merge(merge), await readAll(store, conversationId(2))]).toEqual([null, []])
      expect(await store.conversation(conversationId(1))).toEqual(conversation(1))
    })

    holds(open, 'leaves who answers where nobody was handed over', async (store) => {
      await store.openConversation(conversation(2), [])
      await store.commit([{ puts: [{ put: 'answering', conversation: conversationId(2), inbox: 'people' }] }, { event: message(1, { by: [1, 1] }) }])
      await store.merge(merge)
      expect(await store.conversation(conversationId(2))).toEqual(conversation(2, { answering: 'people' }))
    })

    holds(open, 'takes what was remembered along, but leaves what is there', async (store) => {
      await store.openConversation(conversation(2), [])
      const notes = (number: number, inbox: string, text: string): Put => ({
        put: 'notes',
        notes: { conversation: conversationId(number), inbox, notes: text }
      })
      await store.commit([{ event: message(1, { by: [1, 1] }) }, { puts: [notes(1, INBOX, 'first'), notes(1, 'sales', 'first'), notes(2, 'sales', 'second')] }])
      await store.merge(merge)
      const kept = async (number: number) =>
        Promise.all([INBOX, 'sales'].map(async (inbox) => (await store.notes(conversationId(number), inbox))?.notes ?? null))
      expect([await kept(1), await kept(2)]).toEqual([
        [null, null],
        ['first', 'second']
      ])
    })
  })
}
