import { createFakeClock, type Recording } from '@parley/engine/contracts'
import { afterEach, describe, expect, test } from 'vitest'
import { type Line, openLine } from './connector-bench.js'
import { OPENING_HOURS_FLOW, PRICE_UPDATE_FLOW, PRICE_UPDATE_KEY } from './ids.js'
import type { OihPlatform, OihPlatformOptions } from './index.js'

/** The `oih` connector and the demo hub: the flows themselves. The hub's time stands still until a test pushes it. */

const TICK_MS = 10_000
const RESULTS_TOKEN = 'results-token-of-the-garden-shop-0'
let line: Line
let clock: ReturnType<typeof createFakeClock>
afterEach(() => line.stop())

async function open(settings: Readonly<Record<string, unknown>> = {}, options: OihPlatformOptions = {}): Promise<Line> {
  clock = createFakeClock()
  const base = (hub: OihPlatform) => ({ flowsUrl: hub.url, partner: 'Demo Hub', pollMs: 250, resultsToken: RESULTS_TOKEN, ...settings })
  const results = (publicUrl: string) => ({ url: `${publicUrl}/hooks/flows/flows`, token: RESULTS_TOKEN })
  return (line = await openLine(base, (publicUrl) => ({ clock, stepMs: 1_000, tickMs: TICK_MS, results: results(publicUrl), ...options })))
}
const flow = (action: string, id: string, visitor?: string) => line.start('flow', { action, flow: id }, visitor)
const has = (run: string, step: string) => line.port.until(() => line.of(run).some((one) => one.did === 'progress' && one.step.endsWith(step)))
const steps = (run: string): readonly string[] => line.of(run).map((one) => ('step' in one ? one.step : one.did))
const cards = (one: Recording | undefined) =>
  one?.did === 'finish' ? one.parts.flatMap((part) => (part.kind === 'cards' ? part.cards.map(({ title, status }) => `${title}: ${status?.text}`) : [])) : []
const last = (run: string) => line.of(run).at(-1)
const asked = (method: string, path: string) => line.hub.requests.filter((request) => request.method === method && request.path.startsWith(path)).length

/** Pushes the hub's time until it is done: each step of the hub waits for answers that come in real time. */
async function pushed<Value>(work: Promise<Value>): Promise<Value> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  while (!isDone) {
    await clock.advance(1_000)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return done
}

describe('/flows', () => {
  test('lists the shop’s flows by name, ten a page, and not those of the other shop', async () => {
    await open()
    const pages = [await line.start('flows'), await line.start('flows', { page: 2 })]
    const listed = pages.flatMap((run) => cards(last(run)))
    expect(listed).toHaveLength(14)
    expect(listed.slice(0, 4)).toEqual(['Count the greenhouse: active', 'Delivery slots: inactive', 'Frost warning: inactive', 'Invoice archive: inactive'])
    expect(listed.at(-1)).toBe('Stock watch: inactive')
    const searched = await line.start('flows', { search: 'Stock' })
    expect(cards(last(searched))).toEqual(['Stock report: active', 'Stock watch: inactive'])
  })

  test('and what is typed for a flow is completed from them', async () => {
    await open()
    const visitor = line.port.startRun('flows', {})
    const asking = { visitor: visitor.visitor, conversation: visitor.conversation, roles: [], command: 'run-flow', argument: 'flow' }
    expect(await line.connector().complete?.({ ...asking, text: 'green' })).toEqual([
      { value: line.hub.flows.greenhouse, label: 'Count the greenhouse', description: 'active · Walks through six houses and says how far it is' }
    ])
  })
})

describe('/flow', () => {
  test('stop and start: each tick of the platform is told as it comes, and calls are taken only then', async () => {
    const { hub } = await open()
    const id = hub.flows.openingHours
    const stop = await flow('stop', id)
    await clock.advance(TICK_MS)
    await line.ended(stop)
    expect(last(stop)).toMatchObject({ did: 'finish', parts: [{ text: '“Opening hours” is inactive.' }] })
    const run = await pushed(line.start('run-flow', { flow: id }))
    expect(last(run)).toMatchObject({ did: 'fail', reason: 'refused', again: true })
    const start = await flow('start', id)
    const second = await flow('start', id, 'visitor-two')
    expect(last(second)).toMatchObject({ did: 'fail', text: expect.stringContaining('is starting already') })
    await clock.advance(3 * TICK_MS)
    await line.ended(start)
    expect(last(start)).toMatchObject({ did: 'finish', parts: [{ text: '“Opening hours” is active and takes calls.' }] })
    expect(steps(start).slice(0, 3)).toEqual(['sent', 'accept', 'starting'])
    expect([asked('POST', `/flows/${id}/stop`), asked('POST', `/flows/${id}/start`)]).toEqual([1, 1])
    expect(line.port.audited.map(({ name }) => name)).toEqual(['flow.stop', 'flow.inactive', 'flow.start', 'flow.active'])
  })

  test('start that the platform gives up', async () => {
    const { hub } = await open({}, { started: [] })
    hub.faults.failStart(hub.flows.stockWatch)
    const run = await flow('start', hub.flows.stockWatch)
    await clock.advance(3 * TICK_MS)
    await line.ended(run)
    expect(last(run)).toMatchObject({ did: 'fail', reason: 'failed', text: expect.stringContaining('could not be started') })
  })

  test('start that hangs, because nobody heard that it was done', async () => {
    const { hub } = await open({ startTimeoutMs: 1_000 })
    hub.faults.dropEvent('flow.started', 'flow-repository')
    const run = await flow('start', hub.flows.stockWatch)
    await clock.advance(3 * TICK_MS)
    await line.ended(run)
    expect(last(run)).toMatchObject({
      did: 'fail',
      reason: 'timedOut',
      again: true,
      text: expect.stringContaining('is still starting after one second. To give it up: /flow stop')
    })
  })

  test('start whose hook stays shut, because the webhooks service never heard of it', async () => {
    const { hub } = await open({ startTimeoutMs: 3_000 })
    const id = hub.flows.openingHours
    const stop = await flow('stop', id)
    await clock.advance(TICK_MS)
    await line.ended(stop)
    hub.faults.dropEvent('flow.started', 'webhooks')
    const run = await flow('start', id)
    await clock.advance(3 * TICK_MS)
    await has(run, 'active')
    await line.ended(run)
    expect(last(run)).toMatchObject({ did: 'fail', reason: 'timedOut', text: expect.stringContaining('is active, but its hook took no calls') })
  })

  test('start over a restart of the gateway is followed to its end, and posted once', async () => {
    const { hub } = await open()
    const run = await flow('start', hub.flows.stockWatch)
    await line.restart()
    await clock.advance(3 * TICK_MS)
    await line.ended(run)
    expect(last(run)).toMatchObject({ did: 'finish', parts: [{ text: '“Stock watch” is active, scheduled: * * * * *.' }] })
    expect(asked('POST', `/flows/${hub.flows.stockWatch}/start`)).toBe(1)
  })

  test('start with an account that may only read names the permission', async () => {
    const { hub } = await open({ token: undefined, username: 'reader', password: 'reader-password' })
    const run = await flow('start', hub.flows.stockWatch)
    expect(last(run)).toEqual({ did: 'fail', run, reason: 'refused', text: `This chat's account needs the permission flows.control at Demo Hub (run ${run}).` })
  })

  test('of a flow of another shop finds none', async () => {
    await open()
    const run = await flow('status', '5f8d0c2be4a1b2001c3d4fff')
    expect(last(run)).toMatchObject({ did: 'fail', text: expect.stringContaining('There is no such flow at Demo Hub') })
  })
})

describe('watching a scheduled flow', () => {
  test('tells its changes and brings its results, over a restart and an ended token, to each chat that watches', async () => {
    const { hub } = await open({ token: undefined, username: 'chat-gateway', password: 'chat-gateway-password' })
    const runs = [await flow('watch', hub.flows.stockWatch), await flow('watch', hub.flows.stockWatch, 'visitor-two')]
    const all = (step: string) => Promise.all(runs.map((run) => has(run, step)))
    const start = await flow('start', hub.flows.stockWatch)
    await all('2 starting')
    await clock.advance(3 * TICK_MS)
    await all('3 scheduled')
    await line.ended(start)
    await line.restart()
    hub.expireTokens()
    const appended = (recorded: readonly Recording[]) => recorded.flatMap((one) => (one.did === 'append' ? [one] : []))
    await pushed(line.port.until((recorded) => appended(recorded).length >= 2))
    const results = appended(line.port.recorded).slice(0, 2)
    expect(results).toMatchObject(
      runs.map(() => ({ parts: [{ text: '“Stock watch” has a result:' }, { kind: 'data', value: { title: 'Shelves that run low' } }] }))
    )
    expect(new Set(results.map(({ conversation }) => conversation)).size).toBe(2)
    const stop = await flow('stop', hub.flows.stockWatch)
    await all('4 stopping')
    await clock.advance(TICK_MS)
    await all('5 inactive')
    await line.ended(stop)
    for (const run of runs) expect(steps(run)).toEqual(['accept', '1 inactive', '2 starting', '3 scheduled', '4 stopping', '5 inactive'])
  })
})

describe('other ways to run a flow', () => {
  test('by GET: the words stand in the address, the secret does not, and the answer finds its run', async () => {
    const { hub } = await open({ runFlow: { get: [OPENING_HOURS_FLOW] } })
    const run = await line.start('run-flow', { flow: hub.flows.openingHours, params: ['day=Saturday'] })
    await pushed(line.ended(run))
    expect(last(run)).toMatchObject({ did: 'finish', parts: [{ kind: 'data', value: { day: 'saturday', open: '9:00 to 18:00' } }] })
    const [hook] = hub.requests.filter(({ path }) => path.startsWith('/hook'))
    expect(hook).toMatchObject({ method: 'GET', path: expect.stringContaining('?day=Saturday&') })
    expect(hook?.path).not.toContain(line.port.run.replyToken(run))
  })

  test('signed, where the hook wants that', async () => {
    const { hub } = await open({ runFlow: { hmac: { [PRICE_UPDATE_FLOW]: { secret: PRICE_UPDATE_KEY.key } } } })
    const run = await line.start('run-flow', { flow: hub.flows.priceUpdate, params: ['Garden sieve', '12'] })
    await pushed(line.ended(run))
    expect(last(run)).toMatchObject({ did: 'finish', parts: [{ kind: 'data', value: { item: 'Garden sieve', price: 12 } }] })
  })

  test.each([
    ['unsigned', {}],
    ['signed with another key', { [PRICE_UPDATE_FLOW]: { secret: 'another key' } }]
  ])('%s, where the hook wants a signature, is refused', async (_name, hmac) => {
    const { hub } = await open({ runFlow: { hmac } })
    const run = await line.start('run-flow', { flow: hub.flows.priceUpdate, params: ['Garden sieve', '12'] })
    expect(last(run)).toMatchObject({ did: 'fail', reason: 'refused', text: expect.stringContaining('does not allow') })
  })

  test('one that takes long says how far it is, house by house', async () => {
    const { hub } = await open()
    const run = await line.start('run-flow', { flow: hub.flows.greenhouse })
    await pushed(line.ended(run))
    const fractions = line.of(run).flatMap((one) => (one.did === 'progress' ? [one.fraction] : []))
    expect(fractions).toEqual([0, 1, 2, 3, 4, 5].map((house) => house / 6))
    expect(last(run)).toMatchObject({ did: 'finish', parts: [{ kind: 'data', value: { title: 'The greenhouse' } }] })
  })
})

describe('a visitor’s own token', () => {
  test('names an operator, a reader, and nobody', async () => {
    const { hub } = await open({ visitorToken: 'required' })
    const identify = (token: string) => line.connector().identify?.(token)
    expect(await identify(hub.tokenOf('operator'))).toMatchObject({ name: 'operator', roles: ['operator'], expiresInS: 900 })
    expect(await identify(hub.tokenOf('reader'))).toMatchObject({ name: 'reader', roles: [] })
    expect(await identify(hub.tokenOf('admin'))).toMatchObject({ name: 'admin', roles: ['operator', 'ADMIN'] })
    // The gateway acts for its own shop: whoever may control flows in the other one has no say here.
    expect(await identify(hub.tokenOf('other-shop'))).toMatchObject({ name: 'other-shop', roles: [], expiresInS: 900 })
    expect(await identify('a-token-that-nobody-has-ever-seen')).toMatchObject({ code: 'identity.invalid' })
  })
})
