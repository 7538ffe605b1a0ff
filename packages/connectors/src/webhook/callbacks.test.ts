import type { ConversationId } from '@parley/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bench, callOf, OLD_SECRET, openBench } from './fixtures/bench.js'

const TEXT = (text: string) => [{ kind: 'text', text }]
const OK = { status: 200, body: { ok: true } }

/** A conversation that the port knows, because somebody spoke in it. */
async function begin(bench: Bench): Promise<ConversationId> {
  const delivery = bench.port.say('hello')
  await bench.connector.deliver(delivery)
  return delivery.conversation
}

const texts = ({ port }: Bench): readonly unknown[] =>
  port.recorded.map((recording) => (recording.did === 'append' ? recording.parts.map((part) => ('text' in part ? part.text : part.kind)).join() : recording))

describe('a call of the bot', () => {
  test('is said in its conversation: messages in their order, then typing, then the end', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    const choices = { kind: 'choices', choices: [{ value: 'a', label: 'A' }] }
    expect(
      await bench.call({ conversation, messages: [{ id: 'm-1', text: 'one' }, { parts: [choices] }], typing: 2_000, end: 'Done' }, { id: 'call_x' })
    ).toEqual(OK)
    expect([bench.port.recorded, bench.port.typed]).toEqual([
      [
        { did: 'append', conversation, externalId: 'said:m-1', parts: TEXT('one') },
        { did: 'append', conversation, externalId: 'callback:call_x:1', parts: [choices] },
        { did: 'close', conversation, reason: 'Done' }
      ],
      [{ conversation, forMs: 2_000 }]
    ])
  })

  test('that comes again is answered as before and recorded once: at once, at the same moment, and after a restart', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    const call = { conversation, messages: [{ text: 'one' }, { text: 'two' }] }
    const both = await Promise.all([bench.call(call, { id: 'same' }), bench.call(call, { id: 'same' })])
    expect([...both, await bench.call(call, { id: 'same', agoMs: 60_000 })]).toEqual([OK, OK, OK])
    const again = await bench.restart()
    expect(await again.call(call, { id: 'same' })).toEqual(OK)
    expect(texts(bench)).toEqual(['one', 'two'])
  })

  test('with an id of its own for a message is recorded once, whichever call brings it', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    await bench.call({ conversation, messages: [{ id: 'm-1', text: 'one' }] })
    await bench.call({
      conversation,
      messages: [
        { id: 'm-1', text: 'one' },
        { id: 'm-2', text: 'two' }
      ]
    })
    expect(texts(bench)).toEqual(['one', 'two'])
  })

  test('is taken with either key, and refused with another, unsigned, stale or changed: nothing is recorded then', async () => {
    const bench = await openBench({ previousSecret: OLD_SECRET })
    const conversation = await begin(bench)
    const call = { conversation, messages: [{ text: 'one' }] }
    const good = callOf(call, { now: bench.clock.now(), id: 'a' })
    const status = async (request: typeof good) => (await bench.connector.handleRequest?.(request))?.status
    expect([
      await status({ ...good, headers: {} }),
      await status({ ...good, body: new TextEncoder().encode(JSON.stringify({ ...call, messages: [{ text: 'two' }] })) }),
      await status(callOf(call, { now: bench.clock.now(), agoMs: 301_000 })),
      await status(callOf(call, { now: bench.clock.now(), agoMs: -301_000 })),
      await status(callOf(call, { now: bench.clock.now(), secret: 'another text of enough characters' })),
      await status({ ...good, door: 'accounts' }),
      await status({ ...good, method: 'GET' }),
      await status({ ...good, path: 'callbacks' })
    ]).toEqual([401, 401, 401, 401, 401, 404, 405, 404])
    expect(texts(bench)).toEqual([])
    expect([await status(good), await status(callOf(call, { now: bench.clock.now(), id: 'b', secret: OLD_SECRET }))]).toEqual([200, 200])
    expect(texts(bench)).toEqual(['one', 'one'])
  })

  test('that is not as wanted is told where, and may be sent again under its id once it is', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    expect(
      await bench.call({ conversation, messages: [{ text: 'one' }, { parts: [{ kind: 'choices', choices: [{ value: 'a' }] }] }] }, { id: 'same' })
    ).toEqual({
      status: 400,
      body: { error: '"messages.1.parts.0.choices.0.label" is not as wanted: "label"' }
    })
    expect(await bench.call('{', { id: 'same' })).toEqual({ status: 400, body: { error: 'The body must be JSON.' } })
    expect(await bench.call({ conversation, progress: { text: 'x' } }, { id: 'same' })).toMatchObject({ status: 400 })
    expect(texts(bench)).toEqual([])
    expect(await bench.call({ conversation, messages: [{ text: 'one' }] }, { id: 'same' })).toEqual(OK)
    expect(texts(bench)).toEqual(['one'])
  })

  test('for a conversation that is not here is not found; for one that is over it is too late', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    const messages = [{ text: 'one' }]
    expect(await bench.call({ conversation: 'AAAAAAAAAAAAAAAAAAAAAA', messages })).toMatchObject({ status: 404 })
    expect(await bench.call({ conversation, run: 'AAAAAAAAAAAAAAAAAAAAAA', messages })).toMatchObject({ status: 404 })
    await bench.port.close(conversation, 'ended')
    expect(await bench.call({ conversation, messages })).toMatchObject({ status: 410 })
    expect(bench.port.recorded).toEqual([{ did: 'close', conversation, reason: 'ended' }])
  })

  test('that the store could not take is asked for again, and carried out then', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    const call = callOf({ conversation, messages: [{ text: 'one' }], state: { step: 1 } }, { now: bench.clock.now() })
    let isBroken = true
    const { remember } = bench.port.conversation
    Object.assign(bench.port.conversation, {
      remember: (...args: Parameters<typeof remember>) => (isBroken ? Promise.reject(new Error('disk full')) : remember(...args))
    })
    expect((await bench.connector.handleRequest?.(call))?.status).toBe(503)
    isBroken = false
    expect((await bench.connector.handleRequest?.(call))?.status).toBe(200)
    expect([texts(bench), bench.port.logged.map(({ level, fields }) => [level, fields.reason])]).toEqual([['one'], [['error', 'disk full']]])
  })
})

describe('what the bot wants to remember', () => {
  const stateSent = async (bench: Bench): Promise<unknown> => {
    await bench.connector.deliver(bench.port.say('next'))
    return (bench.asked.at(-1)?.body as { readonly state: unknown } | undefined)?.state
  }

  test('comes back with the next request: nothing at first, then what was given last, also after a restart', async () => {
    const bench = await openBench()
    bench.answers({ body: { state: { step: 1 } } }, { body: {} }, { body: { state: null } }, { status: 204 })
    const before = [await stateSent(bench), await stateSent(bench)]
    const again = await bench.restart()
    expect([...before, await stateSent(again), await stateSent(again)]).toEqual([null, { step: 1 }, { step: 1 }, null])
  })

  test('is the word of the call that was signed last, whichever arrives last', async () => {
    const bench = await openBench()
    const conversation = await begin(bench)
    await bench.call({ conversation, state: 'newer' }, { agoMs: 10_000 })
    await bench.call({ conversation, state: 'older', messages: [{ text: 'late, but said' }] }, { agoMs: 20_000 })
    expect([await stateSent(bench), texts(bench)]).toEqual(['newer', ['late, but said']])
    await bench.call({ conversation, state: 'newest' })
    expect(await stateSent(bench)).toBe('newest')
  })
})

test('whatever is signed is answered with a status of ours, and nothing but what it says is recorded', async () => {
  const bench = await openBench()
  const conversation = await begin(bench)
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        conversation: fc.oneof(fc.constant<string>(conversation), fc.string()),
        messages: fc.jsonValue(),
        state: fc.jsonValue(),
        run: fc.jsonValue(),
        typing: fc.jsonValue()
      },
      { requiredKeys: ['conversation'] }
    )
  )
  await fc.assert(
    fc.asyncProperty(value, async (body) => {
      const { status } = await bench.call(body)
      expect([200, 400, 404]).toContain(status)
    }),
    { numRuns: 60 }
  )
  expect(bench.port.recorded.filter(({ did }) => did !== 'append')).toEqual([])
  expect(bench.port.logged.filter(({ level }) => level === 'error')).toEqual([])
})
