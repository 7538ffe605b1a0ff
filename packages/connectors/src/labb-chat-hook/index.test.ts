import { readFileSync } from 'node:fs'
import { type ConnectorRequest, DeliveryFault } from '@parley/engine'
import { connectorContract, createFakeClock, createFakePort, type FakePort } from '@parley/engine/contracts'
import type { ConversationId, Json } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { signDms } from '../dms/jwt.js'
import { writeClientBody } from './client-body.js'
import { labbChatHook } from './index.js'
import { type LabbChatHookConnector, servesOldClients } from './old-clients.js'

const CONFIG = { url: 'https://dms.example.test/messages', issuer: 'connection-1', secret: 'the secret of this connection' }
const fixture = (name: string): Json => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as Json
const said = fixture('client-text') as Parameters<typeof writeClientBody>[0]
const asText = (body: object): string => writeClientBody({ ...said, ...body })

function create(config: object = {}): LabbChatHookConnector {
  const read = labbChatHook.readConfig({ ...CONFIG, ...config })
  if (!read.ok) throw new Error(`${read.key}: ${read.found}`)
  const connector = labbChatHook.create(read.value)
  if (!servesOldClients(connector)) throw new Error('it serves no old clients')
  return connector
}

connectorContract('labb-chat-hook', () => ({
  connector: create(),
  secrets: [CONFIG.secret],
  fetch: async () => new Response(null, { status: 200 }),
  runs: [],
  paths: ['webhook']
}))

type Asked = { readonly url: string; readonly headers: Headers; readonly body: unknown }
type Bench = {
  readonly connector: LabbChatHookConnector
  readonly port: FakePort
  readonly clock: ReturnType<typeof createFakeClock>
  readonly asked: Asked[]
  answer(next: () => Promise<Response>): void
}

async function open(config: object = {}): Promise<Bench> {
  const clock = createFakeClock()
  const asked: Asked[] = []
  let answer = async (): Promise<Response> => new Response(null, { status: 200 })
  const port = createFakePort({
    clock,
    inbox: 'labb-chat-hook',
    fetch: (url, init) => {
      asked.push({ url, headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) as unknown })
      return answer()
    }
  })
  const connector = create(config)
  await connector.start(port)
  return { connector, port, clock, asked, answer: (next) => void (answer = next) }
}

const ONE = 'conversation-one------' as ConversationId
const TWO = 'conversation-two------' as ConversationId
const holder = (conversation: ConversationId, hear: (body: Json) => void = () => {}) => ({ conversation, hear })

async function webhook({ clock }: Bench, body: unknown): Promise<ConnectorRequest> {
  const token = await signDms({ issuer: CONFIG.issuer, secret: CONFIG.secret, now: clock.now() })
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  return { door: 'hooks', method: 'POST', path: 'webhook', query: {}, headers: { authorization: `Bearer ${token}` }, cookies: {}, body: bytes }
}
const fault = async (delivering: Promise<void>) => {
  const thrown = await delivering.then(
    () => null,
    (reason: unknown) => reason
  )
  return thrown instanceof DeliveryFault ? { retry: thrown.retry, message: thrown.message } : thrown
}

describe('the configuration', () => {
  test.each([
    [{ url: undefined }, 'url', 'nothing'],
    [{ url: 'ftp://x.example' }, 'url', '"ftp://x.example"'],
    [{ issuer: 'two words' }, 'issuer', '"two words"'],
    [{ secret: '' }, 'secret', 'a text of 0 characters'],
    [{ secret: 7 }, 'secret', 'a number'],
    [{ trustCustomerId: '1' }, 'trustCustomerId', '"1"'],
    [{ webhookAuth: 'off' }, 'webhookAuth', '"off"'],
    [{ other: 1 }, 'other', 'an unknown key']
  ])('%j is refused by its key', (wrong, key, found) => {
    expect(labbChatHook.readConfig({ ...CONFIG, ...wrong })).toMatchObject({ ok: false, key, found, wanted: expect.stringMatching(/./) as string })
  })
})

describe('what an old client said', () => {
  test('leaves as it came, with a token of its own for each request', async () => {
    const bench = await open()
    await bench.connector.deliver(bench.port.say(asText({}), { conversation: ONE }))
    await bench.connector.deliver(bench.port.say(asText({ postback: 'p' }), { conversation: ONE }))
    expect(bench.asked.map(({ url, body }) => [url, body])).toEqual([
      [CONFIG.url, said],
      [CONFIG.url, { ...said, postback: 'p' }]
    ])
    expect(bench.asked[0]?.headers.get('connection_id')).toBe('connection-1')
  })

  test('without a number leaves under one that is made of the conversation: the same always, another for another', async () => {
    const [bench, later] = [await open(), await open()]
    for (const { connector, port } of [bench, later]) {
      for (const conversation of [ONE, TWO]) await connector.deliver(port.say(asText({ customer_id: '' }), { conversation }))
    }
    const idsOf = ({ asked }: Bench) => asked.map(({ body }) => (body as { readonly customer_id: string }).customer_id)
    expect(idsOf(bench)).toEqual(idsOf(later))
    expect(new Set(idsOf(bench)).size).toBe(2)
  })

  test('that came into the inbox by another way is not passed on, and answered with a word', async () => {
    const bench = await open()
    await bench.connector.deliver(bench.port.say('just words'))
    expect(bench.port.recorded).toMatchObject([{ did: 'append', parts: [{ kind: 'text', text: 'Only clients of a Labb Chat Hook are answered here.' }] }])
    expect(bench.asked).toEqual([])
  })

  test.each([
    [503, 1, true, 'The chat service could not be reached, so this message was not delivered. Please send it again later.'],
    [429, 12, true, 'The chat service could not be reached, so this message was not delivered. Please send it again later.'],
    [503, 13, false, 'The chat service could not be reached, so this message was not delivered. Please send it again later.'],
    [400, 1, false, 'The chat service refused this message (status 400), so it was not delivered.']
  ])('and is answered %i at attempt %i: again is %s', async (status, attempt, retry, message) => {
    const bench = await open()
    bench.answer(async () => new Response(null, { status }))
    expect(await fault(bench.connector.deliver({ ...bench.port.say(asText({})), attempt }))).toEqual({ retry, message })
  })

  test('and is older than ten minutes is given up, however long DMS asks to wait', async () => {
    const bench = await open()
    bench.answer(async () => new Response(null, { status: 503, headers: { 'retry-after': '600' } }))
    const old = bench.port.say(asText({}))
    expect(await fault(bench.connector.deliver(old))).toMatchObject({ retry: true })
    await bench.clock.advance(600_000)
    expect(await fault(bench.connector.deliver({ ...old, attempt: 2 }))).toMatchObject({ retry: false })
    bench.answer(async () => new Response(null))
    await bench.connector.deliver(bench.port.say(asText({ text: ['next'] })))
    expect(bench.asked.at(-1)?.body).toMatchObject({ text: ['next'] })
  })

  test('is in order with all that its customer says, in whichever conversation; without a number with its conversation', () => {
    const laneOf = (text: string) => create().laneOf?.(createFakePort({ clock: createFakeClock() }).say(text).event)
    const texts = [asText({}), asText({ text: ['more'] }), asText({ customer_id: '5' }), asText({ customer_id: '' }), 'just words']
    expect(texts.map(laneOf)).toEqual([said.customer_id, said.customer_id, '5', null, null])
  })
})

describe('what DMS says', () => {
  test('is recorded as it came in every conversation that uses the number, once, and in none that no longer does', async () => {
    const bench = await open()
    const { connector, port } = bench
    const leave = connector.oldClients.use('4711', holder(ONE))
    connector.oldClients.use('4711', holder(TWO))
    const body = fixture('webhook-menu')
    const twice = [await connector.handleRequest?.(await webhook(bench, body)), await connector.handleRequest?.(await webhook(bench, body))]
    leave()
    leave()
    const next = fixture('webhook-text')
    await connector.handleRequest?.(await webhook(bench, next))
    expect(twice.map((answer) => answer?.status)).toEqual([200, 200])
    const recorded = (conversation: ConversationId, externalId: string, value: Json) => ({
      did: 'append',
      conversation,
      externalId,
      parts: [{ kind: 'data', value }]
    })
    expect(port.recorded).toEqual([recorded(ONE, 'dms:7f3d', body), recorded(TWO, 'dms:7f3d', body), recorded(TWO, 'dms:7f3c', next)])
  })

  test('is nobody’s when the number is used by nobody, and somebody types only to those who are there', async () => {
    const bench = await open()
    const { connector } = bench
    const typing = { type: 'typing_indicator', customer_id: 4711 }
    const status = async (body: unknown) => (await connector.handleRequest?.(await webhook(bench, body)))?.status
    expect([await status(typing), await status(fixture('webhook-text'))]).toEqual([404, 404])
    const heard: Json[] = []
    connector.oldClients.use(
      '4711',
      holder(ONE, (body) => heard.push(body))
    )
    expect([await status(typing), heard, bench.port.recorded]).toEqual([200, [typing], []])
  })

  test.each([[''], [' '], [null]])('with %j for an id has none: each is another one', async (message_id) => {
    const bench = await open()
    bench.connector.oldClients.use('4711', holder(ONE))
    for (const words of ['one', 'two']) {
      const body = { type: 'text', customer_id: '4711', message_id, text: words }
      expect((await bench.connector.handleRequest?.(await webhook(bench, body)))?.status).toBe(200)
    }
    const ids = bench.port.recorded.map((one) => one.did === 'append' && one.externalId)
    expect([ids.length, new Set(ids).size]).toEqual([2, 2])
  })

  test('without a token that holds is refused, and told to the log once a minute', async () => {
    const bench = await open()
    bench.connector.oldClients.use('4711', holder(ONE))
    const forged = { ...(await webhook(bench, fixture('webhook-text'))), headers: { authorization: 'Bearer a.b.c' } }
    const statuses: unknown[] = []
    for (const ms of [0, 59_000, 1_000]) {
      await bench.clock.advance(ms)
      statuses.push((await bench.connector.handleRequest?.(forged))?.status)
    }
    expect([statuses, bench.port.recorded, bench.port.logged.map(({ level }) => level)]).toEqual([[403, 403, 403], [], ['warn', 'warn']])
  })

  test('may not begin before the connector has', () => {
    expect(() => create().oldClients.use('1', holder(ONE))).toThrow('not started')
  })
})

describe('that an old client types', () => {
  const typing = { type: 'typing_indicator', customer_id: '4711' }

  test('is told once in 3 s for each customer, in however many conversations, and of nobody who is not there', async () => {
    const bench = await open()
    for (const conversation of [ONE, TWO]) bench.connector.oldClients.use('4711', holder(conversation))
    const types = async (conversation: ConversationId): Promise<void> => void (await bench.connector.typing?.(bench.port.typingOf({ conversation })))
    for (const conversation of [ONE, TWO, 'conversation-three----' as ConversationId]) await types(conversation)
    await bench.clock.advance(2_999)
    await types(TWO)
    expect(bench.asked.map(({ body }) => body)).toEqual([typing])
    await bench.clock.advance(1)
    await types(TWO)
    expect(bench.asked.map(({ body }) => body)).toEqual([typing, typing])
  })

  test('is not told while DMS has not answered the last time', async () => {
    const bench = await open()
    bench.connector.oldClients.use('4711', holder(ONE))
    let answer = (): void => {}
    bench.answer(() => new Promise((resolve) => (answer = () => resolve(new Response(null)))))
    const types = (): Promise<void> => Promise.resolve(bench.connector.typing?.(bench.port.typingOf({ conversation: ONE })))
    const first = types()
    await expect.poll(() => bench.asked.length).toBe(1)
    await bench.clock.advance(10_000)
    await types()
    expect(bench.asked.length).toBe(1)
    answer()
    await first
    const last = types()
    await expect.poll(() => bench.asked.length).toBe(2)
    answer()
    await last
  })
})
