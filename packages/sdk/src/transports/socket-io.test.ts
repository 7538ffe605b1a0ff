import type { Socket } from 'socket.io'
import { WebSocket } from 'undici'
import { afterEach, expect, test, vi } from 'vitest'
import { systemClock as clock } from '../clock.js'
import { open, serve, WELCOME } from './fixtures/real-server.js'
import { socketIoTransport } from './socket-io.js'

const WELCOMED = [{ name: 'welcome', payload: WELCOME }]
const PLATFORMS = [
  ['a WebSocket', WebSocket],
  ['no WebSocket', undefined]
] as const

/** Gives the platform a WebSocket, or none; tells how often one was made. */
function platformWith(WebSocketClass: typeof WebSocket | undefined): { count(): number } {
  let count = 0
  const counted =
    WebSocketClass &&
    class extends WebSocketClass {
      constructor(url: string) {
        super(url)
        count += 1
      }
    }
  vi.stubGlobal('WebSocket', counted)
  return { count: () => count }
}

/** A real server that greets, and by which ways it was reached. */
async function greeter(transports: ('polling' | 'websocket')[]) {
  const ways: string[] = []
  const greet = (socket: Socket) => {
    ways.push(socket.conn.transport.name)
    socket.emit('welcome', WELCOME)
  }
  const url = await serve(greet, { transports })
  return { ways, openTransport: socketIoTransport({ url, clock }) }
}

afterEach(() => vi.unstubAllGlobals())

test.each(PLATFORMS)('with %s of the platform, the first attempt is a WebSocket', async (_name, WebSocketClass) => {
  const platform = platformWith(WebSocketClass)
  const { ways, openTransport } = await greeter(['websocket', 'polling'])
  expect(await open(openTransport).received(1)).toEqual(WELCOMED)
  expect([ways, platform.count()]).toEqual([['websocket'], WebSocketClass ? 1 : 0])
})

test.each(PLATFORMS)('with %s of the platform, where none gets through, the next attempt polls', async (_name, WebSocketClass) => {
  platformWith(WebSocketClass)
  const { ways, openTransport } = await greeter(['polling'])
  expect(await open(openTransport).ended).toMatchObject({ kind: 'lost' })
  await import('./library.js')
  expect(await open(openTransport).received(1)).toEqual(WELCOMED)
  expect(ways).toEqual(['polling'])
})

test('where polling gets nowhere either, a WebSocket is tried again', async () => {
  const platform = platformWith(WebSocket)
  const openTransport = socketIoTransport({ url: 'http://127.0.0.1:9', clock })
  for (const made of [1, 1, 2]) {
    expect(await open(openTransport).ended).toMatchObject({ kind: 'lost' })
    await import('./library.js')
    expect(platform.count()).toBe(made)
  }
})

test('a line that was good once is opened the same way again', async () => {
  const platform = platformWith(WebSocket)
  const url = await serve((socket) => {
    socket.emit('welcome', WELCOME)
    socket.disconnect(true)
  })
  const openTransport = socketIoTransport({ url, clock })
  for (const made of [1, 2]) {
    expect(await open(openTransport).ended).toMatchObject({ kind: 'lost' })
    await import('./library.js')
    expect(platform.count()).toBe(made)
  }
})

test('who closes before the library is there opens nothing', async () => {
  platformWith(undefined)
  const { ways, openTransport } = await greeter(['websocket'])
  const { transport, ends } = open(openTransport)
  transport.close()
  await import('./library.js')
  expect(await open(openTransport).received(1)).toEqual(WELCOMED)
  expect([ways, ends]).toEqual([['websocket'], []])
})
