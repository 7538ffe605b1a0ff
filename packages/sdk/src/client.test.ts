import { ParleyError, type CommandSpec } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.js'
import type { ClientOptions, GatewayOptions } from './client-options.js'
import type { KeyValueStorage } from './storage/visitor-key.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, seededRandom } from './testing/index.js'

const RUN_FLOW: CommandSpec = {
  name: 'run-flow',
  description: 'Runs a flow.',
  args: [{ name: 'flow', type: 'text', required: true, pattern: '[0-9a-f]{24}', wanted: '24 hexadecimal digits are wanted' }]
}

function fakeStorage(entries: Record<string, string> = {}): KeyValueStorage & { readonly entries: Map<string, string> } {
  const map = new Map(Object.entries(entries))
  return {
    entries: map,
    getItem: (name) => map.get(name) ?? null,
    setItem: (name, value) => void map.set(name, value),
    removeItem: (name) => void map.delete(name)
  }
}

function setUp(options: Partial<GatewayOptions> = {}) {
  const clock = createFakeClock()
  const environment = createFakeEnvironment()
  const keys = fakeStorage()
  const gateway = createScriptedGateway({ clock })
  gateway.script.commands = [RUN_FLOW]
  const { openSession, openTransport } = gateway
  const client = createClient({
    url: 'https://chat.example.com/',
    inbox: 'support',
    openSession,
    openTransport,
    clock,
    environment,
    random: seededRandom(7),
    storage: { keys },
    ...options
  })
  const errors: ParleyError[] = []
  client.on('error', (error) => errors.push(error))
  return { clock, environment, keys, gateway, client, chat: client.conversation, errors }
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (reason: unknown) => (ParleyError.is(reason) ? reason.code : reason)
  )

/** Name and what matters of every frame that the gateway got. */
const namesOf = (gateway: ReturnType<typeof setUp>['gateway']) => gateway.received().map(({ name }) => name)

/** The timeline as a reader sees it. */
const shown = (chat: ReturnType<typeof setUp>['chat']) =>
  chat.$timeline.get().map((item) => {
    if (item.kind === 'message') return `${item.status} ${item.seq}: ${item.parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(' ')}`
    if (item.kind === 'command') return `${item.status} ${item.seq}: ${item.line} ${item.run?.status ?? ''}`
    if (item.kind === 'local') return `${item.state}: ${item.line} → ${item.parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(' ')}`
    return `${item.seq}: ${item.kind}`
  })

describe('options', () => {
  test.each([
    [{ url: '/chat', inbox: 'support' }, '"url" is "/chat"; wanted is an absolute address with http: or https:.'],
    [{ url: 'ftp://chat.example.com', inbox: 'support' }, '"url" is "ftp://chat.example.com"; wanted is an absolute address with http: or https:.'],
    [{ url: undefined, inbox: 'support' }, '"url" is undefined; wanted is an absolute address with http: or https:.'],
    [{ url: 'https://chat.example.com', inbox: '' }, '"inbox" is ""; wanted is the name of an inbox of the gateway.']
  ])('%j is refused in words', (options, message) => {
    expect(() => createClient(options as ClientOptions)).toThrow(expect.objectContaining({ code: 'option.invalid', message }))
  })

  test('nothing is asked, stored or sent before it is used', async () => {
    const { clock, gateway, keys, client } = setUp()
    await clock.advance(100_000)
    expect([gateway.received(), [...keys.entries], client.$connection.get()]).toEqual([[], [], { state: 'idle', attempt: 0, retryInMs: null, error: null }])
  })
})

describe('connecting and sending', () => {
  test('connect settles when online, and what was said before is there', async () => {
    const { clock, gateway, client, chat } = setUp()
    gateway.say('Hello!')
    const connected = client.connect()
    await clock.advance(0)
    await connected
    expect(client.$connection.get()).toEqual({ state: 'online', attempt: 0, retryInMs: null, error: null })
    expect(shown(chat)).toEqual(['sent 1: Hello!'])
    expect(namesOf(gateway)).toEqual(['session', 'hello'])
  })

  test('the first send connects by itself, shows the message as pending, and keeps its key when confirmed', async () => {
    const { clock, gateway, chat } = setUp()
    const sent = chat.send('hi')
    await clock.settle()
    const [pending] = chat.$timeline.get()
    expect(pending).toMatchObject({ kind: 'message', status: 'sending', seq: null, at: null, isMine: true })
    await clock.advance(0)
    expect(await sent).toEqual({ seq: 1, at: '2026-01-01T00:00:01.000Z', messageId: pending?.key })
    expect(chat.$timeline.get()).toMatchObject([{ key: pending?.key, seq: 1, status: 'sent', isMine: true }])
    expect(namesOf(gateway)).toEqual(['session', 'hello', 'append'])
  })

  test('the visitor key is kept from the first use on, as open from the first send on, and found again', async () => {
    const first = setUp()
    expect([...first.keys.entries]).toEqual([])
    await Promise.all([first.client.connect(), first.clock.advance(0)])
    const [session] = first.gateway.received()
    const visitorKey = session?.name === 'session' ? session.payload.visitorKey : undefined
    expect(visitorKey).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect([...first.keys.entries]).toEqual([['parley:https://chat.example.com:support', JSON.stringify({ key: visitorKey, open: false })]])
    await Promise.all([first.chat.send('hi'), first.clock.advance(0)])
    expect([...first.keys.entries]).toEqual([['parley:https://chat.example.com:support', JSON.stringify({ key: visitorKey, open: true })]])
    const second = setUp({ storage: { keys: first.keys }, random: seededRandom(8) })
    await Promise.all([second.client.connect(), second.clock.advance(0)])
    expect(second.gateway.received()[0]).toEqual({ name: 'session', payload: { inbox: 'support', visitorKey } })
  })

  test('the flag is taken back when the conversation is closed', async () => {
    const { clock, gateway, keys, chat } = setUp()
    await Promise.all([chat.send('hi'), clock.advance(0)])
    gateway.record('conversation.closed', { reason: 'done' })
    await clock.advance(0)
    expect(chat.$status.get()).toBe('closed')
    expect(JSON.parse([...keys.entries.values()][0] ?? '')).toMatchObject({ open: false })
  })

  test('the flag is taken back on a page that only found the conversation, too', async () => {
    const first = setUp()
    await Promise.all([first.chat.send('hi'), first.clock.advance(0)])
    const second = setUp({ storage: { keys: first.keys }, random: seededRandom(8) })
    await Promise.all([second.client.connect(), second.clock.advance(0)])
    expect(JSON.parse([...first.keys.entries.values()][0] ?? '')).toMatchObject({ open: true })
    second.gateway.record('conversation.closed', { reason: 'done' })
    await second.clock.advance(0)
    expect(JSON.parse([...first.keys.entries.values()][0] ?? '')).toMatchObject({ open: false })
  })

  test('a blocked storage is no fault', async () => {
    const blocked = () => {
      throw new Error('blocked')
    }
    const { clock, chat, errors } = setUp({ storage: { keys: { getItem: blocked, setItem: blocked, removeItem: blocked } } })
    const [sent] = await Promise.all([chat.send('hi'), clock.advance(0)])
    expect([sent.seq, errors]).toEqual([1, []])
  })
})

describe('what is wrong is refused before anything is stored or sent', () => {
  test.each([
    ['', 'append.invalid'],
    ['   ', 'append.invalid'],
    ['x'.repeat(40_000), 'append.tooLarge'],
    ['half a \uD800 character', 'append.invalid'],
    ['/nothing', 'command.unknown'],
    ['/run-flow ../flows/1', 'command.invalid'],
    ['/run-flow', 'command.invalid'],
    [`/run-flow ${'x'.repeat(5_000)}`, 'command.invalid']
  ])('%j', async (line, code) => {
    const { clock, gateway, client, chat, keys } = setUp()
    await Promise.all([client.connect(), clock.advance(0)])
    const stored = [...keys.entries]
    expect(await codeOf(chat.send(line))).toBe(code)
    await clock.advance(60_000)
    expect([namesOf(gateway), chat.$timeline.get(), [...keys.entries]]).toEqual([['session', 'hello'], [], stored])
    expect(stored).toEqual([[expect.any(String), expect.stringContaining('"open":false')]])
  })

  test('a command is looked up once the gateway has said what it offers', async () => {
    const { clock, gateway, chat } = setUp()
    const [sent] = await Promise.all([chat.send('/run-flow 58b41f5da9ee9d0018194bf3'), clock.advance(0)])
    expect(sent.seq).toBe(1)
    expect(gateway.events()).toMatchObject([{ type: 'run.started', body: { command: 'run-flow', args: { flow: '58b41f5da9ee9d0018194bf3' } } }])
  })

  test('a slash that is doubled is text', async () => {
    const { clock, chat } = setUp()
    await Promise.all([chat.send('//nothing'), clock.advance(0)])
    expect(shown(chat)).toEqual(['sent 1: /nothing'])
  })
})

describe('runs', () => {
  test('a command, its progress and its result each have their place', async () => {
    const { clock, gateway, chat } = setUp()
    await Promise.all([chat.run('run-flow', { flow: '58b41f5da9ee9d0018194bf3' }), clock.advance(0)])
    const started = gateway.events()[0]
    if (started?.type !== 'run.started') throw new Error('no run')
    const { run } = started.body
    gateway.record('run.progressed', { run, state: 'accepted' })
    gateway.say('While you wait …')
    await clock.advance(0)
    expect(shown(chat)).toEqual(['sent 1: /run-flow 58b41f5da9ee9d0018194bf3 accepted', 'sent 3: While you wait …'])
    gateway.record('run.failed', { run, reason: 'timedOut', text: 'No answer.', again: true })
    await clock.advance(0)
    expect(chat.$timeline.get()[2]).toMatchObject({
      kind: 'result',
      run,
      line: '/run-flow 58b41f5da9ee9d0018194bf3',
      again: { command: 'run-flow', args: { flow: '58b41f5da9ee9d0018194bf3' } }
    })
    await Promise.all([chat.cancel(run), clock.advance(0)])
    expect(gateway.received().at(-1)).toMatchObject({ name: 'invoke', payload: { verb: 'cancel', args: { run } } })
  })

  test('a command of the page runs here, at its place, and nothing of it is sent', async () => {
    const { clock, gateway, client, chat } = setUp()
    await Promise.all([client.connect(), clock.advance(0)])
    let finish = (_text: string): void => {}
    client.commands.register({
      name: 'order',
      description: 'Shows an order.',
      args: [{ name: 'id', type: 'number', required: true }],
      run: ({ id }) => new Promise((resolve) => (finish = (text) => resolve(`${text} ${id}`)))
    })
    const ran = chat.send('/order 17')
    await clock.settle()
    gateway.say('Something else')
    await clock.advance(0)
    expect(shown(chat)).toEqual(['working: /order 17 → ', 'sent 1: Something else'])
    finish('Order')
    expect(await ran).toEqual({ seq: null, at: null, messageId: null })
    expect(shown(chat)).toEqual(['finished: /order 17 → Order 17', 'sent 1: Something else'])
    expect(namesOf(gateway)).toEqual(['session', 'hello'])
  })

  test('what asks for a command of the inbox never runs one of the page', async () => {
    const { clock, gateway, client, chat } = setUp()
    client.commands.register({ name: 'run-flow', description: 'Of the page.', run: () => 'page' })
    client.commands.register({ name: 'mine', description: 'Of the page.', run: () => 'page' })
    await Promise.all([client.connect(), clock.advance(0)])
    const args = { flow: '58b41f5da9ee9d0018194bf3' }
    await Promise.all([chat.run('run-flow', args, { of: 'inbox' }), clock.advance(0)])
    expect(gateway.events()).toMatchObject([{ type: 'run.started', body: { command: 'run-flow', args } }])
    expect(await codeOf(chat.run('mine', {}, { of: 'inbox' }))).toBe('command.unknown')
    expect(await codeOf(chat.run('help', {}, { of: 'inbox' }))).toBe('command.unknown')
    expect(chat.$timeline.get().map(({ kind }) => kind)).toEqual(['command'])
  })

  test('a command of the page that throws is shown as failed', async () => {
    const { client, chat } = setUp()
    client.commands.register({
      name: 'order',
      description: 'Shows an order.',
      run: () => {
        throw new Error('No such order.')
      }
    })
    await chat.send('/order')
    expect(shown(chat)).toEqual(['failed: /order → No such order.'])
  })

  test('/help waits for the attempt under way, and lists what the gateway offers, too', async () => {
    const { clock, gateway, client, chat } = setUp()
    gateway.faults.delayMs = () => 700
    void client.connect()
    await clock.settle()
    const sent = chat.send('/help')
    await clock.settle()
    expect(shown(chat)).toEqual(['working: /help → '])
    await clock.advance(5_000)
    await sent
    expect(shown(chat).at(-1)).toMatch(/^finished: \/help → .*\/help.*\n.*\/run-flow/)
  })

  test('/help lists what there is when the attempt fails', async () => {
    const { clock, gateway, client, chat } = setUp()
    gateway.script.refuseSession = () => ({ code: 'gateway.unavailable' })
    void client.connect()
    const sent = chat.send('/help')
    await clock.advance(0)
    await sent
    expect(shown(chat)).toEqual(['finished: /help → - `/help`: Lists the commands there are.'])
  })

  test('/help lists what can be typed, without a line', async () => {
    const { chat, gateway } = setUp()
    await chat.send('/help')
    expect(shown(chat)).toEqual(['finished: /help → - `/help`: Lists the commands there are.'])
    expect(gateway.received()).toEqual([])
  })
})

describe('refused, failed, discarded', () => {
  test('a message refused for good fails, can be retried at the end, and the next ones go on', async () => {
    const { clock, gateway, chat } = setUp()
    gateway.script.refuseAppend = ({ deviceSeq }) => (deviceSeq === 1 ? { code: 'append.invalid', text: 'Not this.' } : null)
    const [first] = await Promise.all([codeOf(chat.send('one')), chat.send('two'), clock.advance(0)])
    expect(first).toBe('append.invalid')
    expect(shown(chat)).toEqual(['sent 1: two', 'failed null: one'])
    const key = chat.$timeline.get()[1]?.key ?? ''
    await Promise.all([chat.retry(key), clock.advance(0)])
    expect(shown(chat)).toEqual(['sent 1: two', 'sent 2: one'])
    expect(await codeOf(chat.retry(key))).toBe('append.invalid')
  })

  test('a pending message can be discarded: its number is taken by a void, and the next ones go on', async () => {
    const { clock, gateway, client, chat } = setUp()
    await Promise.all([client.connect(), clock.advance(0)])
    gateway.cut()
    await clock.advance(0)
    const discarded = codeOf(chat.send('one'))
    const sent = chat.send('two')
    await clock.settle()
    await chat.discard(chat.$timeline.get()[0]?.key ?? '')
    expect(await discarded).toBe('append.discarded')
    expect(shown(chat)).toEqual(['sending null: two'])
    await clock.advance(2_000)
    expect((await sent).seq).toBe(1)
    expect(gateway.received().flatMap((frame) => (frame.name === 'append' ? [[frame.payload.deviceSeq, frame.payload.type]] : []))).toEqual([
      [1, 'void'],
      [2, 'message.created']
    ])
  })

  test('a line that is refused for good ends the client, and every promise settles', async () => {
    const { clock, gateway, client, chat } = setUp()
    gateway.script.refuseSession = () => ({ code: 'inbox.unknown', text: 'There is no inbox "support".' })
    const outcome = Promise.all([codeOf(client.connect()), codeOf(chat.send('hi')), codeOf(chat.send('/run-flow x'))])
    await clock.advance(0)
    expect(await outcome).toEqual(['inbox.unknown', 'inbox.unknown', 'inbox.unknown'])
    expect(client.$connection.get()).toMatchObject({ state: 'closed', error: { code: 'inbox.unknown' } })
    expect(shown(chat)).toEqual(['failed null: hi'])
    expect(await codeOf(chat.send('again'))).toBe('inbox.unknown')
  })

  test('while there is no line, who writes has a try made at once, but not each time they write', async () => {
    const { clock, gateway, client, chat } = setUp()
    await Promise.all([client.connect(), clock.advance(0)])
    gateway.script.refuseHello = () => ({ code: 'gateway.unavailable' })
    gateway.cut()
    // Long enough for waits of many seconds.
    await clock.advance(60_000)
    const hellosAfter = async (ms: number): Promise<number> => {
      const before = gateway.received().filter(({ name }) => name === 'hello').length
      void chat.send('hi')
      await clock.advance(ms)
      return gateway.received().filter(({ name }) => name === 'hello').length - before
    }
    const { retryInMs } = client.$connection.get()
    expect(retryInMs).toBeGreaterThan(6_000)
    expect([await hellosAfter(0), await hellosAfter(0), await hellosAfter(5_000)]).toEqual([1, 0, 0])
    gateway.script.refuseHello = () => null
    expect(await hellosAfter(0)).toBe(1)
    expect(client.$connection.get().state).toBe('online')
  })

  test('close settles what waits with client.closed, and nothing happens afterwards', async () => {
    const { clock, gateway, client, chat } = setUp()
    await Promise.all([client.connect(), clock.advance(0)])
    gateway.faults.fate = () => 'lose'
    const sent = codeOf(chat.send('hi'))
    await clock.settle()
    client.close()
    const before = gateway.received().length
    await clock.advance(100_000)
    expect([await sent, await codeOf(client.connect()), await codeOf(chat.send('x')), gateway.received().length]).toEqual([
      'client.closed',
      'client.closed',
      'client.closed',
      before
    ])
  })

  test('reset forgets the visitor', async () => {
    const { clock, client, chat, keys } = setUp()
    await Promise.all([chat.send('hi'), clock.advance(0)])
    await client.reset()
    expect([[...keys.entries], client.$connection.get().state]).toEqual([[], 'closed'])
  })
})

describe('what others do', () => {
  test('unread counts what others said beyond what was read, and the gateway is told', async () => {
    const { clock, gateway, client, chat } = setUp()
    gateway.say('one')
    gateway.say('two')
    await Promise.all([client.connect(), clock.advance(0)])
    await Promise.all([chat.send('mine'), clock.advance(0)])
    expect(chat.$unread.get()).toBe(2)
    chat.markRead()
    chat.markRead()
    await clock.advance(0)
    expect([chat.$unread.get(), gateway.received().filter(({ name }) => name === 'seen')]).toEqual([
      0,
      [expect.objectContaining({ payload: expect.objectContaining({ got: 3, read: 3 }) })]
    ])
  })

  test('typing is shown until it is over or the message came, and told at most every three seconds', async () => {
    const { clock, gateway, client, chat } = setUp()
    gateway.record('participant.joined', { participant: { ...gateway.bot, name: 'Robo' } })
    await Promise.all([client.connect(), clock.advance(0)])
    const conversation = gateway.received().flatMap((frame) => (frame.name === 'hello' ? frame.payload.conversations : []))[0]?.id
    if (!conversation) throw new Error('no hello')
    const type = () => gateway.send('signal', { conversation, signal: { kind: 'typing', by: gateway.bot.id, forMs: 4_000 } })
    type()
    await clock.advance(0)
    expect(chat.$typing.get()).toEqual([{ ...gateway.bot, name: 'Robo' }])
    await clock.advance(4_000)
    expect(chat.$typing.get()).toEqual([])
    type()
    gateway.say('Here I am')
    await clock.advance(0)
    expect(chat.$typing.get()).toEqual([])
    chat.setTyping()
    chat.setTyping()
    await clock.advance(3_000)
    chat.setTyping()
    await clock.advance(0)
    expect(gateway.received().filter(({ name }) => name === 'signal').length).toBe(2)
  })

  test('events are told by their type, and a listener that throws harms nobody', async () => {
    const { clock, gateway, client } = setUp()
    const heard: string[] = []
    const original = console.error
    const reported: unknown[] = []
    console.error = (reason: unknown) => void reported.push(reason)
    client.on('message.created', () => {
      throw new Error('mine')
    })
    const off = client.on('message.created', ({ seq }) => heard.push(`message ${seq}`))
    await Promise.all([client.connect(), clock.advance(0)])
    gateway.say('one')
    await clock.advance(0)
    off()
    gateway.say('two')
    await clock.advance(0)
    console.error = original
    expect([heard, reported.length]).toEqual([['message 1'], 2])
  })

  test('only the newest page comes by itself; older history comes when asked for', async () => {
    const { clock, gateway, client, chat } = setUp()
    for (let count = 1; count <= 350; count++) gateway.say(`message ${count}`)
    await Promise.all([client.connect(), clock.advance(0)])
    const newest = chat.$timeline.get()
    expect([newest.length, newest[0]?.seq, chat.$hasEarlier.get()]).toEqual([200, 151, true])
    const load = async () => (await Promise.all([chat.loadEarlier(), clock.advance(0)]))[0]
    expect([await load(), chat.$timeline.get().length]).toEqual([true, 300])
    expect([await load(), chat.$timeline.get().length, chat.$hasEarlier.get()]).toEqual([false, 350, false])
    expect(chat.$timeline.get().map(({ seq }) => seq)).toEqual(Array.from({ length: 350 }, (_, index) => index + 1))
    expect(chat.$timeline.get().slice(150)).toEqual(newest)
    expect(chat.$timeline.get()[150]).toBe(newest[0])
    gateway.cut()
    await clock.advance(2_000)
    expect(gateway.received().at(-1)).toMatchObject({ name: 'hello', payload: { conversations: [{ cursor: 350, tail: gateway.events()[349]?.messageId }] } })
  })

  test('a gateway that answers a read in pieces, or is busy at first, is asked for the rest', async () => {
    const { clock, gateway, client, chat } = setUp()
    for (let count = 1; count <= 320; count++) gateway.say(`message ${count}`)
    gateway.script.pageEvents = 30
    await Promise.all([client.connect(), clock.advance(0)])
    let refusals = 2
    gateway.script.refuseFrame = () => (refusals-- > 0 ? { code: 'append.busy', retryInMs: 100 } : null)
    expect((await Promise.all([chat.loadEarlier(), clock.advance(200)]))[0]).toBe(true)
    expect(chat.$timeline.get().map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, index) => index + 21))
    expect(gateway.received().flatMap((frame) => (frame.name === 'read' ? [[frame.payload.from, frame.payload.to]] : []))).toEqual([
      [21, 120],
      [21, 120],
      [21, 120],
      [51, 120],
      [81, 120],
      [111, 120]
    ])
  })

  test('a run id that is none is refused here', async () => {
    const { clock, gateway, client, chat } = setUp()
    await Promise.all([client.connect(), clock.advance(0)])
    expect(await codeOf(chat.cancel('../runs/1' as never))).toBe('run.unknown')
    expect(namesOf(gateway)).toEqual(['session', 'hello'])
  })
})
