import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Epoch, type Hello, ParleyError, type ServerFrame, type TransportEnd, type Welcome } from '@parley/protocol'
import { Server, type Socket } from 'socket.io'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../clock.js'
import { socketIoTransport } from './socket-io.js'

const ID = 'A'.repeat(22)
const HELLO = { v: 1, token: 'good', device: ID, conversations: [{ id: ID, log: 'public', epoch: null, cursor: 0, tail: null }] } as unknown as Hello
const WELCOME: Welcome = {
  v: 1,
  conversations: [],
  commands: [],
  limits: { bodyBytes: 32_768, messagesPerSecond: 20, burst: 40, windowSize: 8 },
  expiresInS: 900
}
const APPEND = { conversation: ID, deviceSeq: 1, messageId: ID, after: 0, type: 'message.created', body: { parts: [{ kind: 'text', text: 'hi' }] } } as never

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A real server; `onSocket` is what it does with each connection. */
async function serve(onSocket: (socket: Socket) => void, options: { path?: string; transports?: ('polling' | 'websocket')[] } = {}): Promise<string> {
  const http = createServer()
  const server = new Server(http, { path: `${options.path ?? ''}/socket.io/`, transports: options.transports ?? ['polling', 'websocket'] })
  server.use((socket, next) => {
    const isGood = socket.handshake.auth.token === 'good'
    next(isGood ? undefined : Object.assign(new Error('refused'), { data: { code: 'auth.expired', text: 'Too old.' } }))
  })
  server.on('connection', onSocket)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}${options.path ?? ''}`
}

/** A transport and what it told, as promises to wait for. */
function open(url: string, hello = HELLO, openTransport = socketIoTransport({ url, clock: systemClock })) {
  const frames: ServerFrame[] = []
  const waiting: { readonly count: number; readonly resolve: (frames: readonly ServerFrame[]) => void }[] = []
  let onEnd: (end: TransportEnd) => void = () => {}
  const ended = new Promise<TransportEnd>((resolve) => (onEnd = resolve))
  const transport = openTransport(hello, {
    onFrame(frame) {
      frames.push(frame)
      for (const one of waiting) if (frames.length >= one.count) one.resolve(frames)
    },
    onEnd: (end) => onEnd(end)
  })
  closing.push(async () => transport.close())
  const received = (count: number) =>
    new Promise<readonly ServerFrame[]>((resolve) => (frames.length >= count ? resolve(frames) : waiting.push({ count, resolve })))
  return { transport, ended, received }
}

test('hello is the connect payload, welcome the first frame, and an append is answered', async () => {
  const got: unknown[] = []
  const url = await serve((socket) => {
    got.push(socket.handshake.auth)
    socket.emit('welcome', WELCOME)
    socket.on('append', (payload, answer) => {
      got.push(payload)
      answer({ seq: 1, at: '2026-01-01T00:00:00Z' })
    })
  })
  const { transport, received } = open(url)
  expect(await received(1)).toEqual([{ name: 'welcome', payload: WELCOME }])
  expect(await transport.request('append', APPEND)).toEqual({ seq: 1, at: '2026-01-01T00:00:00Z' })
  expect(got).toEqual([HELLO, APPEND])
})

test('a gateway behind a path is found', async () => {
  const url = await serve((socket) => void socket.emit('welcome', WELCOME), { path: '/chat' })
  expect(await open(url).received(1)).toEqual([{ name: 'welcome', payload: WELCOME }])
})

test('where no WebSocket gets through, the next attempt polls', async () => {
  const sockets: Socket[] = []
  const greet = (socket: Socket) => {
    sockets.push(socket)
    socket.emit('welcome', WELCOME)
  }
  const url = await serve(greet, { transports: ['polling'] })
  const openTransport = socketIoTransport({ url, clock: systemClock })
  expect(await open(url, HELLO, openTransport).ended).toMatchObject({ kind: 'lost' })
  await import('./polling.js')
  expect(await open(url, HELLO, openTransport).received(1)).toEqual([{ name: 'welcome', payload: WELCOME }])
  expect(sockets.map((socket) => socket.conn.transport.name)).toEqual(['polling'])
})

test('a refused connect tells the gateway’s error', async () => {
  const url = await serve(() => {})
  expect(await open(url, { ...HELLO, token: 'bad' }).ended).toEqual({ kind: 'refused', error: { code: 'auth.expired', text: 'Too old.' } })
})

test('no gateway at all is a lost line', async () => {
  expect(await open('http://127.0.0.1:9').ended).toMatchObject({ kind: 'lost' })
})

test('frames that are unknown, binary or malformed are passed by', async () => {
  const url = await serve((socket) => {
    socket.emit('surprise', { any: 'thing' })
    socket.emit('drain', Buffer.from([1, 2, 3]))
    socket.emit('drain', { spreadMs: 'soon' })
    socket.emit('drain')
    socket.emit('events', null)
    socket.emit('drain', { spreadMs: 7 })
  })
  expect(await open(url).received(1)).toEqual([{ name: 'drain', payload: { spreadMs: 7 } }])
})

describe('the end of a line', () => {
  test('a cut is told once, what waits rejects, and nothing is emitted afterwards', async () => {
    const url = await serve((socket) => {
      socket.emit('welcome', WELCOME)
      socket.on('append', () => socket.conn.close())
    })
    const { transport, ended, received } = open(url)
    await received(1)
    const code = (sent: Promise<unknown>) => sent.catch((reason: unknown) => (ParleyError.is(reason) ? reason.code : reason))
    expect(await code(transport.request('append', APPEND))).toBe('gateway.unavailable')
    expect(await ended).toMatchObject({ kind: 'lost' })
    expect(await code(transport.request('probe', {}))).toBe('gateway.unavailable')
  })

  test('after close nothing is told any more', async () => {
    const sockets: Socket[] = []
    const url = await serve((socket) => {
      sockets.push(socket)
      socket.emit('welcome', WELCOME)
    })
    const { transport, ended, received } = open(url)
    const frames = await received(1)
    const gone = new Promise((resolve) => sockets[0]?.on('disconnect', resolve))
    transport.close()
    sockets[0]?.emit('drain', { spreadMs: 1 })
    await gone
    expect(await Promise.race([ended, Promise.resolve('nothing')])).toBe('nothing')
    expect(frames.length).toBe(1)
  })
})

test('rows come through whole', async () => {
  const event = {
    seq: 1,
    messageId: ID,
    type: 'message.created',
    author: { id: ID, role: 'bot' },
    at: '2026-01-01T00:00:00Z',
    body: { parts: [{ kind: 'text', text: 'grüße 👋' }] }
  }
  const url = await serve((socket) => void socket.emit('events', { conversation: ID, log: 'public', epoch: ID as Epoch, from: 1, events: [event] }))
  expect(await open(url).received(1)).toEqual([{ name: 'events', payload: { conversation: ID, log: 'public', epoch: ID, from: 1, events: [event] } }])
})
