import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CONNECTORS } from '@parley/connectors'
import { type Clock, type Connector, type Delivery, DeliveryFault } from '@parley/engine'
import { createFakePort, type FakePort, type Recording } from '@parley/engine/contracts'
import type { KnownEvent, Part } from '@parley/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { close, urlOf } from '../host/server.js'
import { type PegaDms, type PegaDmsOptions, startPegaDms } from './index.js'

/** The `pega-dms` connector and this platform over loopback: everything but the engine and the browser is real. */

const clock: Clock = {
  now: () => Date.now(),
  setTimer(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  defer: (run) => void setImmediate(run)
}
const PERSON = { subject: '1001', name: 'Alex' }

let platform: PegaDms
let connector: Connector
let port: FakePort
let door: Server
afterEach(async () => {
  await connector.stop()
  await platform.stop()
  await close(door)
})

async function open(options: PegaDmsOptions = {}, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  door = createServer((request, response) => void pass(request, response))
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  platform = await startPegaDms({ stepMs: 2, isBotOn: false, webhook: { url: `${urlOf(door)}/hooks/pega/webhook` }, ...options })
  const module = await CONNECTORS['pega-dms']?.()
  const read = module?.readConfig({ url: platform.messagesUrl, issuer: platform.issuer, secret: platform.secret, ...settings })
  if (!module || !read?.ok) throw new Error('the settings of this test are wrong')
  connector = module.create(read.value)
  port = createFakePort({ clock, inbox: 'pega', publicUrl: urlOf(door) })
  await connector.start(port)
}

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const path = (request.url ?? '').replace('/hooks/pega/', '')
  const answer = await connector.handleRequest?.({
    door: 'hooks',
    method: request.method ?? '',
    path,
    query: {},
    headers,
    cookies: {},
    body: Buffer.concat(pieces)
  })
  response.writeHead(answer?.status ?? 404, answer?.headers).end(answer?.body)
}

const named = { visitor: 'one', person: PERSON }
const say = (text: string, options: Parameters<FakePort['say']>[1] = named) => connector.deliver(port.say(text, options))
const act = (type: KnownEvent['type'], body: unknown) => connector.deliver(port.deliveryOf(type, body as KnownEvent['body'], named))
const faultOf = (delivery: Delivery): Promise<unknown> =>
  connector.deliver(delivery).then(
    () => null,
    (thrown: unknown) => (thrown instanceof DeliveryFault ? { retry: thrown.retry, retryInMs: thrown.retryInMs } : thrown)
  )
const appended = (recorded: readonly Recording[] = port.recorded) => recorded.filter((one) => one.did === 'append')
const partsSeen = (): readonly Part[] => appended().flatMap(({ parts }) => parts)

describe('the bot', () => {
  test('greets, takes the answer to its menu by the payload, and hands over to an agent with a name', async () => {
    await open({ isBotOn: true })
    await say('Hello')
    await vi.waitFor(() => expect(partsSeen().map(({ kind }) => kind)).toEqual(['text', 'choices']))
    expect(partsSeen()[0]).toEqual({ kind: 'text', text: 'Hello Alex, this is the assistant of Larch & Loam.' })
    await act('answer.given', { to: 'm', value: 'opening-hours', label: 'Opening hours' })
    await vi.waitFor(() => expect(partsSeen().map(({ kind }) => kind)).toEqual(['text', 'choices', 'text', 'cards']))
    const cards = partsSeen()[3]
    expect(cards?.kind === 'cards' && cards.cards[0]).toEqual({
      title: 'Hart’s-tongue fern',
      text: 'For a shady corner',
      image: `${platform.url}/pictures/fern.svg`,
      actions: [
        { label: 'How to care for it', value: 'care-fern' },
        { label: 'Open its page', url: `${platform.url}/plants/fern` }
      ]
    })
    expect(port.typed.length).toBeGreaterThan(0)
    await act('answer.given', { to: 'm', value: 'person', label: 'Talk to a person' })
    await vi.waitFor(() => expect(appended().at(-1)?.from).toEqual({ key: 'agent:robin', name: 'Robin', role: 'agent' }))
    expect(platform.received().map(({ postback, text }) => [postback, text])).toEqual([
      [undefined, ['Hello']],
      ['opening-hours', ['Opening hours']],
      ['person', ['Talk to a person']]
    ])
  })
})

describe('an agent', () => {
  test('is understood in everything that there is to send, and ends the conversation', async () => {
    await open()
    await say('Hello')
    const { agent } = platform
    const sent = [
      await agent.say('1001', 'Good morning'),
      await agent.typing('1001'),
      await agent.menu('1001'),
      await agent.carousel('1001'),
      await agent.link('1001'),
      await agent.attachment('1001'),
      await agent.waitTime('1001'),
      await agent.unknown('1001'),
      await agent.end('1001')
    ]
    expect(sent).toEqual(Array(9).fill({ state: 'delivered', status: 200, attempts: 1 }))
    expect(partsSeen().map(({ kind }) => kind)).toEqual(['text', 'choices', 'cards', 'text', 'link', 'text', 'file', 'text', 'text'])
    expect(partsSeen().at(-1)).toEqual({ kind: 'text', text: '…' })
    expect(new Set(appended().flatMap(({ from }) => (from ? [from.key] : [])))).toEqual(new Set(['agent:robin']))
    expect(port.typed).toEqual([{ conversation: appended()[0]?.conversation, forMs: 10_000, from: { key: 'agent:robin', name: 'Robin', role: 'agent' } }])
    expect(port.recorded.at(-1)).toMatchObject({ did: 'close', reason: 'Robin has ended the conversation' })
    expect(await agent.end('1001')).toMatchObject({ state: 'refused', status: 404 })
  })

  test('who answers a nameless visitor reaches that one only, and is told when nobody is there any more', async () => {
    await open()
    await say('One', { visitor: 'one' })
    await say('Two', { visitor: 'two' })
    const [one = '', two = ''] = platform.customers.map(({ id }) => id)
    await platform.agent.say(two, 'For two')
    expect(appended().map(({ conversation }) => conversation)).toEqual([port.say('x', { visitor: 'two' }).conversation])
    await platform.agent.end(two)
    expect(await platform.agent.say(two, 'Still there?')).toMatchObject({ state: 'refused', status: 410 })
    expect(await platform.agent.say(`${one}x`, 'Who are you?')).toMatchObject({ state: 'refused', status: 404 })
  })

  test('whose messages come twice, late or in another order is shown once each', async () => {
    await open()
    await say('Hello')
    await platform.breakWith({ kind: 'double' })
    await platform.breakWith({ kind: 'reordered' })
    await Promise.all(['one', 'two', 'three'].map((text) => platform.agent.say('1001', text)))
    expect(partsSeen().map((part) => part.kind === 'text' && part.text)).toHaveLength(3)
    expect(new Set(appended().map(({ externalId }) => externalId)).size).toBe(3)
  })

  test('is refused under another secret', async () => {
    await open({}, { secret: 'another secret' })
    expect(await platform.agent.say('1001', 'Hello')).toMatchObject({ state: 'refused', status: 403 })
  })

  test('of a side that sends no token is taken in only where the configuration says so', async () => {
    const unsigned = async (settings: object): Promise<unknown> => {
      await open({}, { ...settings })
      await say('Hello')
      const answer = await fetch(`${urlOf(door)}/hooks/pega/webhook`, {
        method: 'POST',
        body: JSON.stringify({ type: 'text', customer_id: '1001', message_id: 'm', text: 'Hi' })
      })
      return answer.status
    }
    expect(await unsigned({ webhookAuth: false })).toBe(200)
    await Promise.all([connector.stop(), platform.stop(), close(door)])
    expect(await unsigned({})).toBe(403)
  })
})

describe('while the platform is broken', () => {
  test.each([
    ['down', { kind: 'down' }, { retry: true, retryInMs: undefined }],
    ['busy', { kind: 'busy', retryAfterS: 7 }, { retry: true, retryInMs: 7_000 }],
    ['failing', { kind: 'failing' }, { retry: true, retryInMs: undefined }],
    ['not listening', { kind: 'unreachable' }, { retry: true, retryInMs: undefined }],
    ['cutting the line', { kind: 'cut' }, { retry: true, retryInMs: undefined }],
    ['refusing the token', { kind: 'unauthorised' }, { retry: false, retryInMs: undefined }],
    ['forbidding', { kind: 'forbidden' }, { retry: false, retryInMs: undefined }]
  ] as const)('by %s a message is kept or given back, and is taken once it is whole again', async (_name, fault, told) => {
    await open()
    const delivery = port.say('Hello', named)
    await platform.breakWith(fault)
    expect(await faultOf(delivery)).toEqual(told)
    expect(platform.received()).toEqual([])
    await platform.mend()
    expect(await faultOf({ ...delivery, attempt: 2 })).toBeNull()
    expect(platform.received().map(({ text }) => text)).toEqual([['Hello']])
  })

  test('a message that was taken before the line broke goes again under its one id', async () => {
    await open()
    const delivery = port.say('Hello', named)
    await platform.breakWith({ kind: 'cut', isTaken: true })
    expect(await faultOf(delivery)).toMatchObject({ retry: true })
    await platform.mend()
    await connector.deliver({ ...delivery, attempt: 2 })
    const ids = platform.received().map(({ message_id }) => message_id)
    expect([ids.length, new Set(ids).size]).toEqual([2, 1])
  })
})
