import { describe, expect, test } from 'vitest'
import { errorsAnswer, refusedConnection } from '../fixtures/fake-hub.js'
import { act, of, openFlowBench, POLL_MS, STOCK, WATCH } from '../fixtures/flow-bench.js'

const told = (step: string, text: string) => ({ did: 'progress', step, text })

describe('/flow watch', () => {
  test('tells each change once, and nothing where nothing changes', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'watch')
    const steps = [
      { status: 'starting' },
      { status: 'active' },
      { status: 'active', accepts: true },
      { status: 'stopping', accepts: false },
      { status: 'inactive' },
      { status: 'starting' },
      { status: 'inactive' }
    ]
    for (const step of steps) {
      Object.assign(bench.flow, step)
      await bench.clock.advance(5 * POLL_MS)
    }
    expect(of(bench, run)).toEqual([
      { did: 'accept' },
      told('1 inactive', '“Stock report” is inactive.'),
      told('2 starting', '“Stock report” is starting.'),
      told('3 active', '“Stock report” is active, not yet taking calls.'),
      told('4 ready', '“Stock report” is active and takes calls.'),
      told('5 stopping', '“Stock report” is stopping.'),
      told('6 inactive', '“Stock report” is inactive.'),
      told('7 starting', '“Stock report” is starting.'),
      told('8 inactive', '“Stock report” could not be started, or was stopped meanwhile: it is inactive.')
    ])
  })

  test('by several chats asks once for all of them', async () => {
    const bench = await openFlowBench()
    const runs = [await act(bench, 'watch'), await act(bench, 'watch', STOCK, 'visitor-two'), await act(bench, 'watch', STOCK, 'visitor-three')]
    const before = bench.hub.count('GET /flows')
    await bench.clock.advance(10 * POLL_MS)
    expect(bench.hub.count('GET /flows') - before).toBe(10)
    bench.flow.status = 'starting'
    await bench.clock.advance(POLL_MS)
    expect(runs.map((run) => of(bench, run).at(-1))).toEqual(runs.map(() => told('2 starting', '“Stock report” is starting.')))
  })

  test('asks no more as soon as nobody watches', async () => {
    const bench = await openFlowBench()
    const runs = [await act(bench, 'watch'), await act(bench, 'watch', STOCK, 'visitor-two')]
    for (const run of runs) {
      await bench.clock.advance(POLL_MS)
      await bench.port.run.fail(run, { reason: 'cancelled', text: 'Cancelled.' })
    }
    const before = bench.hub.asked.length
    await bench.clock.advance(3_600_000)
    expect(bench.hub.asked).toHaveLength(before)
    for (const run of runs) expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', reason: 'cancelled' })
  })

  test('by one that was cancelled and one that was not goes on for the other', async () => {
    const bench = await openFlowBench()
    const cancelled = await act(bench, 'watch')
    const run = await act(bench, 'watch', STOCK, 'visitor-two')
    await bench.port.run.fail(cancelled, { reason: 'cancelled', text: 'Cancelled.' })
    bench.flow.status = 'starting'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ step: '2 starting' })
    expect(of(bench, cancelled).at(-1)).toMatchObject({ did: 'fail', reason: 'cancelled' })
  })

  test('that was cancelled beside another is not told either that the flow is gone', async () => {
    const bench = await openFlowBench()
    await act(bench, 'watch')
    const cancelled = await act(bench, 'watch', STOCK, 'visitor-two')
    await bench.port.run.fail(cancelled, { reason: 'cancelled', text: 'Cancelled.' })
    bench.hub.always('GET /flows', async () => errorsAnswer(404, 'No flow found'))
    await bench.clock.advance(POLL_MS)
    expect(of(bench, cancelled).at(-1)).toMatchObject({ did: 'fail', reason: 'cancelled' })
  })

  test('that was cancelled beside another, while nothing changes, is let go: no word and no end come after', async () => {
    const bench = await openFlowBench({ watchMs: 3_600_000 })
    const run = await act(bench, 'watch')
    const cancelled = await act(bench, 'watch', STOCK, 'visitor-two')
    await bench.port.run.fail(cancelled, { reason: 'cancelled', text: 'Cancelled.' })
    const before = of(bench, cancelled)
    const found: unknown[] = []
    const { find } = bench.port.run
    const verbs = bench.port.run as { find: typeof find }
    verbs.find = (one) => {
      found.push(one)
      return find(one)
    }
    await bench.clock.advance(3 * POLL_MS)
    expect(found.filter((one) => one === cancelled)).toHaveLength(1)
    await bench.clock.advance(3_600_000)
    expect(of(bench, cancelled)).toEqual(before)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'finish' })
  })

  test('that was cancelled a moment before its time is up is not ended a second time', async () => {
    const bench = await openFlowBench({ watchMs: 3_600_000, pollMs: 60_000 })
    const run = await act(bench, 'watch')
    await bench.clock.advance(3_600_000 - 1)
    await bench.port.run.fail(run, { reason: 'cancelled', text: 'Cancelled.' })
    await bench.clock.advance(3_600_000)
    expect(of(bench, run).at(-1)).toEqual({ did: 'fail', reason: 'cancelled', text: 'Cancelled.' })
  })

  test('that is begun while the gateway stops leaves nothing behind that goes on', async () => {
    const bench = await openFlowBench({ watchMs: 3_600_000 })
    const delivery = bench.port.startRun('flow', { action: 'watch', flow: STOCK }, { timeoutMs: 86_520_000 })
    const begun = bench.connector.deliver(delivery)
    await bench.connector.stop()
    await begun
    const before = of(bench, delivery.run)
    await bench.clock.advance(7_200_000)
    expect(of(bench, delivery.run)).toEqual(before)
  })

  test('whose end cannot be written while the gateway stops is not ended by the gateway that has stopped', async () => {
    const bench = await openFlowBench({ watchMs: 3_600_000 })
    const run = await act(bench, 'watch')
    const { finish } = bench.port.run
    const verbs = bench.port.run as { finish: typeof finish }
    let breakDisk = (): void => {}
    verbs.finish = () =>
      new Promise((_resolve, reject) => {
        breakDisk = () => reject(new Error('disk full'))
      })
    await bench.clock.advance(3_600_000)
    await bench.connector.stop()
    breakDisk()
    await bench.clock.advance(0)
    verbs.finish = finish
    const before = of(bench, run)
    await bench.clock.advance(3_600_000)
    expect(of(bench, run)).toEqual(before)
  })

  test('ends by itself after watchMs, as a result and not as a failure', async () => {
    const bench = await openFlowBench({ watchMs: 3_600_000 })
    const run = await act(bench, 'watch')
    await bench.clock.advance(3_600_000)
    expect(of(bench, run).at(-1)).toEqual({
      did: 'finish',
      parts: [{ kind: 'text', text: `“Stock report” was watched for one hour, and is no longer. To go on: /flow watch ${STOCK}` }]
    })
    const before = bench.hub.count('GET /flows')
    await bench.clock.advance(3_600_000)
    expect(bench.hub.count('GET /flows')).toBe(before)
  })

  test('twice in one chat is refused; in another chat, or another flow, it is not', async () => {
    const bench = await openFlowBench()
    bench.hub.set({ id: WATCH, name: 'Stock watch', status: 'active', cron: '* * * * *' })
    const first = await act(bench, 'watch')
    const again = await act(bench, 'watch')
    const other = await act(bench, 'watch', WATCH)
    expect(of(bench, again)).toEqual([{ did: 'fail', reason: 'refused', text: `This chat watches that flow already, in run ${first} (run ${again}).` }])
    expect(of(bench, other).at(-1)).toEqual(told('1 scheduled', '“Stock watch” is active, scheduled: * * * * *.'))
    expect(bench.hub.count('HEAD')).toBe(0)
  })

  test('of a flow that cannot be seen ends at once', async () => {
    const bench = await openFlowBench()
    bench.hub.always('GET /flows', async () => errorsAnswer(403, 'MISSING_PERMISSION'))
    const run = await act(bench, 'watch')
    expect(of(bench, run)).toEqual([{ did: 'fail', reason: 'refused', text: `This chat's account needs the permission flows.read at Demo Hub (run ${run}).` }])
  })

  test('of a flow that is deleted meanwhile ends with a word', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'watch')
    bench.hub.always('GET /flows', async () => errorsAnswer(404, 'No flow found'))
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', reason: 'failed', text: expect.stringContaining('so “Stock report” is watched no longer.') })
  })
})

describe('a platform that is away', () => {
  test('is told once, asked less and less often, and told again when it is back', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'watch')
    bench.hub.always('GET /flows', refusedConnection)
    const before = bench.hub.count('GET /flows')
    await bench.clock.advance(600_000)
    expect(bench.hub.count('GET /flows') - before).toBeLessThan(16)
    bench.hub.always('GET /flows', null)
    bench.flow.status = 'starting'
    await bench.clock.advance(60_000)
    expect(of(bench, run)).toEqual([
      { did: 'accept' },
      told('1 inactive', '“Stock report” is inactive.'),
      told('2 away', 'Demo Hub cannot be reached at the moment. Watching goes on.'),
      told('3 starting', 'Demo Hub is back. “Stock report” is starting.')
    ])
  })

  test.each([
    ['answers in HTML', async () => new Response('<h1>hello</h1>', { headers: { 'content-type': 'text/html' } })],
    ['answers another shape', async () => new Response('{"data":{"id":1}}')],
    ['answers far too much', async () => new Response(`{"data":"${'x'.repeat(4_000_001)}"}`)],
    ['never answers', () => new Promise<Response>(() => {})]
  ])('%s: told as such, and what comes next is told again', async (_name, answer) => {
    const bench = await openFlowBench({ postTimeoutMs: 1_000 })
    const run = await act(bench, 'watch')
    bench.hub.next('GET /flows', answer)
    await bench.clock.advance(POLL_MS + 1_000)
    expect(of(bench, run).at(-1)).toEqual(told('2 away', 'Demo Hub gave no answer that can be used. Watching goes on.'))
    await bench.clock.advance(2 * POLL_MS)
    expect(of(bench, run).at(-1)).toEqual(told('3 inactive', 'Demo Hub is back. “Stock report” is inactive.'))
  })

  test('a token that ends meanwhile is renewed, and nobody hears of it', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'watch')
    bench.hub.next('GET /flows', async () => errorsAnswer(401, 'Token invalid'))
    await bench.clock.advance(2 * POLL_MS)
    expect(of(bench, run)).toHaveLength(2)
    expect(bench.hub.count('GET /api/v1/tokens/refresh')).toBe(1)
  })
})

describe('a restart of the gateway', () => {
  test('goes on where it was: what is known is not told again, what changed meanwhile is', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'watch')
    const quiet = await act(bench, 'watch', STOCK, 'visitor-two')
    const second = await bench.restart()
    await bench.clock.advance(3 * POLL_MS)
    expect(of(bench, quiet)).toHaveLength(2)
    const again = await second.restart()
    bench.flow.status = 'starting'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).slice(1)).toEqual([told('1 inactive', '“Stock report” is inactive.'), told('2 starting', '“Stock report” is starting.')])
    await again.connector.stop()
    const before = bench.hub.asked.length
    await bench.clock.advance(3_600_000)
    expect(bench.hub.asked).toHaveLength(before)
  })

  test('while the platform is away: told once, and once that it is back', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'watch')
    bench.hub.always('GET /flows', refusedConnection)
    await bench.clock.advance(POLL_MS)
    await bench.restart()
    await bench.clock.advance(POLL_MS)
    bench.hub.always('GET /flows', null)
    await bench.clock.advance(60_000)
    expect(of(bench, run).slice(2)).toEqual([
      told('2 away', 'Demo Hub cannot be reached at the moment. Watching goes on.'),
      told('3 inactive', 'Demo Hub is back. “Stock report” is inactive.')
    ])
  })

  test('a watch whose delivery comes again is begun once', async () => {
    const bench = await openFlowBench()
    const delivery = bench.port.startRun('flow', { action: 'watch', flow: STOCK })
    await bench.connector.deliver(delivery)
    const { connector } = await bench.restart()
    await connector.deliver({ ...delivery, attempt: 2 })
    await bench.clock.advance(POLL_MS)
    expect(of(bench, delivery.run)).toEqual([{ did: 'accept' }, told('1 inactive', '“Stock report” is inactive.')])
  })

  test('after the time was up ends it', async () => {
    const bench = await openFlowBench({ watchMs: 3_600_000 })
    const run = await act(bench, 'watch')
    await bench.connector.stop()
    await bench.clock.advance(7_200_000)
    await bench.restart()
    await bench.clock.advance(0)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'finish' })
  })
})

test('a store that cannot write for a while loses nothing', async () => {
  const bench = await openFlowBench()
  const run = await act(bench, 'watch')
  const { progress } = bench.port.run
  const verbs = bench.port.run as { progress: typeof progress }
  verbs.progress = () => Promise.reject(new Error('disk full'))
  bench.flow.status = 'starting'
  await bench.clock.advance(2 * POLL_MS)
  verbs.progress = progress
  await bench.clock.advance(POLL_MS)
  expect(of(bench, run).at(-1)).toEqual(told('2 starting', '“Stock report” is starting.'))
  expect(bench.port.logged.filter(({ level }) => level === 'error')).toHaveLength(2)
})
