import { describe, expect, test } from 'vitest'
import type { ConnectorRequest } from '@parley/engine'
import { bodyOf, requestOf } from '../fixtures/bench.js'
import { act, type FlowBench, openFlowBench, STOCK } from '../fixtures/flow-bench.js'

const RESULTS_TOKEN = 'results-token-of-32-characters-or-more'
const open = (over = {}): Promise<FlowBench> => openFlowBench({ resultsToken: RESULTS_TOKEN, ...over })
const resultRequest = (body: unknown, over: Partial<ConnectorRequest> = {}): ConnectorRequest =>
  requestOf({ path: `flows/${STOCK}`, headers: { 'x-parley-reply-token': RESULTS_TOKEN }, body: bodyOf(body), ...over })
const appended = (bench: FlowBench) => bench.port.recorded.flatMap((one) => (one.did === 'append' ? [one] : []))
const heading = { kind: 'text', text: '“Stock report” has a result:' }

describe('a result that nobody asked for', () => {
  test('is shown in every chat that watches the flow, once in each, under the name of the flow', async () => {
    const bench = await open()
    const runs = [await act(bench, 'watch'), await act(bench, 'watch', STOCK, 'visitor-two')]
    const body = { id: 'run-1', result: { low: 3 } }
    const answers = [await bench.ask(resultRequest(body)), await bench.ask(resultRequest(body))]
    expect(answers).toMatchObject([
      { status: 200, body: 'OK' },
      { status: 200, body: 'OK' }
    ])
    const conversations = await Promise.all(runs.map(async (run) => (await bench.port.run.find(run))?.conversation))
    expect(appended(bench).map(({ conversation, parts }) => ({ conversation, parts }))).toEqual(
      conversations.map((conversation) => ({ conversation, parts: [heading, { kind: 'data', value: { low: 3 } }] }))
    )
    expect(new Set(appended(bench).map(({ externalId }) => externalId)).size).toBe(2)
  })

  test('with another id is another result', async () => {
    const bench = await open()
    await act(bench, 'watch')
    for (const id of ['1', '2', 2, '1']) await bench.ask(resultRequest({ id, result: 'ok' }))
    expect(appended(bench)).toHaveLength(2)
  })

  test('without an id is a repeat within the same minute, and news in the next', async () => {
    const bench = await open()
    await act(bench, 'watch')
    for (const body of ['all fine', 'all fine', 'not so fine']) await bench.ask(resultRequest({ result: body }))
    await bench.clock.advance(60_000)
    await bench.ask(resultRequest({ result: 'all fine' }))
    expect(appended(bench).map(({ parts }) => parts[1])).toEqual(['all fine', 'not so fine', 'all fine'].map((text) => ({ kind: 'text', text })))
  })

  test('whose own fields hold an id keeps it, and is not taken for a repeat of another', async () => {
    const bench = await open()
    await act(bench, 'watch')
    await bench.ask(resultRequest({ id: 'A-04', stock: 1 }))
    await bench.ask(resultRequest({ id: 'A-04', stock: 2 }))
    expect(appended(bench).map(({ parts }) => parts[1])).toEqual([1, 2].map((stock) => ({ kind: 'data', value: { id: 'A-04', stock } })))
  })

  test.each([
    [{ error: 'The warehouse is closed.' }, '“Stock report” reports a fault: The warehouse is closed.'],
    [{ error: { code: 'X', message: 'No' }, id: '7' }, '“Stock report” reports a fault: No'],
    [{ progress: { text: 'Half of it', fraction: 0.5 } }, '“Stock report”: Half of it']
  ])('%j is told in words', async (body, text) => {
    const bench = await open()
    await act(bench, 'watch')
    await bench.ask(resultRequest(body))
    expect(appended(bench).map(({ parts }) => parts)).toEqual([[{ kind: 'text', text }]])
  })

  test('is taken, and shown nowhere, where nobody watches any longer', async () => {
    const bench = await open()
    const run = await act(bench, 'watch')
    await bench.port.run.fail(run, { reason: 'cancelled', text: 'Cancelled.' })
    expect((await bench.ask(resultRequest({ result: 1 }))).status).toBe(200)
    expect(appended(bench)).toEqual([])
  })

  test('still comes after a restart of the gateway', async () => {
    const bench = await open()
    await act(bench, 'watch')
    const again = await bench.restart()
    await again.ask(resultRequest({ result: 1 }))
    expect(appended(bench)).toHaveLength(1)
  })
})

describe('the same 404, and nothing shown', () => {
  test.each<[string, Partial<ConnectorRequest>, object]>([
    ['without a token', { headers: {} }, {}],
    ['with a wrong one', { headers: { 'x-parley-reply-token': `${RESULTS_TOKEN}x` } }, {}],
    ['with an empty one', { headers: { 'x-parley-reply-token': '' } }, {}],
    ['with the right one in the address', { headers: {}, query: { token: RESULTS_TOKEN } }, {}],
    ['for a flow that the chat has nothing to do with', {}, { runFlow: { allow: ['58b41f5da9ee9d0018194bf3'] } }],
    ['where results are not set up', {}, { resultsToken: null }],
    ['for what is no id', { path: 'flows/../x' }, {}],
    ['without a token, for what is no JSON', { headers: {}, body: new TextEncoder().encode('{') }, {}]
  ])('%s', async (_name, request, settings) => {
    const bench = await open(settings)
    await act(bench, 'watch')
    const before = bench.port.recorded.length
    expect(await bench.ask(resultRequest({ result: 1 }, request))).toMatchObject({ status: 404, body: 'Not found' })
    expect(bench.port.recorded).toHaveLength(before)
  })

  test('but for what is no POST, or no JSON', async () => {
    const bench = await open()
    expect((await bench.ask(resultRequest({}, { method: 'GET' }))).status).toBe(405)
    expect((await bench.ask(resultRequest({}, { body: new TextEncoder().encode('{') }))).status).toBe(400)
  })
})
