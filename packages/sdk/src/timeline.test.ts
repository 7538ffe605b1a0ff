import { applyEvents, type Conversation, type Draft, emptyConversation, type MessageId, type ParleyEvent, type ParticipantId } from '@parley/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OutboxItem } from './outbox-item.js'
import type { Local } from './timeline-item.js'
import { createTimeline, type TimelineInput } from './timeline.js'

const ME = 'me' as ParticipantId
const BOT = 'bot' as ParticipantId

type Said = { readonly type: string; readonly body: unknown; readonly by?: ParticipantId }
const text = (words: string, by = BOT): Said => ({ type: 'message.created', body: { parts: [{ kind: 'text', text: words }] }, by })
const CHOICES: Said = { type: 'message.created', body: { parts: [{ kind: 'choices', choices: [{ value: 'y', label: 'Yes' }] }] } }

const eventOf = ({ type, body, by = BOT }: Said, seq: number): ParleyEvent =>
  ({ seq, messageId: `m${seq}`, type, author: { id: by, role: by === ME ? 'visitor' : 'bot' }, at: `at ${seq}`, body }) as unknown as ParleyEvent
const logOf = (said: readonly Said[], before: Conversation = emptyConversation()): Conversation =>
  applyEvents(
    before,
    said.map((one, index) => eventOf(one, before.cursor + index + 1))
  )
const waiting = (messageId: string, draft: Draft, state: OutboxItem['state'] = 'pending'): OutboxItem => ({
  messageId: messageId as MessageId,
  deviceSeq: 1,
  draft,
  after: 0,
  state,
  error: state === 'failed' ? { code: 'append.invalid' } : null,
  formerly: [],
  seq: null
})
const words = (said: string): Draft => ({ type: 'message.created', body: { parts: [{ kind: 'text', text: said }] } })
const local = (key: string, after: number): Local => ({
  after,
  item: { kind: 'local', key, seq: null, author: null, isMine: true, at: null, line: `/${key}`, state: 'finished', parts: [] }
})
const input = (conversation: Conversation, more: Partial<TimelineInput> = {}): TimelineInput => ({ conversation, you: ME, outbox: [], locals: [], ...more })
const keys = (items: readonly { readonly key: string }[]) => items.map(({ key }) => key)

describe('rule 11', () => {
  test('rows by seq, the page’s own where they were given, then what waits', () => {
    const timeline = createTimeline()
    const outbox = [waiting('p1', words('one')), waiting('p2', words('two'), 'failed')]
    expect(keys(timeline(input(logOf([text('a'), text('b')]), { outbox, locals: [local('x', 0), local('y', 1), local('z', 9)] })))).toEqual([
      'x',
      'm1',
      'y',
      'm2',
      'z',
      'p1',
      'p2'
    ])
  })

  test('a message keeps its key from pending to confirmed', () => {
    const timeline = createTimeline()
    const before = timeline(input(emptyConversation(), { outbox: [waiting('m1', words('hi'))] }))
    const after = timeline(input(logOf([text('hi', ME)])))
    expect([before, after]).toMatchObject([[{ key: 'm1', seq: null, status: 'sending', isMine: true }], [{ key: 'm1', seq: 1, status: 'sent', isMine: true }]])
  })

  test('what waits shows how it stands, and a discarded one is not shown', () => {
    const timeline = createTimeline()
    const outbox = [
      waiting('a', { type: 'run.started', body: { command: 'me', args: {} } }, 'acked'),
      waiting('b', { type: 'answer.given', body: { to: 'm1' as MessageId, value: 'y', label: 'Yes' } }, 'failed'),
      waiting('c', { type: 'void', body: {} })
    ]
    expect(timeline(input(emptyConversation(), { outbox }))).toMatchObject([
      { key: 'a', kind: 'command', status: 'sent', line: '/me', run: null },
      { key: 'b', kind: 'message', status: 'failed', error: { code: 'append.invalid' }, parts: [{ kind: 'text', text: 'Yes' }] }
    ])
  })
})

describe('unchanged items stay the same objects', () => {
  test('when one did not get through, and while it is sent again', () => {
    const timeline = createTimeline()
    const said = logOf([text('a', ME), text('b', ME), CHOICES])
    const before = timeline(input(said))
    const failed = logOf([{ type: 'message.created', body: { parts: [{ kind: 'text', text: 'Not there.' }], about: 'm1' } }], said)
    const told = timeline(input(failed))
    const repeat = waiting('p', { type: 'message.created', body: { parts: [{ kind: 'text', text: 'a' }], about: 'm1' as MessageId } })
    const again = timeline(input(failed, { outbox: [repeat] }))
    const back = timeline(input(failed, { outbox: [{ ...repeat, state: 'failed' }] }))
    expect([before[0], told[0], again[0], back[0], told[3]]).toMatchObject([
      { undelivered: null, isSentAgain: false },
      { undelivered: 'Not there.', isSentAgain: false },
      { undelivered: 'Not there.', isSentAgain: true },
      { undelivered: 'Not there.', isSentAgain: false },
      { about: 'm1' }
    ])
    const others = (items: ReturnType<typeof timeline>) => [items[1] === before[1], items[2] === before[2]]
    expect([told, again, back].map(others)).toEqual([
      [true, true],
      [true, true],
      [true, true]
    ])
    expect(timeline(input(failed, { outbox: [repeat] }))[1]).toBe(before[1])
  })

  test('when more comes', () => {
    const timeline = createTimeline()
    const first = logOf([text('a'), { type: 'run.started', body: { run: 'r', command: 'me', args: {} }, by: ME }])
    const before = timeline(input(first))
    const second = logOf([text('b'), { type: 'run.progressed', body: { run: 'r', state: 'working', text: 'half' } }], first)
    const after = timeline(input(second))
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false])
    expect(after[1]).toMatchObject({ kind: 'command', run: { status: 'working', text: 'half' } })
    expect(timeline(input(second))).toBe(after)
  })

  test('when a choice is made, at once and for good', () => {
    const timeline = createTimeline()
    const asked = logOf([text('a'), CHOICES])
    const before = timeline(input(asked))
    const answering = timeline(input(asked, { outbox: [waiting('p', { type: 'answer.given', body: { to: 'm2' as MessageId, value: 'y' } })] }))
    const answered = timeline(input(logOf([{ type: 'answer.given', body: { to: 'm2', value: 'y' }, by: ME }], asked)))
    expect([before[1], answering[1], answered[1]]).toMatchObject([{ answer: null }, { answer: 'y' }, { answer: 'y' }])
    expect([answering[0] === before[0], answered[0] === before[0], answered[1] === answering[1]]).toEqual([true, true, true])
    expect(timeline(input(asked))[1]).toMatchObject({ answer: null })
  })

  test('when an action of cards answers, in a message and in a result', () => {
    const timeline = createTimeline()
    const parts = [{ kind: 'cards', cards: [{ title: 'A', actions: [{ label: 'Pick', value: 'a' }] }] }]
    const shown = logOf([
      { type: 'message.created', body: { parts } },
      { type: 'run.started', body: { run: 'r', command: 'me', args: {} }, by: ME },
      { type: 'run.finished', body: { run: 'r', parts } }
    ])
    const before = timeline(input(shown))
    const answering = timeline(input(shown, { outbox: [waiting('p', { type: 'answer.given', body: { to: 'm3' as MessageId, value: 'a' } })] }))
    const answered = timeline(input(logOf([{ type: 'answer.given', body: { to: 'm1', value: 'a' }, by: ME }], shown)))
    const answers = (items: ReturnType<typeof timeline>) => items.map((item) => 'answer' in item && item.answer)
    expect([before, answering, answered].map(answers)).toEqual([
      [null, false, null],
      [null, false, 'a', null],
      ['a', false, null, null]
    ])
    expect([answering[0] === before[0], answered[1] === before[1]]).toEqual([true, true])
  })

  test('when what waits changes its state', () => {
    const timeline = createTimeline()
    const [one, two] = [waiting('p1', words('one')), waiting('p2', words('two'))]
    const before = timeline(input(emptyConversation(), { outbox: [one, two] }))
    const after = timeline(input(emptyConversation(), { outbox: [one, { ...two, state: 'failed' }] }))
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([true, false])
  })
})

describe('commands and links', () => {
  const run: readonly Said[] = [
    { type: 'run.started', body: { run: 'r', command: 'run-flow', args: { flow: 'f 1' } }, by: ME },
    { type: 'run.failed', body: { run: 'r', reason: 'timedOut', text: 'late', again: true } }
  ]

  test('a result names its command, and offers it again to the one who gave it', () => {
    const again = { command: 'run-flow', args: { flow: 'f 1' } }
    expect(createTimeline()(input(logOf(run)))[1]).toMatchObject({ kind: 'result', line: '/run-flow "f 1"', again })
    expect(createTimeline()(input(logOf(run), { you: BOT }))[1]).toMatchObject({ kind: 'result', again: null })
  })

  test('a result whose command is not loaded is shown without it, until it is', () => {
    const timeline = createTimeline()
    const newest = applyEvents(emptyConversation(1), [eventOf(run[1] as Said, 2)])
    expect(timeline(input(newest))).toMatchObject([{ kind: 'result', line: null, again: null }])
    const whole = logOf(run)
    const [first] = whole.entries
    if (!first) throw new Error('no entry')
    expect(timeline(input({ ...whole, entries: [first, ...newest.entries] }))).toMatchObject([{ kind: 'command' }, { kind: 'result', line: '/run-flow "f 1"' }])
  })

  test('a link follows its state', () => {
    const timeline = createTimeline()
    const asked = logOf([{ type: 'link.requested', body: { link: 'l', partner: 'p', url: 'https://x', code: 'c', expiresInS: 600 } }])
    expect(timeline(input(asked))).toMatchObject([{ kind: 'link', link: { status: 'requested' } }])
    expect(timeline(input(logOf([{ type: 'link.expired', body: { link: 'l', partner: 'p' } }], asked)))).toMatchObject([
      { kind: 'link', link: { status: 'expired' } },
      { kind: 'notice', notice: { kind: 'link-expired' } }
    ])
  })
})

test('piece by piece gives what all at once gives', () => {
  const saying = fc.oneof(
    fc.constant(text('hi')),
    fc.constant(text('mine', ME)),
    fc.constant(CHOICES),
    fc.record({
      type: fc.constant('message.created'),
      body: fc.record({ parts: fc.constant([{ kind: 'text', text: 'Not there.' }]), about: fc.integer({ min: 1, max: 20 }).map((seq) => `m${seq}`) }),
      by: fc.constantFrom(ME, BOT)
    }),
    fc.record({
      type: fc.constant('answer.given'),
      body: fc.record({ to: fc.integer({ min: 1, max: 20 }).map((seq) => `m${seq}`), value: fc.constantFrom('y', 'n') })
    }),
    fc.record({
      type: fc.constant('run.started'),
      body: fc.record({ run: fc.constantFrom('r1', 'r2', 'r3'), command: fc.constant('me'), args: fc.constant({}) })
    }),
    fc.record({
      type: fc.constant('run.progressed'),
      body: fc.record({ run: fc.constantFrom('r1', 'r2', 'r3'), state: fc.constant('working'), fraction: fc.double({ min: 0, max: 1, noNaN: true }) })
    }),
    fc.record({ type: fc.constant('run.finished'), body: fc.record({ run: fc.constantFrom('r1', 'r2', 'r3'), parts: fc.constant([]) }) }),
    fc.record({
      type: fc.constant('link.requested'),
      body: fc.record({
        link: fc.constantFrom('l1', 'l2'),
        partner: fc.constant('p'),
        url: fc.constant('u'),
        code: fc.constant('c'),
        expiresInS: fc.constant(1)
      })
    }),
    fc.record({ type: fc.constant('link.completed'), body: fc.record({ link: fc.constantFrom('l1', 'l2'), partner: fc.constant('p') }) })
  )
  fc.assert(
    fc.property(fc.array(fc.array(saying, { maxLength: 6 }), { maxLength: 12 }), (pieces) => {
      const timeline = createTimeline()
      let conversation = emptyConversation()
      const begun = new Set<unknown>()
      // Runs and links are begun once: the gateway never gives their ids again.
      const isFirst = ({ type, body }: Said): boolean => {
        const { run, link } = body as { readonly run?: string; readonly link?: string }
        if (type !== 'run.started' && type !== 'link.requested') return true
        return !begun.has(run ?? link) && begun.add(run ?? link) !== undefined
      }
      for (const piece of pieces) {
        conversation = logOf(piece.filter(isFirst), conversation)
        expect(timeline(input(conversation))).toEqual(createTimeline()(input(conversation)))
      }
    })
  )
})
