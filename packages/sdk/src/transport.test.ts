import { type ClientHost, ParleyError } from '@parley/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Chat } from './api.js'
import { createClient } from './client.js'
import type { ClientOptions } from './client-options.js'
import type { TabPlatform } from './tabs/platform.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, seededRandom } from './testing/index.js'

/** A client of a host in memory, which keeps a list of what was asked of it. */
function setUp({ durable = false, ...options }: { readonly durable?: boolean; readonly tabs?: TabPlatform } = {}) {
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock })
  const { openSession, openTransport } = gateway
  let closed = 0
  const host: ClientHost = { name: 'mine', durable, openSession, open: openTransport, close: () => void closed++ }
  const environment = createFakeEnvironment()
  const client = createClient({ transport: host, clock, environment, random: seededRandom(7), ...options })
  return { clock, gateway, client, chat: client.conversation, environment, closed: () => closed }
}

const outcomeOf = (promise: Promise<{ readonly seq: number | null }>): Promise<unknown> =>
  promise.then(
    ({ seq }) => seq,
    (reason: unknown) => (ParleyError.is(reason) ? [reason.code, reason.message] : reason)
  )
const shown = (chat: Chat) =>
  chat.$timeline
    .get()
    .flatMap((item) => (item.kind === 'message' ? [`${item.status} ${item.seq}: ${item.parts.map((part) => ('text' in part ? part.text : '')).join()}`] : []))
const saidOf = ({ gateway }: ReturnType<typeof setUp>) =>
  gateway.events().flatMap((event) => (event.type === 'message.created' ? event.body.parts.map((part) => ('text' in part ? part.text : '')) : []))
const UNKNOWN = ['append.unknown', 'It is not known whether this arrived.']

afterEach(() => vi.unstubAllGlobals())

describe('a client of a host that is not durable', () => {
  test('gets its session and its line from the host, and closes it', async () => {
    const { clock, gateway, client, chat, closed } = setUp()
    const sent = outcomeOf(chat.send('Hello'))
    await clock.advance(0)
    expect([await sent, shown(chat), client.isDurable, chat.$isSaved.get()]).toEqual([1, ['sent 1: Hello'], false, false])
    expect(gateway.received().map(({ name }) => name)).toEqual(['session', 'hello', 'append'])
    expect(gateway.received()[0]).toMatchObject({ payload: { inbox: 'page' } })
    client.close()
    expect([closed(), client.$connection.get().state]).toEqual([1, 'closed'])
  })

  test('keeps nothing in the browser, and meets no other tab', async () => {
    const touched: string[] = []
    const untouchable = (name: string) => new Proxy({}, { get: (_target, key) => touched.push(`${name}.${String(key)}`) })
    for (const name of ['localStorage', 'indexedDB']) vi.stubGlobal(name, untouchable(name))
    const { clock, client, chat } = setUp({ tabs: untouchable('tabs') as TabPlatform })
    const sent = outcomeOf(chat.send('Hello'))
    await clock.advance(0)
    await sent
    client.close()
    expect(touched).toEqual([])
  })

  test('sends what waits when the line is up, and nothing twice that went out: that is shown as failed', async () => {
    const { clock, gateway, chat } = setUp()
    gateway.faults.fate = (name) => (name === 'append' ? 'cut' : 'pass')
    const first = outcomeOf(chat.send('one'))
    await clock.advance(0)
    const second = outcomeOf(chat.send('two'))
    await clock.settle()
    expect([await first, shown(chat)]).toEqual([UNKNOWN, ['failed null: one', 'sending null: two']])
    gateway.faults.fate = () => 'pass'
    await clock.advance(10_000)
    expect([await second, shown(chat)]).toEqual([1, ['sent 1: two', 'failed null: one']])
    const item = chat.$timeline.get().at(-1)
    const again = outcomeOf(chat.retry(item?.key ?? ''))
    await clock.advance(0)
    expect([await again, shown(chat)]).toEqual([2, ['sent 1: two', 'sent 2: one']])
  })

  test('takes the doubt back when the row of such a message comes after all', async () => {
    const { clock, gateway, chat } = setUp()
    gateway.faults.fate = (name) => (name === 'append' ? 'cutAck' : 'pass')
    const sent = outcomeOf(chat.send('one'))
    await clock.advance(0)
    expect(await sent).toEqual(UNKNOWN)
    gateway.faults.fate = () => 'pass'
    await clock.advance(10_000)
    expect(shown(chat)).toEqual(['sent 1: one'])
  })

  test('sends each of several that went out once, whatever became of the line', async () => {
    const world = setUp()
    const { clock, gateway, chat, client } = world
    await Promise.all([client.connect(), clock.advance(0)])
    let count = 0
    gateway.faults.fate = (name) => (name === 'append' && ++count === 3 ? 'cut' : 'pass')
    const sent = ['one', 'two', 'three', 'four', 'five'].map((words) => outcomeOf(chat.send(words)))
    await clock.advance(20_000)
    expect(await Promise.all(sent)).toEqual(Array(5).fill(UNKNOWN))
    // The answers to the first two were lost with the line; their rows are not.
    expect([saidOf(world), shown(chat)]).toEqual([
      ['one', 'two'],
      ['sent 1: one', 'sent 2: two', 'failed null: three', 'failed null: four', 'failed null: five']
    ])
    const six = outcomeOf(chat.send('six'))
    await clock.advance(20_000)
    expect([await six, saidOf(world)]).toEqual([3, ['one', 'two', 'six']])
  })

  test('what was under way when the page was frozen is not sent again, either', async () => {
    const world = setUp()
    const { clock, gateway, chat, client, environment } = world
    await Promise.all([client.connect(), clock.advance(0)])
    gateway.faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    const sent = outcomeOf(chat.send('one'))
    await clock.settle()
    environment.tell('freeze')
    gateway.faults.fate = () => 'pass'
    environment.tell('wake')
    await clock.advance(60_000)
    expect([await sent, saidOf(world), shown(chat)]).toEqual([UNKNOWN, [], ['failed null: one']])
    await chat.discard(chat.$timeline.get()[0]?.key ?? '')
    expect(shown(chat)).toEqual([])
  })
})

test('a client of a durable host sends again by itself', async () => {
  const world = setUp({ durable: true })
  const { clock, gateway, chat, client } = world
  gateway.faults.fate = (name) => (name === 'append' ? 'cut' : 'pass')
  const sent = outcomeOf(chat.send('one'))
  await clock.advance(0)
  gateway.faults.fate = () => 'pass'
  await clock.advance(10_000)
  expect([await sent, client.isDurable, saidOf(world)]).toEqual([1, true, ['one']])
})

const host: ClientHost = {
  name: 'mine',
  durable: false,
  openSession: () => Promise.reject(new Error()),
  open: () => ({ request: () => Promise.reject(new Error()), close() {} }),
  close() {}
}
test.each([
  [{ transport: {} }, '"transport" is {}; wanted is a host, as inPage() makes one.'],
  [{ transport: null }, '"transport" is null; wanted is a host, as inPage() makes one.'],
  [{ transport: host, url: 'https://chat.example.com' }, '"url" is "https://chat.example.com"; wanted is none beside "transport".'],
  [{ transport: host, inbox: '' }, '"inbox" is ""; wanted is the name of an inbox of the gateway.']
])('%j is refused in words', (options, message) => {
  expect(() => createClient(options as unknown as ClientOptions)).toThrow(expect.objectContaining({ code: 'option.invalid', message }))
})
