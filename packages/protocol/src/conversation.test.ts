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
