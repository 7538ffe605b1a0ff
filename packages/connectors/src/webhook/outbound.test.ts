import { createFakeClock, createFakePort } from '@parley/engine/contracts'
import type { KnownEvent, MessageId, RunId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { toBot, webhookIdOf } from './outbound.js'
import { openBench, SETTINGS, URL_OF_BOT } from './fixtures/bench.js'
import { signWithNode } from './fixtures/sign-with-node.js'

const ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const AT = '2030-06-01T12:00:00.000Z'
const NOTHING = { earlier: [], state: null, callback: null }

test('a message is one signed POST that says who, what, what was said before, what the bot gave last, and where it may answer later', async () => {
  const bench = await openBench({ context: 2 })
  const { port, connector, clock } = bench
  const person = { subject: 'customer-7', name: 'Rosa' }
  bench.answers({ body: { messages: [{ text: 'Good day' }], state: { step: 1 } } })
  await connector.deliver(port.say('one', { person }))
  await connector.deliver(port.deliveryOf('answer.given', { to: ID as MessageId, value: 'a', label: 'The first' }, { person }))
  const last = port.say('two words', { person })
  await connector.deliver(last)
  const sent = bench.asked.at(-1)
  const id = webhookIdOf(port, last)
  const timestamp = clock.now() / 1_000
  const body = {
    type: 'message',
    conversation: last.conversation,
    visitor: person,
    message: { id: last.event.messageId, text: 'two words', parts: [{ kind: 'text', text: 'two words' }] },
    context: [
      { at: AT, from: 'visitor', type: 'message', id: expect.any(String), text: 'one' },
      { at: AT, from: 'visitor', type: 'answer', to: ID, value: 'a', text: 'The first' }
    ],
    state: { step: 1 },
    callback: 'https://chat.example.test/hooks/bots/callback'
  }
  expect(sent).toEqual({
    method: 'POST',
    url: URL_OF_BOT,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWithNode(SETTINGS.secret, id, timestamp, JSON.stringify(sent?.body))
    },
    body
  })
})

test('each kind of event has its own content, and what is not for bots is not told', () => {
  const port = createFakePort({ clock: createFakeClock() })
  const told = (type: KnownEvent['type'], body: KnownEvent['body']) => {
    const request = toBot(port.deliveryOf(type, body), NOTHING)
    return request && Object.fromEntries(Object.entries(request).filter(([key]) => !['conversation', 'context', 'state', 'callback'].includes(key)))
  }
  expect([
    told('answer.given', { to: ID as MessageId, value: 'a' }),
    told('run.started', { run: ID as RunId, command: 'order', args: { number: 12 } }),
    told('conversation.opened', { inbox: 'bots' }),
    told('conversation.closed', { reason: 'ended' }),
    told('run.finished', { run: ID as RunId, parts: [] })
  ]).toEqual([
    { type: 'answer', answer: { to: ID, value: 'a', label: 'a' } },
    { type: 'command', command: { name: 'order', args: { number: 12 }, run: ID } },
    { type: 'opened' },
    { type: 'closed' },
    null
  ])
})

test('what was said before is a line of words each; what nobody said is left out', () => {
  const port = createFakePort({ clock: createFakeClock() })
  const run = ID as RunId
  const event = (type: KnownEvent['type'], body: KnownEvent['body']) => port.deliveryOf(type, body).event
  const earlier = [
    event('conversation.opened', { inbox: 'bots' }),
    event('message.created', {
      parts: [
        { kind: 'text', text: 'Which?' },
        {
          kind: 'choices',
          text: 'One of',
          choices: [
            { value: 'a', label: 'A' },
            { value: 'b', label: 'B' }
          ]
        },
        { kind: 'cards', cards: [{ title: 'Rose' }, { title: 'Fern' }] },
        { kind: 'link', url: 'https://example.com/', title: 'Us' },
        { kind: 'file', url: 'https://example.com/a.png', name: 'a.png', mediaType: 'image/png', alt: 'A rose' },
        { kind: 'data', value: {}, title: 'Stock' },
        { kind: 'unknown', was: 'moon' }
      ]
    }),
    event('run.started', { run, command: 'order', args: {} }),
    event('run.progressed', { run, state: 'accepted' }),
    event('run.finished', { run, parts: [{ kind: 'text', text: 'There' }] }),
    event('run.failed', { run, reason: 'failed', text: 'No' }),
    event('handoff.completed', { to: 'people', name: 'Desk' }),
    event('message.created', { parts: [{ kind: 'text', text: `${'x'.repeat(1_998)}\u{1f339} and more` }] })
  ]
  const context = toBot(port.say('x'), { ...NOTHING, earlier })?.context.map((item) => ({ ...item, at: 'then', ...('id' in item ? { id: 'id' } : {}) }))
  const head = { at: 'then', from: 'visitor' }
  expect(context).toEqual([
    { ...head, type: 'message', id: 'id', text: 'Which?\nOne of [A | B]\n[Rose | Fern]\nUs (https://example.com/)\nA rose\nStock' },
    { ...head, type: 'command', run, name: 'order', args: {} },
    { ...head, type: 'result', run, text: 'There' },
    { ...head, type: 'failed', run, text: 'No' },
    { ...head, type: 'handover', to: 'people', text: 'Desk' },
    { ...head, type: 'message', id: 'id', text: `${'x'.repeat(1_998)}…` }
  ])
})

test('both keys sign while one replaces the other; without a key nothing is signed and nothing may come back', async () => {
  const both = await openBench({ previousSecret: 'a text that was the secret before' })
  await both.connector.deliver(both.port.say('x'))
  expect(both.asked[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2)
  const none = await openBench({ secret: null, unsigned: true })
  await none.connector.deliver(none.port.say('x'))
  expect(Object.keys(none.asked[0]?.headers ?? {})).toEqual(['accept', 'content-type', 'webhook-id', 'webhook-timestamp'])
  expect([none.asked[0]?.body, (await none.call({ conversation: ID, messages: [{ text: 'x' }] })).status]).toMatchObject([{ callback: null }, 404])
})
