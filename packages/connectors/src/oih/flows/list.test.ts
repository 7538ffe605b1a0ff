import { describe, expect, test } from 'vitest'
import { begin, FLOWS, jsonAnswer, TOKEN } from '../fixtures/bench.js'
import { errorsAnswer, hang, refusedConnection } from '../fixtures/fake-hub.js'
import { act, of, openFlowBench, STOCK, WATCH } from '../fixtures/flow-bench.js'

const start = (flow: string) => ({ label: 'Start', command: 'flow', args: { action: 'start', flow } })
const stop = (flow: string) => ({ label: 'Stop', command: 'flow', args: { action: 'stop', flow } })
const watch = (flow: string) => ({ label: 'Watch', command: 'flow', args: { action: 'watch', flow } })
const run = (flow: string) => ({ label: 'Run', command: 'run-flow', args: { flow } })
const id = (number: number): string => number.toString(16).padStart(24, '0')
const titles = (recorded: readonly unknown[]): readonly string[] =>
  ((recorded.at(-1) as { readonly parts: readonly { readonly cards: readonly { readonly title: string }[] }[] }).parts[0]?.cards ?? []).map(
    ({ title }) => title
  )

describe('/flows', () => {
  test('shows a card for each flow, with what can be done to it as it stands', async () => {
    const bench = await openFlowBench()
    bench.hub.set({ id: FLOWS.report, name: 'Allotments', status: 'active', description: 'Who digs\n where', accepts: true })
    bench.hub.set({ id: FLOWS.profile, name: 'Bees', status: 'starting' })
    bench.hub.set({ id: WATCH, name: 'Watch', status: 'active', cron: '* * * * *' })
    const listed = await begin(bench, 'flows')
    expect(of(bench, listed)).toEqual([
      {
        did: 'finish',
        parts: [
          {
            kind: 'cards',
            layout: 'list',
            text: 'Flows at Demo Hub',
            cards: [
              {
                title: 'Allotments',
                text: 'Who digs where',
                status: { text: 'active', tone: 'good' },
                actions: [run(FLOWS.report), stop(FLOWS.report), watch(FLOWS.report)]
              },
              { title: 'Bees', status: { text: 'starting', tone: 'busy' }, actions: [watch(FLOWS.profile)] },
              { title: 'Stock report', status: { text: 'inactive', tone: 'neutral' }, actions: [start(STOCK), watch(STOCK)] },
              { title: 'Watch', text: 'Scheduled: * * * * *', status: { text: 'active, scheduled', tone: 'good' }, actions: [stop(WATCH), watch(WATCH)] }
            ]
          }
        ]
      }
    ])
    expect(bench.hub.asked).toEqual(['GET /flows?page%5Bsize%5D=10&page%5Bnumber%5D=1&sort=name'])
    expect(bench.hub.tokens).toEqual([`Bearer ${TOKEN}`])
  })

  test('is paged, ten at a time, with what was searched for', async () => {
    const bench = await openFlowBench()
    for (let number = 1; number <= 21; number++) bench.hub.set({ id: id(number), name: `Flow ${String(number).padStart(2, '0')}`, status: 'inactive' })
    const pages = [1, 2, 3, 4].map((page) => begin(bench, 'flows', { search: 'Flow', page }))
    const shown = await Promise.all(pages)
    const more = (page: number) => ({ label: 'More', command: 'flows', args: { search: 'Flow', page } })
    const earlier = (page: number) => ({ label: 'Earlier', command: 'flows', args: { search: 'Flow', page } })
    expect(shown.map((one) => (of(bench, one).at(-1) as { parts: readonly [{ text: string; actions?: unknown }] }).parts[0])).toMatchObject([
      { kind: 'cards', text: 'Flows with “Flow” at Demo Hub, page 1', actions: [more(2)] },
      { kind: 'cards', text: 'Flows with “Flow” at Demo Hub, page 2', actions: [earlier(1), more(3)] },
      { kind: 'cards', text: 'Flows with “Flow” at Demo Hub, page 3', actions: [earlier(2)] },
      { kind: 'text', text: 'There are no more flows with “Flow” at Demo Hub.' }
    ])
    expect(titles(of(bench, shown[2] ?? listedNowhere()))).toEqual(['Flow 21'])
  })

  test('shows only what runFlow.allow has, and asks for nothing else', async () => {
    const gone = id(7)
    const bench = await openFlowBench({ runFlow: { allow: [WATCH.toUpperCase(), STOCK, gone] } })
    bench.hub.set({ id: WATCH, name: 'A watch', status: 'active', cron: '* * * * *' })
    bench.hub.set({ id: FLOWS.profile, name: 'Secret', status: 'active' })
    expect(titles(of(bench, await begin(bench, 'flows')))).toEqual(['A watch', 'Stock report'])
    expect(titles(of(bench, await begin(bench, 'flows', { search: 'REPORT' })))).toEqual(['Stock report'])
    expect(new Set(bench.hub.asked)).toEqual(new Set([`GET /flows/${WATCH}`, `GET /flows/${STOCK}`, `GET /flows/${gone}`]))
  })

  test.each([
    ['none, as 200', async () => jsonAnswer(200, { data: [], meta: { total: 0 } })],
    ['none, as 404', async () => errorsAnswer(404, 'No flows found')]
  ])('with %s says so', async (_name, answer) => {
    const bench = await openFlowBench()
    bench.hub.next('GET', answer)
    const listed = await begin(bench, 'flows', { search: 'x' })
    expect(of(bench, listed)).toEqual([{ did: 'finish', parts: [{ kind: 'text', text: 'There are no flows with “x” at Demo Hub.' }] }])
  })

  test('leaves out what is no flow that it can read, and takes ids as the database writes them', async () => {
    const bench = await openFlowBench()
    const flow = { _id: FLOWS.report.toUpperCase(), name: '', status: 'active', cron: null, description: null, graph: { nodes: [] } }
    bench.hub.next('GET', async () => jsonAnswer(200, { data: [null, 7, { id: 'x', status: 'active' }, { ...flow, status: 'dreaming' }, flow] }))
    const listed = await begin(bench, 'flows')
    expect(titles(of(bench, listed))).toEqual([FLOWS.report])
  })

  test.each<[string, () => Promise<Response>, string, true | undefined]>([
    ['HTML', async () => new Response('<h1>hello</h1>'), 'gave no answer that can be used', true],
    ['an object where a list is wanted', async () => jsonAnswer(200, { data: {} }), 'gave no answer that can be used', true],
    ['nothing but what is no flow', async () => jsonAnswer(200, { data: [{ name: 'x' }] }), 'gave no answer that can be used', true],
    ['far too much', async () => new Response(`{"data":["${'x'.repeat(4_000_001)}"]}`), 'gave no answer that can be used', true],
    ['500', async () => errorsAnswer(500, 'oh'), 'gave no answer that can be used', true],
    ['no connection', refusedConnection, 'cannot be reached', true],
    ['429', async () => jsonAnswer(429, {}), 'too much to do', true],
    ['403', async () => errorsAnswer(403, 'MISSING_PERMISSION'), 'needs the permission flows.read at Demo Hub', undefined],
    ['403 as IAM writes it', async () => jsonAnswer(403, { message: 'MISSING_PERMISSION' }), 'needs the permission flows.read at Demo Hub', undefined],
    ['400 with a text', async () => jsonAnswer(400, { errors: 'Invalid sort parameter' }), '(400: Invalid sort parameter)', undefined]
  ])('at a repository that answers %s ends with one sentence', async (_name, answer, sentence, again) => {
    const bench = await openFlowBench()
    bench.hub.next('GET', answer)
    const listed = await begin(bench, 'flows')
    expect(of(bench, listed)).toEqual([{ did: 'fail', reason: 'refused', text: expect.stringContaining(sentence), ...(again ? { again } : {}) }])
    expect(JSON.stringify(of(bench, listed))).toContain(`(run ${listed}).`)
  })

  test('at a repository that never answers ends after postTimeoutMs', async () => {
    const bench = await openFlowBench({ postTimeoutMs: 3_000 })
    bench.hub.always('GET', () => hang(null))
    const delivery = bench.port.startRun('flows', {})
    const settled = bench.connector.deliver(delivery)
    await bench.clock.advance(3_000)
    await settled
    expect(of(bench, delivery.run)).toMatchObject([{ did: 'fail', text: expect.stringContaining('gave no answer') }])
  })

  test('at a repository that takes neither the token nor its renewal says that, after one attempt each', async () => {
    const bench = await openFlowBench()
    bench.hub.always('GET /flows', async () => errorsAnswer(401, 'Token invalid'))
    const listed = await begin(bench, 'flows')
    expect(of(bench, listed)).toMatchObject([{ did: 'fail', text: expect.stringContaining("does not accept this chat's own sign-in") }])
    expect(bench.hub.asked.map((one) => one.replace(/\?.*/, ''))).toEqual(['GET /flows', 'GET /api/v1/tokens/refresh', 'GET /flows'])
  })

  test.each([0, -1, 1.5, 1e9])('has no page %s', async (page) => {
    const bench = await openFlowBench()
    const listed = await begin(bench, 'flows', { page })
    expect(of(bench, listed)).toMatchObject([{ did: 'fail', text: expect.stringContaining('There is no page') }])
    expect(bench.hub.asked).toEqual([])
  })
})

describe('/flow status', () => {
  test.each([
    [
      { status: 'active', accepts: true },
      { text: 'active and takes calls', tone: 'good' }
    ],
    [
      { status: 'active', accepts: false },
      { text: 'active, not yet taking calls', tone: 'busy' }
    ],
    [{ status: 'stopping' }, { text: 'stopping', tone: 'busy' }],
    [{ status: 'inactive' }, { text: 'inactive', tone: 'neutral' }],
    [
      { status: 'active', cron: '0 4 * * *' },
      { text: 'active, scheduled', tone: 'good' }
    ]
  ])('of %j shows a card that says so', async (flow, status) => {
    const bench = await openFlowBench({}, flow)
    const asked = await act(bench, 'status')
    expect(of(bench, asked)).toMatchObject([{ did: 'finish', parts: [{ kind: 'cards', cards: [{ title: 'Stock report', status }] }] }])
  })

  test('whose hook cannot be reached says that it takes no calls', async () => {
    const bench = await openFlowBench({}, { status: 'active', accepts: true })
    bench.hub.next('HEAD', refusedConnection)
    const asked = await act(bench, 'status')
    expect(of(bench, asked)).toMatchObject([{ did: 'finish', parts: [{ cards: [{ status: { text: 'active, not yet taking calls' } }] }] }])
  })

  test('sends no token along where none is wanted', async () => {
    const bench = await openFlowBench({}, { status: 'active' })
    await act(bench, 'status')
    expect(bench.hub.tokens).toEqual([`Bearer ${TOKEN}`, null])
  })
})

test('the commands are there with a repository only, and start and stop are for operators', async () => {
  const without = await openFlowBench({ flowsUrl: null })
  const bench = await openFlowBench({ operatorRoles: ['gardener'] })
  expect(without.connector.commands.map(({ name }) => name)).toEqual(['run-flow', 'auth', 'me'])
  expect(bench.connector.commands.map(({ name }) => name)).toEqual(['run-flow', 'flows', 'flow', 'auth', 'me'])
  expect(bench.connector.commands[2]).toMatchObject({
    timeoutMs: 86_520_000,
    args: [
      { name: 'action', choices: ['status', 'watch', 'start', 'stop'], choiceRoles: { start: ['gardener'], stop: ['gardener'] } },
      { name: 'flow', completes: true }
    ]
  })
})

function listedNowhere(): never {
  throw new Error('a page is missing')
}
