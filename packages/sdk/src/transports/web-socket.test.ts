import type { ServerFrame, TransportEnd } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../testing/index.js'
import { HELLO, WELCOME } from './fixtures/real-server.js'
import { scriptedSockets } from './fixtures/scripted-socket.js'
import { webSocketTransport } from './web-socket.js'

const OPEN = '0{"sid":"s","upgrades":[],"pingInterval":15000,"pingTimeout":10000,"maxPayload":65536}'
const CONNECTED = '40{"sid":"n"}'
const DRAIN = '42["drain",{"spreadMs":7}]'
const SILENT: TransportEnd = { kind: 'lost', detail: 'The gateway is silent.' }

/** A transport whose gateway the test plays. `told` is all that the transport told, in order. */
function setUp(url = 'https://chat.example.com/') {
  const clock = createFakeClock()
  const sockets = scriptedSockets()
  const told: (ServerFrame | TransportEnd)[] = []
  const transport = webSocketTransport({ url, clock, WebSocket: sockets.WebSocket })(HELLO, {
    onFrame: (frame) => told.push(frame),
    onEnd: (end) => told.push(end)
  })
  const [socket] = sockets.made
  if (!socket) throw new Error('no socket was made')
  return { clock, told, transport, socket }
}

function setUpConnected(open = OPEN) {
  const all = setUp()
  all.socket.hears(open)
  all.socket.hears(CONNECTED)
  return all
}

test.each([
  ['https://chat.example.com', 'wss://chat.example.com/socket.io/?EIO=4&transport=websocket'],
  ['http://localhost:8080/chat/', 'ws://localhost:8080/chat/socket.io/?EIO=4&transport=websocket']
])('a gateway at %s is called at %s', (url, called) => {
  expect(setUp(url).socket.url).toBe(called)
})

test('hello goes out once, when the line is open, and frames only when it is connected', async () => {
  const { socket, told, transport, clock } = setUp()
  expect(socket.sent).toEqual([])
  for (const text of [OPEN, OPEN, DRAIN, CONNECTED, `42${JSON.stringify(['welcome', WELCOME])}`]) socket.hears(text)
  const answered = transport.request('probe', {})
  socket.hears('430[{"ok":true}]')
  socket.hears('430[{"error":{"code":"append.busy"}}]')
  expect(await answered).toEqual({ ok: true })
  await clock.advance(1_000)
  expect([socket.sent, told]).toEqual([[`40${JSON.stringify(HELLO)}`, '420["probe",{}]'], [{ name: 'welcome', payload: WELCOME }]])
})

describe('silence', () => {
  test('a handshake that comes to nothing ends after 10 s', async () => {
    for (const texts of [[], [OPEN], [OPEN, '2', '2']]) {
      const { clock, socket, told } = setUp()
      for (const text of texts) socket.hears(text)
      await clock.advance(9_999)
      expect(told).toEqual([])
      await clock.advance(1)
      expect([told, socket.isClosed()]).toEqual([[{ kind: 'lost', detail: 'No connection: timeout.' }], true])
    }
  })

  test('every ping is answered, and keeps the line for its interval and its timeout', async () => {
    const { clock, socket, told } = setUpConnected()
    for (let pings = 0; pings < 5; pings++) {
      await clock.advance(24_999)
      socket.hears('2')
    }
    expect([socket.sent.slice(1), told]).toEqual([['3', '3', '3', '3', '3'], []])
    await clock.advance(24_999)
    expect(told).toEqual([])
    await clock.advance(1)
    expect([told, socket.isClosed()]).toEqual([[SILENT], true])
  })

  test('the gateway says how long that is, and other frames are no ping', async () => {
    const { clock, socket, told } = setUpConnected('0{"sid":"s","pingInterval":300,"pingTimeout":200}')
    await clock.advance(499)
    socket.hears(DRAIN)
    await clock.advance(1)
    expect(told).toEqual([{ name: 'drain', payload: { spreadMs: 7 } }, SILENT])
  })

  test('a machine that slept through it ends the line with the first frame', async () => {
    const { clock, socket, told, transport } = setUpConnected()
    clock.sleep(25_000)
    await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
    expect([told, socket.sent.slice(1)]).toEqual([[SILENT], []])
  })

  test('no timer runs on after the end', async () => {
    const { clock, socket, told, transport } = setUpConnected()
    transport.close()
    socket.hears('2')
    socket.breaks(1006)
    await clock.advance(60_000)
    expect([told, socket.sent.slice(1)]).toEqual([[], []])
  })
})

describe('what is not of the protocol', () => {
  const NOISE: readonly (readonly [name: string, data: readonly unknown[]])[] = [
    ['an event with an attachment', ['451-["drain",{"_placeholder":true,"num":0}]', new Uint8Array([1, 2])]],
    ['an answer with an attachment', ['461-0[{"_placeholder":true,"num":0}]', new ArrayBuffer(2)]],
    ['bytes', [new Blob(['2'])]],
    ['no text', [null, undefined, 2, {}]],
    ['half an event', ['42["drain",{"spread']],
    ['an event of another namespace', ['42/admin,["drain",{"spreadMs":1}]', '40/admin,{"sid":"x"}', '41/admin,']],
    ['packets of nobody', ['', 'x', '3probe', '5', '6', '4', '49', 'bAQID']],
    ['an answer to nothing', ['4399[{"ok":true}]', '43[{"ok":true}]']],
    ['a frame with a foreign prototype', ['42["drain",{"__proto__":{"spreadMs":1}}]', '42["__proto__",{}]', '42["constructor",{}]']],
    ['10^5 deep', [`42["drain",${'['.repeat(100_000)}${']'.repeat(100_000)}]`]]
  ]
  test.each(NOISE)('is passed by: %s', (_name, data) => {
    const { socket, told } = setUpConnected()
    for (const one of [...data, DRAIN]) socket.hears(one)
    expect(told).toEqual([{ name: 'drain', payload: { spreadMs: 7 } }])
  })

  test.each([
    ['a greeting of something else', 'hello', 'No connection: timeout.'],
    ['an open packet without its times', '0{"sid":"s"}', 'The connection ended: no Engine.IO.'],
    ['an end', '1', 'The connection ended: closed by the gateway.']
  ])('ends the handshake: %s', async (_name, text, detail) => {
    const { clock, socket, told } = setUp()
    socket.hears(text)
    await clock.advance(10_000)
    expect([told, socket.isClosed()]).toEqual([[{ kind: 'lost', detail }], true])
  })
})

describe('the end', () => {
  test.each<readonly [string, TransportEnd]>([
    ['44{"message":"refused","data":{"code":"auth.expired","text":"Too old."}}', { kind: 'refused', error: { code: 'auth.expired', text: 'Too old.' } }],
    ['44{"message":"busy"}', { kind: 'lost', detail: 'No connection: busy.' }],
    ['44{"message":"busy","data":{"code":7}}', { kind: 'refused', error: { code: 'frame.malformed' } }]
  ])('%s is told once', (text, end) => {
    const { socket, told } = setUp()
    for (const one of [OPEN, text, CONNECTED, DRAIN]) socket.hears(one)
    socket.breaks(1005)
    expect([told, socket.isClosed()]).toEqual([[end], true])
  })

  test('frames that wait get no answer, in whatever way the line ends', async () => {
    for (const [end, detail] of [
      ['41', 'disconnected by the gateway'],
      ['1', 'closed by the gateway'],
      [1006, '1006']
    ] as const) {
      const { socket, told, transport } = setUpConnected()
      const waiting = [transport.request('probe', {}), transport.request('probe', {})]
      if (typeof end === 'string') socket.hears(end)
      else socket.breaks(end)
      socket.hears('430[{"ok":true}]')
      for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'gateway.unavailable' })
      expect(told).toEqual([{ kind: 'lost', detail: `The connection ended: ${detail}.` }])
    }
  })

  test('on a line that closes already, a frame is not kept for later', async () => {
    const { socket, told, transport } = setUpConnected()
    socket.breaks(1006)
    await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
    expect([told.length, socket.sent.length]).toEqual([1, 1])
  })

  test('a platform that refuses the address is a lost line, told after the transport is there', async () => {
    class Refusing {
      constructor() {
        throw new Error('SecurityError')
      }
    }
    const clock = createFakeClock()
    const told: unknown[] = []
    const transport = webSocketTransport({ url: 'http://chat.example.com', clock, WebSocket: Refusing as never })(HELLO, {
      onFrame: (frame) => told.push(frame),
      onEnd: (end) => told.push(end)
    })
    expect(told).toEqual([])
    await clock.settle()
    await expect(transport.request('probe', {})).rejects.toMatchObject({ code: 'gateway.unavailable' })
    expect(told).toEqual([{ kind: 'lost', detail: 'No connection: Error: SecurityError.' }])
  })
})
