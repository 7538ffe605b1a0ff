import { describe, expect, test } from 'vitest'
import { type Bench, openBench } from './fixtures/bench.js'

const TEXT = (text: string) => [{ kind: 'text', text }]
const OK = { status: 200, body: { ok: true } }

describe('a command', () => {
  async function start(bench: Bench) {
    const delivery = bench.port.startRun('order', { number: 12 })
    await bench.connector.deliver(delivery)
    return { run: delivery.run, conversation: delivery.conversation, key: `answer:${bench.asked.at(-1)?.headers['webhook-id']}` }
  }

  test('is taken, goes on and is finished by calls with its run; what comes again is recorded once', async () => {
    const bench = await openBench()
    const { run, conversation } = await start(bench)
    const half = { conversation, run, progress: { text: 'half', fraction: 0.5 } }
    expect([await bench.call(half, { id: 'half' }), await bench.call(half, { id: 'half' })]).toEqual([OK, OK])
    expect(await bench.call({ conversation, run, messages: [{ text: 'one' }, { text: 'two' }] })).toEqual(OK)
    expect(await bench.call({ conversation, run, messages: [{ text: 'three' }] })).toMatchObject({ status: 410 })
    expect(bench.port.recorded).toEqual([
      { did: 'accept', run },
      { did: 'progress', run, step: 'callback:half', text: 'half', fraction: 0.5 },
      { did: 'finish', run, parts: [...TEXT('one'), ...TEXT('two')] }
    ])
  })

  test.each([
    ['messages', { messages: [{ text: 'There' }] }, [{ did: 'finish', parts: TEXT('There') }]],
    ['an error', { error: 'There is no order 12.' }, [{ did: 'fail', reason: 'failed', text: 'There is no order 12.' }]],
    ['progress', { progress: { fraction: 0.1 } }, [{ did: 'progress', fraction: 0.1 }]],
    ['nothing', {}, [{ did: 'accept' }]]
  ])('answered at once with %s', async (_what, body, outcome) => {
    const bench = await openBench()
    bench.answers({ body })
    const { run, key } = await start(bench)
    expect(bench.port.recorded).toEqual(outcome.map((one) => ({ run, ...one, ...(one.did === 'progress' ? { step: key } : {}) })))
  })

  test('of another conversation takes no result', async () => {
    const bench = await openBench()
    const { run } = await start(bench)
    const other = bench.port.say('hello', { visitor: 'somebody else' })
    expect(await bench.call({ conversation: other.conversation, run, messages: [{ text: 'x' }] })).toMatchObject({ status: 404 })
    expect(bench.port.recorded).toEqual([{ did: 'accept', run }])
  })

  test('that was given up still takes its result, as late', async () => {
    const bench = await openBench()
    const { run, conversation } = await start(bench)
    await bench.clock.advance(600_000)
    expect(await bench.call({ conversation, run, messages: [{ text: 'There' }] })).toEqual(OK)
    expect(bench.port.recorded.at(-1)).toEqual({ did: 'finish', run, parts: TEXT('There'), late: true })
  })

  test('that is waiting shows typing and keeps a state, and is over for nobody', async () => {
    const bench = await openBench()
    const { run, conversation } = await start(bench)
    expect(await bench.call({ conversation, run, typing: 3_000 })).toEqual(OK)
    expect(await bench.call({ conversation, run, state: { step: 2 } })).toEqual(OK)
    await bench.connector.deliver(bench.port.say('next'))
    expect([bench.port.typed, bench.asked.at(-1)?.body, bench.port.recorded]).toEqual([
      [{ conversation, forMs: 3_000 }],
      expect.objectContaining({ state: { step: 2 } }),
      [{ did: 'accept', run }]
    ])
  })

  test.each([
    ['a result', { messages: [{ text: 'There' }] }, { did: 'finish', parts: TEXT('There') }],
    ['a failure', { error: 'There is no order 12.' }, { did: 'fail', reason: 'failed', text: 'There is no order 12.' }]
  ])(
    'of which %s comes again after a restart answers as before, also when the conversation ended meanwhile; another one is too late',
    async (_what, said, outcome) => {
      const bench = await openBench()
      const { run, conversation } = await start(bench)
      expect(await bench.call({ conversation, run, ...said }, { id: 'same' })).toEqual(OK)
      const again = await bench.restart()
      const statuses = async () => [
        await again.call({ conversation, run, ...said }, { id: 'same' }),
        await again.call({ conversation, run, ...said }, { id: 'other' }),
        await again.call({ conversation, run, typing: 1_000 }, { id: 'typing' })
      ]
      const [GONE, recorded] = [
        expect.objectContaining({ status: 410 }),
        [
          { did: 'accept', run },
          { ...outcome, run }
        ]
      ]
      expect([await statuses(), bench.port.recorded]).toEqual([[OK, GONE, GONE], recorded])
      await bench.port.close(conversation, 'ended')
      const last = await again.restart()
      expect(await last.call({ conversation, run, ...said }, { id: 'same' })).toEqual(OK)
    }
  )

  test('whose result was recorded before a crash still ends the conversation when the call comes again', async () => {
    const bench = await openBench()
    const { run, conversation } = await start(bench)
    const call = { conversation, run, messages: [{ text: 'There' }], typing: 1_000, end: 'Done' }
    const { close } = bench.port
    Object.assign(bench.port, { close: () => Promise.reject(new Error('crashed')) })
    expect(await bench.call(call, { id: 'same' })).toMatchObject({ status: 503 })
    Object.assign(bench.port, { close })
    const again = await bench.restart()
    expect(await again.call(call, { id: 'same' })).toEqual(OK)
    expect(bench.port.recorded).toEqual([
      { did: 'accept', run },
      { did: 'finish', run, parts: TEXT('There') },
      { did: 'close', conversation, reason: 'Done' }
    ])
  })

  test('with two results at the same moment takes one of them, and each is answered as it went, also when it comes again', async () => {
    const bench = await openBench()
    const delivery = bench.port.startRun('order', { number: 12 })
    const { run, conversation } = delivery
    bench.answers({ body: { messages: [{ text: 'at once' }] } })
    const [called] = await Promise.all([
      bench.call({ conversation, run, messages: [{ text: 'by a call' }] }, { id: 'same' }),
      bench.connector.deliver(delivery)
    ])
    const again = await bench.restart()
    const finished = bench.port.recorded.filter(({ did }) => did === 'finish')
    const isCalled = JSON.stringify(finished).includes('by a call')
    expect([finished.length, called.status, (await again.call({ conversation, run, messages: [{ text: 'by a call' }] }, { id: 'same' })).status]).toEqual(
      isCalled ? [1, 200, 200] : [1, 410, 410]
    )
  })
})
