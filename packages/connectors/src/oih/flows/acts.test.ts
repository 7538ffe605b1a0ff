import { describe, expect, test } from 'vitest'
import { jsonAnswer } from '../fixtures/bench.js'
import { brokenConnection, errorsAnswer, refusedConnection } from '../fixtures/fake-hub.js'
import { act, of, openFlowBench, POLL_MS, STOCK } from '../fixtures/flow-bench.js'

const html = (status: number) => async () => new Response('<!doctype html><h1>Bad gateway</h1>', { status, headers: { 'content-type': 'text/html' } })
const text = (said: string) => ({ kind: 'text', text: said })

describe('/flow start', () => {
  test('tells the way from starting through active to taking calls, each once, and sends one POST', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    await bench.clock.advance(3 * POLL_MS)
    bench.flow.status = 'active'
    await bench.clock.advance(3 * POLL_MS)
    bench.flow.accepts = true
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run)).toEqual([
      { did: 'sent' },
      { did: 'accept' },
      { did: 'progress', step: 'starting', text: '“Stock report” is starting.' },
      { did: 'progress', step: 'active', text: '“Stock report” is active, not yet taking calls.' },
      { did: 'finish', parts: [text('“Stock report” is active and takes calls.')] }
    ])
    expect(bench.hub.count('POST')).toBe(1)
    expect(bench.port.audited).toEqual([
      { name: 'flow.start', run, fields: { flow: STOCK, flowName: 'Stock report', isSure: true } },
      { name: 'flow.active', run, fields: { flow: STOCK } }
    ])
    await bench.clock.advance(600_000)
    expect(bench.hub.asked.at(-1)).toBe(`HEAD /hook/${STOCK}`)
  })

  test('of a scheduled flow ends when it is active: it takes no calls', async () => {
    const bench = await openFlowBench({}, { cron: '*/5 * * * *' })
    const run = await act(bench, 'start')
    bench.flow.status = 'active'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toEqual({ did: 'finish', parts: [text('“Stock report” is active, scheduled: */5 * * * *.')] })
    expect(bench.hub.count('HEAD')).toBe(0)
  })

  test.each([
    ['starting', 'is starting already, so it was not started again. To see how it goes on: /flow watch'],
    ['active', 'is active already, so it was not started again. To start it anew, stop it first: /flow stop'],
    ['stopping', 'is still stopping, so it was not started. Wait until it is inactive: /flow watch']
  ])('of a flow that is %s is not sent', async (status, sentence) => {
    const bench = await openFlowBench({}, { status })
    const run = await act(bench, 'start')
    expect(of(bench, run)).toEqual([{ did: 'fail', reason: 'refused', text: `“Stock report” ${sentence} ${STOCK} (run ${run}).` }])
    expect(bench.hub.count('POST')).toBe(0)
  })

  test('two at once send one POST, and the second is told', async () => {
    const bench = await openFlowBench()
    const [first, second] = await Promise.all([act(bench, 'start'), act(bench, 'start', STOCK, 'visitor-two')])
    expect(bench.hub.count('POST')).toBe(1)
    expect(of(bench, first).at(-1)).toMatchObject({ did: 'progress', step: 'starting' })
    expect(of(bench, second)).toMatchObject([{ did: 'fail', reason: 'refused', text: expect.stringContaining('is starting already') }])
  })

  test.each(['stopping', 'inactive'])('that fails is seen as %s, and says so', async (status) => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    bench.flow.status = status
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toEqual({
      did: 'fail',
      reason: 'failed',
      text: `“Stock report” could not be started: the platform took it from starting back to ${status}. What was wrong stands in the platform's own log. (Run ${run}.)`,
      again: true
    })
    expect(bench.port.audited.at(-1)).toEqual({ name: 'flow.failed', run, fields: { flow: STOCK, act: 'start', reason: 'failed' } })
  })

  test('that hangs in starting is given up after startTimeoutMs, with the way out', async () => {
    const bench = await openFlowBench({ startTimeoutMs: 60_000 })
    const run = await act(bench, 'start')
    await bench.clock.advance(59_999)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'progress' })
    await bench.clock.advance(1)
    expect(of(bench, run).at(-1)).toEqual({
      did: 'fail',
      reason: 'timedOut',
      text: `“Stock report” is still starting after one minute. To give it up: /flow stop ${STOCK} (Run ${run}.)`,
      again: true
    })
    const asked = bench.hub.asked.length
    await bench.clock.advance(600_000)
    expect(bench.hub.asked).toHaveLength(asked)
  })

  test('whose hook never takes calls says that, not that it hangs', async () => {
    const bench = await openFlowBench({ startTimeoutMs: 60_000 })
    const run = await act(bench, 'start')
    bench.flow.status = 'active'
    await bench.clock.advance(60_000)
    expect(of(bench, run).at(-1)).toMatchObject({
      did: 'fail',
      reason: 'timedOut',
      text: expect.stringContaining('is active, but its hook took no calls within one minute')
    })
  })

  test('that somebody stops from here meanwhile ends, and the stop goes on', async () => {
    const bench = await openFlowBench()
    const start = await act(bench, 'start')
    await bench.clock.advance(POLL_MS)
    const stop = await act(bench, 'stop')
    await bench.clock.advance(POLL_MS)
    bench.flow.status = 'inactive'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, start).at(-1)).toMatchObject({
      did: 'fail',
      reason: 'failed',
      text: expect.stringContaining('was stopped from this chat before it had started: it is stopping.')
    })
    expect(of(bench, stop)).toEqual([
      { did: 'sent' },
      { did: 'accept' },
      { did: 'progress', step: 'stopping', text: '“Stock report” is stopping.' },
      { did: 'finish', parts: [text('“Stock report” is inactive.')] }
    ])
  })

  test('is not judged by a look that had begun before it was sent', async () => {
    const bench = await openFlowBench()
    const watch = await act(bench, 'watch', STOCK, 'visitor-two')
    let answer = (_: Response): void => {}
    bench.hub.next('GET /flows', () => new Promise<Response>((resolve) => (answer = resolve)))
    await bench.clock.advance(POLL_MS)
    const run = await act(bench, 'start')
    answer(jsonAnswer(200, { data: { id: STOCK, name: 'Stock report', status: 'inactive' } }))
    await bench.clock.advance(0)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'progress', step: 'starting' })
    await bench.clock.advance(POLL_MS)
    expect(of(bench, watch).at(-1)).toMatchObject({ did: 'progress', step: '2 starting' })
    expect(of(bench, run)).toHaveLength(3)
  })

  test('is not taken for done because the hook took calls before', async () => {
    const bench = await openFlowBench({}, { status: 'active', accepts: true })
    await act(bench, 'watch', STOCK, 'visitor-two')
    await bench.clock.advance(POLL_MS)
    bench.flow.status = 'inactive'
    const run = await act(bench, 'start')
    Object.assign(bench.flow, { status: 'active', accepts: false })
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'progress', step: 'active' })
  })

  test('that is cancelled is followed no longer', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    await bench.port.run.fail(run, { reason: 'cancelled', text: 'Cancelled.' })
    await bench.clock.advance(POLL_MS)
    const asked = bench.hub.asked.length
    await bench.clock.advance(600_000)
    expect(bench.hub.asked).toHaveLength(asked)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', reason: 'cancelled' })
  })
})

describe('/flow stop', () => {
  test('tells the way to inactive', async () => {
    const bench = await openFlowBench({}, { status: 'active', accepts: true })
    const run = await act(bench, 'stop')
    await bench.clock.advance(2 * POLL_MS)
    bench.flow.status = 'inactive'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run)).toEqual([
      { did: 'sent' },
      { did: 'accept' },
      { did: 'progress', step: 'stopping', text: '“Stock report” is stopping.' },
      { did: 'finish', parts: [text('“Stock report” is inactive.')] }
    ])
    expect(bench.port.audited.map(({ name }) => name)).toEqual(['flow.stop', 'flow.inactive'])
  })

  test.each([
    ['inactive', 'is inactive already, so there was nothing to stop'],
    ['stopping', 'is stopping already, so it was not stopped again']
  ])('of a flow that is %s is not sent', async (status, sentence) => {
    const bench = await openFlowBench({}, { status })
    const run = await act(bench, 'stop')
    expect(of(bench, run)).toMatchObject([{ did: 'fail', reason: 'refused', text: expect.stringContaining(sentence) }])
    expect(bench.hub.count('POST')).toBe(0)
  })

  test('of a flow that is started again meanwhile says so', async () => {
    const bench = await openFlowBench({}, { status: 'active', accepts: true })
    const run = await act(bench, 'stop')
    bench.flow.status = 'starting'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', text: expect.stringContaining('was started again before it had stopped') })
  })
})

describe('an answer to the start that does not say "taken"', () => {
  test.each([
    ['403', async () => errorsAnswer(403, 'MISSING_PERMISSION'), "This chat's account needs the permission flows.control at Demo Hub", undefined],
    ['404', async () => errorsAnswer(404, 'No flow with this ID found'), 'There is no such flow at Demo Hub', undefined],
    ['400 with a text', async () => jsonAnswer(400, { errors: 'Invalid id' }), 'refused the request (400: Invalid id)', undefined],
    ['429', async () => jsonAnswer(429, {}), 'too much to do', true],
    ['no connection', refusedConnection, 'cannot be reached', true]
  ])('%s: nothing was done, and the run ends', async (_name, answer, sentence, again) => {
    const bench = await openFlowBench()
    bench.hub.next('POST', answer)
    const run = await act(bench, 'start')
    expect(of(bench, run)).toEqual([{ did: 'sent' }, { did: 'fail', reason: 'refused', text: expect.stringContaining(sentence), ...(again ? { again } : {}) }])
    expect(bench.hub.count('POST')).toBe(1)
  })

  test.each([
    ['500', async () => errorsAnswer(500, 'oh')],
    ['502 in HTML', html(502)],
    ['200 in HTML', html(200)],
    ['403 in HTML', html(403)],
    ['a broken connection', brokenConnection]
  ])('%s: it is not sent again, and the status tells that it was taken', async (_name, answer) => {
    const bench = await openFlowBench()
    bench.hub.next('POST', answer)
    const run = await act(bench, 'start')
    bench.flow.status = 'starting'
    await bench.clock.advance(POLL_MS)
    bench.flow.status = 'active'
    bench.flow.accepts = true
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).map((one) => (one as { did: string; step?: string }).step ?? (one as { did: string }).did)).toEqual([
      'sent',
      'unsure',
      'starting',
      'finish'
    ])
    expect(bench.hub.count('POST')).toBe(1)
  })

  test('and of which the status shows nothing ends as not known', async () => {
    const bench = await openFlowBench()
    bench.hub.next('POST', brokenConnection)
    const run = await act(bench, 'start')
    await bench.clock.advance(6 * POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', reason: 'unknownOutcome', again: true, text: expect.stringContaining('is still inactive') })
  })

  test('never comes: the status is asked after postTimeoutMs', async () => {
    const bench = await openFlowBench({ postTimeoutMs: 5_000 })
    bench.hub.next('POST', () => new Promise<Response>(() => {}))
    const settled = act(bench, 'start')
    await bench.clock.advance(5_000)
    const run = await settled
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'progress', step: 'unsure' })
  })
})

describe('a restart of the gateway', () => {
  test('during a start: it is followed to its end, and not sent again', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    await bench.clock.advance(POLL_MS)
    await bench.restart()
    bench.flow.status = 'active'
    bench.flow.accepts = true
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'finish' })
    expect(bench.hub.count('POST')).toBe(1)
  })

  test('during a start that then fails: it is known that it was sent, and said that it failed', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    await bench.restart()
    bench.flow.status = 'inactive'
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', reason: 'failed', text: expect.stringContaining('could not be started') })
    expect(bench.port.audited.map(({ name }) => name)).toEqual(['flow.start', 'flow.failed'])
  })

  test('between the mark and the answer: it is on record as followed before anything is delivered again', async () => {
    const bench = await openFlowBench()
    bench.hub.next('POST', () => new Promise<Response>(() => {}))
    const delivery = bench.port.startRun('flow', { action: 'start', flow: STOCK })
    void bench.connector.deliver(delivery)
    await bench.clock.advance(100)
    bench.flow.status = 'starting'
    await bench.restart()
    expect((await bench.port.run.find(delivery.run))?.status).toBe('working')
    await bench.clock.advance(POLL_MS)
    expect(of(bench, delivery.run).slice(0, 3)).toMatchObject([{ did: 'sent' }, { step: 'resumed' }, { step: 'starting' }])
    expect(bench.hub.count('POST')).toBe(1)
    expect(bench.port.audited).toEqual([{ name: 'flow.start', run: delivery.run, fields: { flow: STOCK, flowName: 'Stock report', isSure: false } }])
  })

  test('after which the time is up still looks once', async () => {
    const bench = await openFlowBench({ startTimeoutMs: 60_000 })
    const run = await act(bench, 'start')
    await bench.connector.stop()
    await bench.clock.advance(3_600_000)
    bench.flow.status = 'active'
    bench.flow.accepts = true
    await bench.restart()
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'finish' })
  })
})

describe('while it goes on', () => {
  test('a token that ends is renewed once, and nobody hears of it', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    bench.hub.next('GET /flows', async () => errorsAnswer(401, 'Token invalid'))
    bench.flow.status = 'active'
    bench.flow.accepts = true
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'finish' })
    expect(bench.hub.count('GET /api/v1/tokens/refresh')).toBe(1)
  })

  test('a platform that is away is told once, and asked less and less often', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    bench.hub.always('GET /flows', refusedConnection)
    const before = bench.hub.count('GET /flows')
    await bench.clock.advance(60_000)
    expect(bench.hub.count('GET /flows') - before).toBe(4)
    bench.hub.always('GET /flows', null)
    await bench.clock.advance(59_999)
    expect(of(bench, run).slice(3)).toMatchObject([{ did: 'progress', step: 'away', text: 'Demo Hub cannot be reached at the moment. It is asked again.' }])
  })

  test('a flow that is deleted ends it', async () => {
    const bench = await openFlowBench()
    const run = await act(bench, 'start')
    bench.hub.always('GET /flows', async () => errorsAnswer(404, 'No flow found'))
    await bench.clock.advance(POLL_MS)
    expect(of(bench, run).at(-1)).toMatchObject({ did: 'fail', reason: 'failed', text: expect.stringContaining('There is no such flow') })
  })
})

test('an id that is none, or not on the list, reaches nobody', async () => {
  const bench = await openFlowBench({ runFlow: { allow: ['58b41f5da9ee9d0018194bf3'] } })
  const runs = [await act(bench, 'start', '../users/1'), await act(bench, 'start', STOCK), await act(bench, 'delete', STOCK)]
  expect(runs.map((run) => of(bench, run))).toMatchObject([
    [{ did: 'fail', text: expect.stringContaining('is not the id of a flow') }],
    [{ did: 'fail', text: expect.stringContaining('has nothing to do with the flow') }],
    [{ did: 'fail', text: expect.stringContaining('/flow can do status, watch, start, stop') }]
  ])
  expect(bench.hub.asked).toEqual([])
})
