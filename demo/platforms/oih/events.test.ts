import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Bench, openBench } from './testing.js'

/** The chain of events by which a flow starts, runs and stops, and what is left where one of them is lost. */

let bench: Bench
afterEach(() => bench.hub.stop())

const TICK = 10_000
const ORDERS = '5f8d0c2be4a1b2001c3d4f01'
const PREPARING = 'preparing-by-orchestrator-1'

const turn = async (verb: 'start' | 'stop', flow = ORDERS): Promise<void> => {
  expect((await bench.ask(`/flows/${flow}/${verb}`, { method: 'POST', as: 'operator' }))[0]).toBe(200)
}
const hook = (flow = ORDERS) => bench.ask(`/hook/${flow}`, { method: 'HEAD' })
/** Through starting, preparing and prepared. */
const started = async (): Promise<void> => {
  await turn('start')
  await bench.clock.advance(3 * TICK)
}

describe('a flow', () => {
  test('starts and stops by this chain of events, seen differently by three services on its way', async () => {
    bench = await openBench()
    const seen: unknown[] = [bench.views(ORDERS)]
    await turn('start')
    for (const pushMs of [0, TICK, TICK, TICK]) {
      await bench.clock.advance(pushMs)
      seen.push(bench.views(ORDERS))
    }
    expect(await hook()).toEqual([200, ''])
    await turn('stop')
    seen.push(bench.views(ORDERS))
    for (const pushMs of [0, TICK]) {
      await bench.clock.advance(pushMs)
      seen.push(bench.views(ORDERS))
    }
    expect(await hook()).toEqual([404, ''])
    expect(seen).toEqual([
      ['inactive', null, null],
      ['starting', 'starting', 'starting'],
      ['starting', 'starting', PREPARING],
      ['starting', 'starting', 'prepared'],
      ['active', 'started', 'started'],
      ['stopping', 'started', 'started'],
      ['stopping', null, 'stopping'],
      ['inactive', null, null]
    ])
    expect(bench.newEvents()).toEqual([
      'flow.starting flow-repository',
      'flow.started component-orchestrator',
      'flow.stopping flow-repository',
      'flow.stopped component-orchestrator'
    ])
  })

  test('says in its events who it is, with the whole flow where the repository speaks', async () => {
    bench = await openBench()
    const { at, startedBy } = { at: bench.clock.now(), startedBy: '5f8d0c2be4a1b2001c3d4e73' }
    const [, found] = await bench.ask(`/flows/${ORDERS}`, { as: 'operator' })
    const { data } = found as { readonly data: object }
    const updatedAt = new Date(at).toISOString()
    await started()
    await turn('stop')
    const events = bench.hub.events.map(({ headers, payload }) => ({ headers, payload }))
    expect(events).toEqual([
      { headers: { name: 'flow.starting', createdAt: at, serviceName: 'flow-repository' }, payload: { ...data, status: 'starting', updatedAt, startedBy } },
      { headers: { name: 'flow.started', createdAt: at + 3 * TICK, serviceName: 'component-orchestrator' }, payload: { id: ORDERS } },
      {
        headers: { name: 'flow.stopping', createdAt: at + 3 * TICK, serviceName: 'flow-repository' },
        payload: { ...data, status: 'stopping', updatedAt: new Date(at + 3 * TICK).toISOString() }
      }
    ])
  })

  test('whose component does not come up fails, and is put to rest', async () => {
    bench = await openBench()
    bench.hub.faults.failStart(ORDERS)
    await started()
    expect(bench.views(ORDERS)).toEqual(['inactive', null, null])
    expect(bench.newEvents()).toEqual([
      'flow.starting flow-repository',
      'flow.failed component-orchestrator',
      'flow.stopping flow-repository',
      'flow.stopped component-orchestrator'
    ])
    await started()
    expect(bench.views(ORDERS)).toEqual(['active', 'started', 'started'])
  })

  test('started twice at once raises two events, and is started once', async () => {
    bench = await openBench()
    await Promise.all([turn('start'), turn('start')])
    await bench.clock.advance(3 * TICK)
    expect(bench.newEvents()).toEqual(['flow.starting flow-repository', 'flow.starting flow-repository', 'flow.started component-orchestrator'])
    expect(bench.views(ORDERS)).toEqual(['active', 'started', 'started'])
  })

  test('that is active and started again is set back, and its hook is closed meanwhile', async () => {
    bench = await openBench()
    await started()
    await turn('start')
    await bench.clock.advance(0)
    expect(bench.views(ORDERS)).toEqual(['starting', 'starting', 'starting'])
    expect(await hook()).toEqual([404, ''])
    await bench.clock.advance(3 * TICK)
    expect(bench.views(ORDERS)).toEqual(['active', 'started', 'started'])
  })

  test('that is stopped during a run ends it without a result', async () => {
    bench = await openBench()
    const { report } = bench.hub.flows
    const correlation = { replyUrl: `${bench.hub.url}/healthcheck`, replyToken: 'secret' }
    expect((await bench.ask(`/hook/${report}`, { as: 'chat-gateway', body: { correlation } }))[0]).toBe(200)
    await bench.clock.advance(1_000)
    await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(1))
    await turn('stop', report)
    // Until the tick the containers are there and go on.
    await bench.clock.advance(1_000)
    await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(2))
    await bench.clock.advance(TICK)
    expect(bench.views(report)).toEqual(['inactive', null, null])
    // Whatever came of it would have come before the answer of a run that began later.
    const later = { replyUrl: `${bench.hub.url}/` }
    expect((await bench.ask(`/hook/${bench.hub.flows.openingHours}`, { body: { correlation: later } }))[0]).toBe(200)
    await bench.clock.advance(TICK)
    await vi.waitFor(() => expect(bench.hub.callbacks.map(({ url }) => url)).toContain(later.replyUrl))
    expect(bench.hub.callbacks.map(({ url }) => url)).toEqual([correlation.replyUrl, correlation.replyUrl, later.replyUrl])
  })
})

describe('an event that is lost', () => {
  test.each([
    ['flow.starting', 'webhooks', ['active', null, 'started'], 404],
    ['flow.starting', 'component-orchestrator', ['starting', 'starting', null], 404],
    ['flow.starting', undefined, ['starting', null, null], 404],
    ['flow.started', 'flow-repository', ['starting', 'started', 'started'], 200],
    ['flow.started', 'webhooks', ['active', 'starting', 'started'], 404],
    ['flow.started', undefined, ['starting', 'starting', 'started'], 404]
  ] as const)('%s by %s leaves a start at %j for good', async (name, service, views, status) => {
    bench = await openBench()
    bench.hub.faults.dropEvent(name, service)
    await started()
    await bench.clock.advance(10 * TICK)
    expect(bench.views(ORDERS)).toEqual(views)
    expect(await hook()).toEqual([status, ''])
    // Starting again heals it: nobody looks at the present status.
    await started()
    expect(bench.views(ORDERS)).toEqual(['active', 'started', 'started'])
  })

  test.each([
    ['flow.stopping', 'webhooks', ['inactive', 'started', null], 200],
    ['flow.stopping', 'component-orchestrator', ['stopping', null, 'started'], 404],
    ['flow.stopping', undefined, ['stopping', 'started', 'started'], 200],
    ['flow.stopped', undefined, ['stopping', null, null], 404]
  ] as const)('%s by %s leaves a stop at %j for good', async (name, service, views, status) => {
    bench = await openBench()
    await started()
    bench.hub.faults.dropEvent(name, service)
    await turn('stop')
    await bench.clock.advance(10 * TICK)
    expect(bench.views(ORDERS)).toEqual(views)
    expect(await hook()).toEqual([status, ''])
  })

  test('flow.failed leaves a flow starting for ever', async () => {
    bench = await openBench()
    bench.hub.faults.failStart(ORDERS)
    bench.hub.faults.dropEvent('flow.failed')
    await started()
    await bench.clock.advance(10 * TICK)
    expect(bench.views(ORDERS)).toEqual(['starting', 'starting', PREPARING])
    expect(bench.newEvents()).toEqual(['flow.starting flow-repository', 'flow.failed component-orchestrator, lost by flow-repository'])
  })

  test('flow.execute: the hook said thank you, and nothing runs', async () => {
    bench = await openBench()
    const { openingHours } = bench.hub.flows
    bench.hub.faults.dropEvent('flow.execute')
    const body = { correlation: { replyUrl: `${bench.hub.url}/healthcheck` } }
    for (const calls of [0, 1]) {
      expect((await bench.ask(`/hook/${openingHours}`, { body }))[0]).toBe(200)
      await bench.clock.advance(5_000)
      await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(calls))
    }
    expect(bench.newEvents()).toEqual(['flow.execute webhooks, lost by component-orchestrator', 'flow.execute webhooks'])
  })

  test('with a hook still open over removed components, a call is taken and nothing runs', async () => {
    bench = await openBench()
    const { openingHours } = bench.hub.flows
    bench.hub.faults.dropEvent('flow.stopping', 'webhooks')
    await turn('stop', openingHours)
    await bench.clock.advance(TICK)
    expect((await bench.ask(`/hook/${openingHours}`, { body: { correlation: { replyUrl: `${bench.hub.url}/healthcheck` } } }))[0]).toBe(200)
    await bench.clock.advance(5_000)
    expect(bench.hub.callbacks).toEqual([])
  })
})
