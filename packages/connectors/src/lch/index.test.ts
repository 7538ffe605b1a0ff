import { connectorContract, createFakeClock, createFakePort } from '@parley/engine/contracts'
import { describe, expect, test } from 'vitest'
import { createLch } from './create.js'
import { scriptedHook } from './fixtures/scripted-hook.js'
import { bodyOf, CUSTOMER, five, setUp, URL } from './fixtures/started.js'
import { lch } from './index.js'
import type { LchOptions } from './types.js'

connectorContract('lch', () => {
  const hook = scriptedHook()
  const connector = createLch(
    { url: URL, customer: CUSTOMER },
    {
      openHook: (url, events) => {
        const socket = hook.openHook(url, events)
        return {
          ...socket,
          send(body, onAck) {
            socket.send(body, onAck)
            onAck()
          }
        }
      },
      random: () => 0.5
    }
  )
  return { connector, secrets: [], fetch: () => Promise.reject(new Error('it asks nothing')), runs: [] }
})

describe('what a visitor says', () => {
  test('goes to the hook, one after the other, as the hook’s own client sends it', async () => {
    const { clock, port, hook, deliver } = await setUp()
    const [one, two] = [port.say('Hello'), port.deliveryOf('answer.given', { to: port.say('?').event.messageId, value: 'shoes', label: 'Shoes' })]
    const first = await deliver(one)
    expect([hook.sent, first]).toEqual([[five('Hello', one)], { outcome: 'under way', wasMarked: true }])
    await clock.advance(1_500)
    expect(first.outcome).toBe('taken')
    await deliver(two)
    // The payload is lost on the way where it is not the text, too.
    expect(hook.sent.at(-1)).toEqual({ ...five('shoes', two), postback: 'shoes' })
  })

  test('counts as taken at once when the hook acknowledges, and not before when something else comes', async () => {
    const { clock, port, hook, deliver } = await setUp()
    const one = await deliver(port.say('Hello'))
    hook.acknowledge()
    await clock.advance(0)
    const two = await deliver(port.say('again'))
    hook.say(bodyOf({}))
    await clock.advance(1_499)
    const before = [one.outcome, two.outcome]
    await clock.advance(1)
    expect([before, two.outcome]).toEqual([['taken', 'under way'], 'taken'])
  })

  test('is told as perhaps not delivered when the hook reports an error, about the message that is under way', async () => {
    const { clock, port, hook, deliver } = await setUp()
    const one = await deliver(port.say('Hello'))
    hook.fail()
    await clock.advance(0)
    expect(one.outcome).toEqual({ message: 'This may not have been delivered: the chat’s server reported an error.', retry: false })
    expect(port.recorded).toEqual([])
  })

  test('is told so in words when the error comes within half a minute, whatever came before it', async () => {
    const { clock, port, hook, deliver } = await setUp()
    await deliver(port.say('Hello'))
    hook.say(bodyOf({ text: 'Of somebody who has not read it' }))
    await clock.advance(5_000)
    hook.fail()
    await clock.advance(0)
    const text = 'What you wrote last may not have been delivered: the chat’s server reported an error, and does not say for which message.'
    const told = port.recorded.map((recording) => 'parts' in recording && recording.parts)
    expect(told).toEqual([[{ kind: 'text', text: 'Of somebody who has not read it' }], [{ kind: 'text', text }]])
    await clock.advance(25_001)
    hook.fail()
    await clock.advance(0)
    expect([port.recorded.length, port.logged.filter(({ text: logged }) => logged === 'the hook could not pass something on').length]).toEqual([2, 2])
  })

  test('has an end that nobody knows when the line ends under way', async () => {
    const { clock, port, hook, deliver } = await setUp()
    const one = await deliver(port.say('Hello'))
    hook.down()
    await clock.advance(0)
    expect(one).toEqual({ outcome: 'Error: the connection ended before the hook could have passed it on', wasMarked: true })
  })

  test('waits for the line, and is the engine’s again after a minute', async () => {
    const { clock, port, hook, deliver } = await setUp({ comesUp: false })
    const one = await deliver(port.say('Hello'))
    await clock.advance(60_000)
    expect([one, hook.sent]).toEqual([{ outcome: { message: 'There is no connection to the chat’s server.', retry: true }, wasMarked: false }, []])
    const two = await deliver(port.say('Hello again'))
    hook.up()
    await clock.advance(0)
    expect([two.wasMarked, hook.sent.length]).toEqual([true, 1])
  })

  test('under a number of this page when nobody is known, whatever the name', async () => {
    const numbers: unknown[] = []
    for (const customer of [undefined, { id: '', name: 'Guest' }]) {
      const clock = createFakeClock()
      const hook = scriptedHook()
      const port = createFakePort({ clock })
      const connector = createLch({ url: URL, ...(customer && { customer }) }, { openHook: hook.openHook, random: () => 0.5 })
      await connector.start(port)
      await clock.advance(0)
      const settled = connector.deliver(port.say('Hello'))
      await clock.advance(2_000)
      await settled
      numbers.push([hook.sent[0]?.customer_id, hook.sent[0]?.customer_name])
    }
    const own = expect.stringMatching(/^[A-Za-z0-9_-]{22}$/)
    expect(numbers).toEqual([
      [own, 'Unauthenticated person'],
      [own, 'Guest']
    ])
  })
})

describe('what the hook says', () => {
  test('stands in the conversation once, and is acknowledged when it does', async () => {
    const { clock, port, hook, deliver, conversationOf } = await setUp()
    const hello = port.say('Hello')
    await deliver(hello)
    const told = [hook.say(bodyOf({ author: 'Agent' })), hook.say(bodyOf({ author: 'Agent' })), hook.say(bodyOf({ type: 'typing_indicator', author: 'Agent' }))]
    await clock.advance(0)
    const from = { key: 'agent:agent', name: 'Agent', role: 'agent' }
    const conversation = conversationOf(hello)
    expect(port.recorded).toEqual([{ did: 'append', conversation, externalId: 'dms:m1', parts: [{ kind: 'text', text: 'Good day' }], from }])
    expect(port.typed).toEqual([{ conversation, forMs: 10_000, from }])
    expect(told.map(({ isAcknowledged }) => isAcknowledged)).toEqual([true, true, true])
  })

  test('ends the conversation; what comes after it is not acknowledged', async () => {
    const { clock, port, hook, stop, deliver, conversationOf } = await setUp()
    const hello = port.say('Hello')
    await deliver(hello)
    hook.say({ type: 'csr_end_session', customer_id: '4711', author: 'Agent' })
    const late = hook.say(bodyOf({}))
    await clock.advance(0)
    await stop()
    expect(port.recorded).toEqual([{ did: 'close', conversation: conversationOf(hello), reason: 'Agent has ended the conversation' }])
    expect([late.isAcknowledged, hook.sent.length]).toEqual([false, 1])
  })

  test.each([
    ['nothing', undefined],
    ['a text', 'Good day'],
    ['a body without an id', { type: 'text', customer_id: '4711', text: 'x' }],
    ['a prototype', JSON.parse('{"type":"text","customer_id":"4711","message_id":"m","text":"x","__proto__":{"a":1}}')],
    ['somebody else’s', bodyOf({ customer_id: '9' })]
  ])('is passed by and logged without its words when it is %s', async (_name, body) => {
    const { clock, port, hook, deliver } = await setUp()
    await deliver(port.say('Hello'))
    const told = hook.say(body)
    await clock.advance(0)
    expect([port.recorded, told.isAcknowledged]).toEqual([[], false])
    expect(port.logged.map(({ level }) => level)).toEqual(['warn'])
    expect(JSON.stringify(port.logged)).not.toContain('Good day')
  })

  test('is not taken before anything was said: it would have no place', async () => {
    const { clock, port, hook } = await setUp()
    const told = hook.say(bodyOf({}))
    await clock.advance(0)
    expect([port.recorded, told.isAcknowledged]).toEqual([[], false])
  })

  test('of an unknown type is a placeholder, and its name is logged', async () => {
    const { clock, port, hook, deliver } = await setUp()
    await deliver(port.say('Hello'))
    hook.say(bodyOf({ type: 'video' }))
    await clock.advance(0)
    expect(port.recorded).toEqual([expect.objectContaining({ did: 'append', parts: [{ kind: 'text', text: '…' }] })])
    expect(port.logged).toEqual([expect.objectContaining({ level: 'warn', fields: { inbox: 'page', type: 'video' } })])
  })
})

describe('the line', () => {
  test('is tried again by itself, later and later, and tells whether it is up', async () => {
    const { clock, port, hook } = await setUp({ comesUp: false })
    const opened: number[] = []
    for (let round = 0; round < 8; round++) {
      const before = clock.now()
      hook.down()
      while (hook.opened() < round + 2) await clock.advance(125)
      opened.push(clock.now() - before)
    }
    expect(opened).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500])
    hook.up()
    await clock.advance(10_000)
    hook.down()
    await clock.advance(375)
    expect([hook.opened(), [...new Set(port.reached)], port.reached.slice(-2)]).toEqual([10, [false, true], [true, false]])
  })

  test('is not tried any more once it was stopped', async () => {
    const { clock, hook, stop } = await setUp({ comesUp: false })
    hook.down()
    await stop()
    hook.down()
    await clock.advance(100_000)
    expect([hook.opened(), hook.isClosed()]).toEqual([1, true])
  })
})

test.each([
  [{ url: '/hook' }, '"url" is "/hook"; wanted is the origin of the hook, like https://hook.example.com.'],
  [{ url: 'https://hook.example.com/path' }, '"url" is "https://hook.example.com/path"; wanted is the origin of the hook, like https://hook.example.com.'],
  [
    { url: URL, customer: { id: 7, name: 'x' } },
    '"customer.id" is 7; wanted is the customer’s number as a text of at most 200 characters, or "" for nobody known.'
  ],
  [{ url: URL, customer: { id: '7' } }, '"customer.name" is undefined; wanted is a text of 1 to 200 characters.'],
  [{ url: URL, customer: null }, '"customer.id" is undefined; wanted is the customer’s number as a text of at most 200 characters, or "" for nobody known.'],
  [{ url: URL, name: '' }, '"name" is ""; wanted is a text of 1 to 200 characters.']
])('%j is refused in words', (options, message) => {
  expect(() => lch(options as unknown as LchOptions)).toThrow(expect.objectContaining({ code: 'option.invalid', message }))
})
