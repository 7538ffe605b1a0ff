import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEvent, applyEvents, emptyConversation } from './conversation.js'
import type { EventBodies, EventType, ParleyEvent } from './event.js'
import type { LinkId, MessageId, ParticipantId, RunId } from './id.js'

const author = { id: 'p' as ParticipantId, role: 'bot' as const }
const run = 'r1' as RunId
const link = 'l1' as LinkId

/** Events numbered from 1. */
function log(...events: { [Type in EventType]: [Type, EventBodies[Type]] }[EventType][]): ParleyEvent[] {
  return events.map(
    ([type, body], index) => ({ seq: index + 1, messageId: `m${index + 1}` as MessageId, type, author, at: `t${index + 1}`, body }) as ParleyEvent
  )
}
const started = ['run.started', { run, command: 'go', args: {} }] as ['run.started', EventBodies['run.started']]

test('a run’s progress replaces in its state, its result stands at its own place', () => {
  const conversation = applyEvents(
    emptyConversation(),
    log(
      started,
      ['message.created', { parts: [] }],
      ['run.progressed', { run, state: 'accepted' }],
      ['run.progressed', { run, state: 'working', text: 'half', fraction: 0.5 }],
      ['run.finished', { run, parts: [{ kind: 'text', text: 'done' }] }]
    )
  )
  expect(conversation.entries.map(({ kind, seq }) => [kind, seq])).toEqual([
    ['run', 1],
    ['message', 2],
    ['result', 5]
  ])
  expect(conversation.runs[run]).toEqual({ run, command: 'go', args: {}, by: author, status: 'finished', text: 'half', fraction: 0.5 })
})

test('a late result is shown and does not change how the run ended', () => {
  const conversation = applyEvents(
    emptyConversation(),
    log(started, ['run.failed', { run, reason: 'timedOut', text: 'no answer', again: true }], ['run.finished', { run, parts: [], late: true }])
  )
  expect(conversation.runs[run]?.status).toBe('failed')
  expect(conversation.entries.slice(1)).toMatchObject([
    { kind: 'result', outcome: { state: 'failed', reason: 'timedOut', again: true, late: false } },
    { kind: 'result', outcome: { state: 'finished', late: true } }
  ])
})

test('a sign-in card keeps its place and changes its state once', () => {
  const requested = ['link.requested', { link, partner: 'Hub', url: 'https://x.example', code: 'ABC-DEF', expiresInS: 600 }] as [
    'link.requested',
    EventBodies['link.requested']
  ]
  const conversation = applyEvents(
    emptyConversation(),
    log(requested, ['link.completed', { link, partner: 'Hub' }], ['link.expired', { link, partner: 'Hub' }])
  )
  expect(conversation.links[link]?.status).toBe('completed')
  expect(conversation.entries[0]).toMatchObject({ kind: 'link', link })
})

test('rule 11: an event out of turn is a mistake of the caller and is thrown', () => {
  const [first, second] = log(started, started)
  if (!first || !second) throw new Error('two events are wanted')
  expect(() => applyEvent(emptyConversation(), second)).toThrow('event 2 came where 1 is next')
  expect(() => applyEvent(applyEvent(emptyConversation(), first), first)).toThrow('event 1 came where 2 is next')
})

test('rule 4: an event of an unknown kind takes its number and shows as nothing', () => {
  const unknown: ParleyEvent = { seq: 1, messageId: 'm1' as MessageId, type: 'unknown', author, at: 't', body: { was: 'dream.begun' } }
  expect(applyEvent(emptyConversation(), unknown)).toEqual({ ...emptyConversation(), cursor: 1, tail: 'm1' })
})

test('progress and results of a run that is not held change nothing but their own place', () => {
  const conversation = applyEvents(emptyConversation(), log(['run.progressed', { run, state: 'working' }], ['run.finished', { run, parts: [] }]))
  expect(conversation.runs).toEqual({})
  expect(conversation.entries).toMatchObject([{ kind: 'result', run }])
})

test('events applied one by one or in any pages mean the same, and what was held before is not touched', () => {
  const some = log(
    ['conversation.opened', { inbox: 'x' }],
    ['participant.joined', { participant: { ...author, name: 'Bot' } }],
    started,
    ['message.created', { parts: [] }],
    ['answer.given', { to: 'm4' as MessageId, value: 'yes' }],
    ['run.finished', { run, parts: [] }],
    ['conversation.closed', { reason: 'end' }]
  )
  const whole = applyEvents(emptyConversation(), some)
  fc.assert(
    fc.property(fc.nat(some.length), (cut) => {
      const half = applyEvents(emptyConversation(), some.slice(0, cut))
      const before = JSON.stringify(half)
      expect(applyEvents(half, some.slice(cut))).toEqual(whole)
      expect(JSON.stringify(half)).toBe(before)
    })
  )
})

const visitor = { id: 'v' as ParticipantId, role: 'visitor' as const }
const of = <Event extends ParleyEvent>(event: Event): Event => ({ ...event, author: visitor })
const words = (text: string): EventBodies['message.created'] => ({ parts: [{ kind: 'text', text }] })
const notice = (about: string): EventBodies['message.created'] => ({ ...words('This could not be delivered.'), about: about as MessageId })
const NOT_DELIVERED = { text: 'This could not be delivered.', isSentAgain: false }

test('rule 29: what did not get through is known by its messageId, and what tells so names it', () => {
  const [hello, told, again] = log(['message.created', words('Hello')], ['message.created', notice('m1')], ['message.created', notice('m1')])
  if (!hello || !told || !again) throw new Error('three events are wanted')
  const failed = applyEvents(emptyConversation(), [of(hello), told])
  expect([failed.undelivered, failed.entries]).toMatchObject([
    { m1: NOT_DELIVERED },
    [
      { key: 'm1', kind: 'message' },
      { key: 'm2', kind: 'message', about: 'm1' }
    ]
  ])
  const repeated = applyEvent(failed, of(again))
  expect([repeated.undelivered, repeated.entries[2]]).toEqual([
    { m1: { ...NOT_DELIVERED, isSentAgain: true } },
    { key: 'm3', seq: 3, author: visitor, at: 't3', kind: 'message', parts: words('This could not be delivered.').parts }
  ])
})

test('rule 29: a visitor cannot say that something did not get through, and nothing is sent again that did', () => {
  const [hello, claim] = log(['message.created', words('Hello')], ['message.created', notice('m1')])
  if (!hello || !claim) throw new Error('two events are wanted')
  expect(applyEvents(emptyConversation(), [of(hello), of(claim)]).undelivered).toEqual({})
})

test('rule 29: an answer is sent again as the same answer; the one before it then counts as sent again', () => {
  const answer: ['answer.given', EventBodies['answer.given']] = ['answer.given', { to: 'q1-question' as MessageId, value: 'yes', label: 'Yes' }]
  const [first, told, second] = log(answer, ['message.created', notice('m1')], answer)
  if (!first || !told || !second) throw new Error('three events are wanted')
  const conversation = applyEvents(emptyConversation(), [of(first), told, of(second)])
  expect([conversation.undelivered, conversation.answers, conversation.answeredBy]).toEqual([
    { m1: { ...NOT_DELIVERED, isSentAgain: true } },
    { 'q1-question': 'yes' },
    { 'q1-question': 'm3' }
  ])
  expect(conversation.entries.map((entry) => entry.kind === 'message' && [entry.key, entry.answers])).toEqual([
    ['m1', 'q1-question'],
    ['m2', undefined],
    ['m3', 'q1-question']
  ])
})

test('rule 29: of a message that is not held, too, it is known that it did not get through', () => {
  const told: ParleyEvent = { seq: 301, messageId: 'm301' as MessageId, type: 'message.created', author, at: 't', body: notice('m7') }
  expect(applyEvent(emptyConversation(300), told).undelivered).toEqual({ m7: NOT_DELIVERED })
})

test('rule 30: who joins from the outside, and another side that answers, have their line; bots and visitors come quietly', () => {
  const agent = { id: 'a' as ParticipantId, role: 'agent' as const, name: 'Support' }
  const conversation = applyEvents(
    emptyConversation(),
    log(
      ['participant.joined', { participant: { ...visitor } }],
      ['participant.joined', { participant: { ...author, name: 'Assistant' } }],
      ['handoff.completed', { to: 'desk', name: 'Support' }],
      ['participant.joined', { participant: agent }],
      ['participant.left', { participant: agent.id }],
      ['conversation.closed', { reason: 'The agent has ended it.' }]
    )
  )
  expect(conversation.entries.map((entry) => entry.kind === 'notice' && entry.notice)).toEqual([
    { kind: 'handoff', name: 'Support' },
    { kind: 'joined', participant: agent },
    { kind: 'left', participant: 'a' },
    { kind: 'closed', reason: 'The agent has ended it.' }
  ])
  expect([conversation.status, Object.keys(conversation.participants)]).toEqual(['closed', ['v', 'p', 'a']])
})
