import { io, type Socket } from 'socket.io-client'
import { afterEach, describe, expect, test } from 'vitest'
import type { WireError } from '@parley/protocol'
import { openDoors, type OpenDoors, PAGE } from './testing/open-doors.js'
import { createStubEngine, WELCOME } from './testing/stub-engine.js'

const doors: OpenDoors[] = []
const clients: Socket[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect()
  for (const one of doors.splice(0)) await one.close()
})

async function open(...parameters: Parameters<typeof openDoors>): Promise<OpenDoors> {
  const opened = await openDoors(...parameters)
  doors.push(opened)
  return opened
}

type Heard = { readonly name: string; readonly payload: unknown }
type Client = { readonly socket: Socket; readonly heard: Heard[]; readonly ended: Promise<string> }

/** A client as it is; what it hears in order, and what ended it. */
function connect(url: string, options: Parameters<typeof io>[1] = {}): Client {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { v: 1 }, ...options })
  clients.push(socket)
  const heard: Heard[] = []
  socket.onAny((name: string, payload: unknown) => heard.push({ name, payload }))
  const ended = new Promise<string>((resolve) => {
    socket.on('connect_error', (error: Error & { data?: WireError }) => resolve(`refused ${error.data?.code ?? error.message}`))
    socket.on('disconnect', (reason) => resolve(reason))
  })
  return { socket, heard, ended }
}

const connected = (client: Client) => new Promise<void>((resolve) => client.socket.once('welcome', () => resolve()))
const probe = async ({ socket }: Client): Promise<unknown> => (await socket.timeout(2_000).emitWithAck('probe', {})) as unknown

describe('a connection', () => {
  test.each([['websocket'], ['polling']])('says hello in its first packet and hears welcome first, by %s', async (transport) => {
    const hellos: unknown[] = []
    const engine = createStubEngine({
      connect: async (hello, line) => {
        hellos.push(hello)
        queueMicrotask(() => line.send({ name: 'drain', payload: { spreadMs: 7 } }))
        await new Promise((resolve) => setImmediate(resolve))
        return null
      }
    })
    const client = connect((await open(engine)).url, { transports: [transport], auth: { v: 1, token: 't' } })
    await connected(client)
    await probe(client)
    expect(hellos).toEqual([{ v: 1, token: 't' }])
    expect(client.heard).toEqual([
      { name: 'drain', payload: { spreadMs: 7 } },
      { name: WELCOME.name, payload: WELCOME.payload }
    ])
  })

  test('that the engine refuses hears why and nothing else', async () => {
    const engine = createStubEngine({ connect: async () => ({ code: 'auth.expired' }) })
    const client = connect((await open(engine)).url)
    expect([await client.ended, client.heard, engine.open()]).toEqual(['refused auth.expired', [], 0])
  })

  test('that the engine fails on is asked to come back, and the process lives', async () => {
    const engine = createStubEngine({ connect: () => Promise.reject(new Error('inside')) })
    const { url, log } = await open(engine)
    expect(await connect(url).ended).toBe('refused gateway.unavailable')
    expect(log.lines.map(({ fields, text }) => [fields.reason, text])).toEqual([['inside', 'a client could not be admitted']])
  })

  test('that leaves ends its session, also while the engine is still at work on its hello', async () => {
    let release = (): void => {}
    const held = new Promise<null>((resolve) => {
      release = () => resolve(null)
    })
    let asked = 0
    const engine = createStubEngine({ connect: async () => (++asked > 1 ? held : null) })
    const { url } = await open(engine)
    const first = connect(url)
    await connected(first)
    expect(engine.open()).toBe(1)
    first.socket.disconnect()
    await expect.poll(() => engine.open()).toBe(0)
    const second = connect(url)
    await expect.poll(() => asked).toBe(2)
    second.socket.io.engine.close()
    await new Promise((resolve) => setTimeout(resolve, 50))
    release()
    await expect.poll(() => engine.lines.length).toBe(2)
    await expect.poll(() => engine.open()).toBe(0)
  })

  test('ends when the engine closes the line, after what was sent', async () => {
    const engine = createStubEngine()
    const client = connect((await open(engine)).url)
    await connected(client)
    engine.lines[0]?.send({ name: 'refuse', payload: { code: 'auth.expired' } })
    engine.lines[0]?.close('auth.expired')
    expect([await client.ended, client.heard.at(-1)]).toEqual(['io server disconnect', { name: 'refuse', payload: { code: 'auth.expired' } }])
    await expect.poll(() => engine.open()).toBe(0)
  })

  test('that reads nothing is cut off before it fills the memory', async () => {
    const engine = createStubEngine()
    const { url, log } = await open(engine)
    const client = connect(url, { transports: ['polling'] })
    await connected(client)
    const text = 'x'.repeat(100_000)
    for (let sent = 0; sent < 80; sent++) engine.lines[0]?.send({ name: 'refuse', payload: { code: 'append.busy', text } })
    await expect.poll(() => engine.open()).toBe(0)
    expect(log.lines.map((line) => line.text)).toEqual(['a slow client was cut off'])
  })

  test('that comes in a crowd is told when to come again, before the engine does any work', async () => {
    let asked = 0
    const engine = createStubEngine({
      connect: async () => {
        asked++
        return null
      }
    })
    const { url } = await open(engine, { admission: { take: () => 700 } })
    const { socket, ended } = connect(url)
    const data = new Promise((resolve) => socket.once('connect_error', (error: Error & { data?: WireError }) => resolve(error.data)))
    expect([await ended, await data, asked]).toEqual(['refused gateway.unavailable', { code: 'gateway.unavailable', retryInMs: 700 }, 0])
  })

  test('no address holds more than its share', async () => {
    const { url } = await open(createStubEngine(), { connectionsPerIp: 2 })
    const [one, two] = [connect(url), connect(url)]
    await Promise.all([connected(one), connected(two)])
    expect(await connect(url).ended).toMatch(/^refused /)
    one.socket.disconnect()
    const again = connect(url)
    await Promise.race([connected(again), again.ended])
    expect((await probe(two)) as object).toEqual({ ok: true })
  })
})

describe('frames', () => {
  test('reach the session by name and payload, in order, and are answered where asked', async () => {
    const engine = createStubEngine()
    const client = connect((await open(engine)).url)
    await connected(client)
    client.socket.emit('seen', { got: 1 })
    client.socket.emit('signal', { kind: 'typing' })
    expect(await probe(client)).toEqual({ ok: true })
    expect(engine.received).toEqual([
      { name: 'seen', payload: { got: 1 } },
      { name: 'signal', payload: { kind: 'typing' } },
      { name: 'probe', payload: {} }
    ])
  })

  test('that make the session fail end one connection only', async () => {
    const engine = createStubEngine({
      receive: (name) => {
        if (name === 'throws') throw new Error('thrown')
        return name === 'rejects' ? Promise.reject(new Error('rejected')) : Promise.resolve({ ok: true })
      }
    })
    const { url, log } = await open(engine)
    const other = connect(url)
    await connected(other)
    for (const name of ['throws', 'rejects']) {
      const client = connect(url)
      await connected(client)
      client.socket.emit(name, {})
      expect([await client.ended, client.heard.at(-1)]).toEqual([
        'io server disconnect',
        { name: 'refuse', payload: { code: 'gateway.unavailable', text: 'The gateway could not handle a frame.' } }
      ])
    }
    expect(await probe(other)).toEqual({ ok: true })
    expect(log.lines.map(({ fields }) => fields.reason)).toEqual(['thrown', 'rejected'])
  })

  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  /** Engine.io packets as they stand on the wire: `4` message, `2` event, `5` binary event. */
  const WEIRD: readonly (readonly [name: string, packet: string | Buffer])[] = [
    ['null', '42["append",null]'],
    ['no value', '42["append"]'],
    ['two values', '42["append",{},{}]'],
    ['a text', '42["append","x"]'],
    ['a number', '42["append",1]'],
    ['a list', '42["append",[]]'],
    ['no name', '42[]'],
    ['a number for a name', '42[1,{}]'],
    ['an object for a name', '42[{},{}]'],
    ['an object', '42{}'],
    ['no data', '42'],
    ['the name connect', '42["connect",{}]'],
    ['the name disconnect', '42["disconnect",{}]'],
    ['the name newListener', '42["newListener"]'],
    ['the name error', '42["error"]'],
    ['binary', '451-["append",{"_placeholder":true,"num":0}]'],
    ['binary announced a million times', '451000000-["append",{"_placeholder":true,"num":0}]'],
    ['binary without its place', '451-["append",{"_placeholder":true,"num":99}]'],
    ['bytes only', Buffer.from([1, 2, 3])],
    ['broken JSON', '42["append",{'],
    ['10^4 deep, cut', '42["append",'.padEnd(10_000, '[')],
    ['an ack that nobody asked for', '4399[{}]'],
    ['a second hello', '40{"v":1}'],
    ['another namespace', '40/admin,{}'],
    ['an error packet', '44{"message":"x"}'],
    ['an unknown packet', '49'],
    ['an unknown engine packet', 'x'],
    ['nothing', ''],
    ['a frame over the limit', `42["append",{"x":"${'x'.repeat(70_000)}"}]`]
  ]
  test.each(WEIRD)('of a stranger hurt nobody else: %s', async (_name, packet) => {
    const engine = createStubEngine()
    const { url } = await open(engine)
    const [other, stranger] = [connect(url), connect(url)]
    await Promise.all([connected(other), connected(stranger)])
    const socket = (stranger.socket.io.engine.transport as unknown as { ws: { send(data: string | Buffer): void } }).ws
    socket.send(packet)
    if (String(packet).startsWith('451-')) socket.send(Buffer.from('x'))
    // Whatever became of the stranger, the other is served, and nothing of it got to a session.
    expect(await probe(other)).toEqual({ ok: true })
    expect(engine.received.filter(({ name }) => name !== 'probe').map(({ payload }) => typeof payload)).toEqual([])
  })

  test.each(WEIRD.slice(0, 6))('that are not one object are refused: %s', async (_name, packet) => {
    const client = connect((await open(createStubEngine())).url)
    await connected(client)
    ;(client.socket.io.engine.transport as unknown as { ws: { send(data: string | Buffer): void } }).ws.send(packet)
    expect([await client.ended, (client.heard.at(-1) as { payload: WireError }).payload.code]).toEqual(['io server disconnect', 'frame.malformed'])
  })

  test.each([
    ['__proto__', '42["append",{"__proto__":{"polluted":1}}]'],
    ['depth', `42["append",${deep(10_000)}]`],
    ['an unknown name', '42["toString",{}]']
  ])('with %s inside go to the session, which judges them', async (_name, packet) => {
    const engine = createStubEngine()
    const client = connect((await open(engine)).url)
    await connected(client)
    ;(client.socket.io.engine.transport as unknown as { ws: { send(data: string | Buffer): void } }).ws.send(packet)
    expect(await probe(client)).toEqual({ ok: true })
    expect(engine.received.length).toBe(2)
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
  })
})

test('a page of another origin gets no connection', async () => {
  const { url } = await open(createStubEngine())
  expect(await connect(url, { extraHeaders: { origin: 'https://evil.test' } }).ended).toMatch(/^refused /)
  const page = connect(url, { extraHeaders: { origin: PAGE } })
  await connected(page)
  expect(await probe(page)).toEqual({ ok: true })
})
