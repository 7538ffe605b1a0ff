import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AskInit, type Bench, openBench } from './testing.js'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.hub.stop())

const REFUSED = [403, { error: 'Unauthorized' }] as const
const TAKEN = [200, { data: { requestId: 'run-1', message: 'thank you' } }] as const
const post = (flow: string, init: AskInit = {}) => bench.ask(`/hook/${flow}`, { body: '{}', ...init, headers: { 'x-request-id': 'run-1', ...init.headers } })
const basic = (username: string, password: string) => ({ authorization: `Basic ${btoa(`${username}:${password}`)}` })

describe('a hook that asks who calls', () => {
  test('opens for a permission and a flow of one’s own, and for nobody else', async () => {
    const { report } = bench.hub.flows
    expect(await post(report, { as: 'chat-gateway' })).toEqual(TAKEN)
    expect(await post(report, { headers: basic('chat-gateway', 'chat-gateway-password') })).toEqual(TAKEN)
    expect(await post(report)).toEqual(REFUSED)
    expect(await post(report, { as: 'reader' })).toEqual(REFUSED)
    expect(await post(report, { as: 'other-shop' })).toEqual(REFUSED)
    expect(await post(report, { headers: basic('chat-gateway', 'wrong') })).toEqual(REFUSED)
    expect(await post(report, { headers: { authorization: 'Digest x' } })).toEqual(REFUSED)
    bench.hub.expireTokens()
    expect(await post(report, { headers: { authorization: `Bearer ${bench.hub.token}` } })).toEqual(REFUSED)
  })

  test('with an HMAC opens for the right one over the body as it came; a token does not help', async () => {
    const { priceUpdate } = bench.hub.flows
    const body = '{ "item": "Garden sieve", "price": 12 }'
    const sign = (text: string, key = bench.hub.hmacSecret) => ({ 'x-hmac': createHmac('sha256', key).update(text).digest('base64') })
    expect(await post(priceUpdate, { body, headers: sign(body) })).toEqual(TAKEN)
    expect(await post(priceUpdate, { body, headers: sign(JSON.stringify(JSON.parse(body))) })).toEqual(REFUSED)
    expect(await post(priceUpdate, { body, headers: sign(body, 'another key') })).toEqual(REFUSED)
    expect(await post(priceUpdate, { body, as: 'chat-gateway', headers: { 'x-hmac': '' } })).toEqual(REFUSED)
    expect(await post(priceUpdate, { body, as: 'admin' })).toEqual(REFUSED)
    expect(bench.newEvents()).toEqual(['flow.execute webhooks'])
  })

  test('has the secret service judge an HMAC for whoever asks', async () => {
    const path = '/api/v1/secrets/5f8d0c2be4a1b2001c3d4e62/validateHmac'
    const signed = { hmacAlgo: 'sha512', rawBody: 'a', hmacValue: createHmac('sha512', bench.hub.hmacSecret).update('a').digest('base64') }
    expect(await bench.ask(path, { as: 'chat-gateway', body: signed })).toEqual([200, { data: true }])
    expect(await bench.ask(path, { as: 'chat-gateway', body: { ...signed, rawBody: 'b' } })).toEqual([200, { data: false }])
    expect(await bench.ask(path, { as: 'chat-gateway', body: { ...signed, hmacAlgo: 'none' } })).toEqual([200, { data: false }])
    expect(await bench.ask(path, { body: signed })).toEqual([401, { message: 'INVALID_TOKEN' }])
  })

  test('is not asked for GET: the original looks at nobody there', async () => {
    expect(await bench.ask(`/hook/${bench.hub.flows.report}`, { headers: { 'x-request-id': 'run-1' } })).toEqual(TAKEN)
  })
})

test('GET makes data of the query, and the first step hands the reply’s secret on from the headers', async () => {
  const replyUrl = `${bench.hub.url}/healthcheck`
  const query = new URLSearchParams([
    ['params', 'Sunday'],
    ['params', 'now'],
    ['correlation[runId]', 'run-1'],
    ['correlation[replyUrl]', replyUrl]
  ])
  const path = `/hook/${bench.hub.flows.openingHours}?${query}`
  expect(await bench.ask(path, { headers: { 'x-request-id': 'run-1', 'x-parley-reply-token': 'reply-secret' } })).toEqual(TAKEN)
  await bench.clock.advance(5_000)
  await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(1))
  const correlation = { runId: 'run-1', replyUrl, replyToken: 'reply-secret' }
  expect(bench.hub.callbacks.map(({ url, body, status }) => [url, JSON.parse(body), status])).toEqual([
    [replyUrl, { title: 'Opening hours', day: 'sunday', open: 'closed', correlation }, 404]
  ])
  expect(bench.hub.requests.at(-1)?.headers).toMatchObject({ 'x-parley-reply-token': 'reply-secret' })
  expect(bench.hub.events[0]?.payload).toMatchObject({
    msg: { data: { params: ['Sunday', 'now'], correlation: { runId: 'run-1', replyUrl } }, headers: { 'x-parley-reply-token': '***' } }
  })
  expect(JSON.stringify(bench.hub.events)).not.toContain('reply-secret')
})

test('the count of the greenhouse says how far it is, with the run’s secret, until it is done', async () => {
  const correlation = { runId: 'run-1', replyUrl: `${bench.hub.url}/healthcheck`, replyToken: 'reply-secret' }
  await post(bench.hub.flows.greenhouse, { as: 'chat-gateway', body: { correlation } })
  for (let posted = 0; posted < 7; posted++) {
    await bench.clock.advance(1_000)
    await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(Math.min(posted + 1, 6)))
  }
  await bench.clock.advance(1_000)
  await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(7))
  const bodies = bench.hub.callbacks.map(({ body }) => JSON.parse(body))
  expect(bodies.slice(0, 6)).toEqual(
    ['tomatoes', 'herbs', 'ferns', 'cacti', 'seedlings', 'citrus'].map((house, index) => ({
      correlation,
      progress: { step: `house-${index + 1}`, fraction: index / 6, text: `Counting ${house}` }
    }))
  )
  expect(bodies[6]).toMatchObject({ correlation, title: 'The greenhouse', rows: expect.arrayContaining([{ house: 'Herbs', plants: 77 }]) })
  const tokens = bench.hub.requests.filter(({ path }) => path === '/healthcheck').map(({ headers }) => headers['x-parley-reply-token'])
  expect(tokens).toEqual(Array(7).fill('reply-secret'))
})

test('a price is taken for what there is, and refused in words for what there is not', async () => {
  const answerTo = async (params: readonly string[]): Promise<unknown> => {
    const body = JSON.stringify({ params, correlation: { replyUrl: `${bench.hub.url}/healthcheck` } })
    const before = bench.hub.callbacks.length
    await post(bench.hub.flows.priceUpdate, { body, headers: { 'x-hmac': createHmac('sha256', bench.hub.hmacSecret).update(body).digest('base64') } })
    await bench.clock.advance(2_000)
    await vi.waitFor(() => expect(bench.hub.callbacks).toHaveLength(before + 1))
    const { correlation: _, ...said } = JSON.parse(bench.hub.callbacks.at(-1)?.body ?? '')
    return said
  }
  expect(await answerTo(['garden sieve', '12.5'])).toEqual({ title: 'Price update', item: 'garden sieve', price: 12.5 })
  expect(await answerTo(['Moon dust', '1'])).toEqual({ error: 'There is no "Moon dust" in the shop.' })
  expect(await answerTo(['Garden sieve', 'free'])).toEqual({ error: 'The price is to be a number above 0.' })
})
