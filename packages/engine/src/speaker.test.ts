import type { ConversationId, EventBodies } from '@parley/protocol'
import { readServerFrame } from '@parley/protocol/schemas'
import { expect, test } from 'vitest'
import type { InboundAuthor } from './connector.js'
import { joinOf, speakerOf } from './speaker.js'
import { idOf } from './testing/harness.js'

const host = {
  seal: { sign: (purpose: string, text: string) => idOf(`${purpose} ${text}`) + idOf(text), digest: (text: string) => idOf(text), equal: () => false },
  clock: { now: () => 1_700_000_000_000, setTimer: () => () => {}, defer: () => {} }
}
const conversation = idOf<ConversationId>('conversation')
const somebody = (more: Partial<InboundAuthor> = {}): InboundAuthor => ({ key: 'robin', name: 'Robin', role: 'agent', ...more })
const nameOf = (name: string, role: InboundAuthor['role'] = 'agent') => {
  const { event } = joinOf(host, 'test', conversation, somebody({ name, role }))
  return (event?.body as EventBodies['participant.joined'] | undefined)?.participant.name
}

test('a name is one that every client takes: trimmed, whole characters, not too long, never empty', () => {
  expect([' Robin ', '\ud800Robin', '', '  ', 'é'.repeat(100)].map((name) => nameOf(name))).toEqual(['Robin', '\ufffdRobin', 'Agent', 'Agent', 'é'.repeat(100)])
  expect(['\u0000', '\u202e', 'Ro\u202ebin\u0007'].map((name) => nameOf(name))).toEqual(['Agent', 'Agent', 'Robin'])
  expect([nameOf('', 'bot'), nameOf(`${'x'.repeat(99)}\u{1f600}`), nameOf('x'.repeat(10_000))]).toEqual([
    'Assistant',
    `${'x'.repeat(99)}\ufffd`,
    'x'.repeat(100)
  ])
  for (const name of ['__proto__', '<script>', '\ud800', `${'x'.repeat(99)}\u{1f600}`]) {
    const { event } = joinOf(host, 'test', conversation, somebody({ name }))
    const row = { ...event, seq: 1 }
    const frame = readServerFrame('events', { conversation, log: 'public', epoch: idOf('epoch'), from: 1, events: [row] })
    expect(frame).toMatchObject({ ok: true, value: { payload: { events: [{ type: 'participant.joined' }] } } })
  }
})

test('nobody is found again by their id in another conversation or inbox, and roles do not mix', () => {
  const ids = [
    speakerOf(host, 'test', conversation, somebody()),
    speakerOf(host, 'test', conversation, somebody({ name: 'Another name' })),
    speakerOf(host, 'other', conversation, somebody()),
    speakerOf(host, 'test', idOf<ConversationId>('another'), somebody()),
    speakerOf(host, 'test', conversation, somebody({ role: 'bot' })),
    speakerOf(host, 'test', conversation, undefined)
  ].map(({ id }) => id)
  expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 5])
})
