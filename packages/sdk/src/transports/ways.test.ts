import { ParleyError, type OpenTransport } from '@parley/protocol'
import type { Socket } from 'socket.io'
import { WebSocket } from 'undici'
import { describe, expect, test } from 'vitest'
import { systemClock as clock } from '../clock.js'
import { APPEND, cutAfter, HELLO, ID, open as openWith, rows, serve, WELCOME } from './fixtures/real-server.js'
import { libraryTransport } from './library.js'
import { webSocketTransport } from './web-socket.js'

/** The same of all ways: what a transport promises, against a real server. */
const WAYS: readonly (readonly [name: string, by: string, at: (url: string) => OpenTransport])[] = [
  ['our own over a WebSocket', 'websocket', (url) => webSocketTransport({ url, clock, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket })],
  ['the library over a WebSocket', 'websocket', (url) => libraryTransport({ url, clock, by: 'websocket' })],
  ['the library by long-polling', 'polling', (url) => libraryTransport({ url, clock, by: 'polling' })]
]

const codeOf = (sent: Promise<unknown>) => sent.catch((reason: unknown) => (ParleyError.is(reason) ? reason.code : reason))
const greet = (socket: Socket): void => void socket.emit('welcome', WELCOME)

describe.each(WAYS)('%s', (_name, by, at) => {
  const open = (url: string, hello = HELLO) => openWith(at(url), hello)

  test('hello is the connect payload, welcome the first frame, and an append is answered', async () => {
    const got: unknown[] = []
    const url = await serve((socket) => {
      got.push(socket.conn.transport.name, socket.handshake.auth)
      greet(socket)
      socket.on('append', (payload, answer) => {
        got.push(payload)
        answer({ seq: 1, at: '2026-01-01T00:00:00Z' })
      })
    })
    const { transport, received } = open(url)
    expect(await received(1)).toEqual([{ name: 'welcome', payload: WELCOME }])
    expect(await transport.request('append', APPEND)).toEqual({ seq: 1, at: '2026-01-01T00:00:00Z' })
    expect(got).toEqual([by, HELLO, APPEND])
  })

  test('a gateway behind a path is found', async () => {
    const url = await serve(greet, { path: '/chat' })
    expect(await open(url).received(1)).toEqual([{ name: 'welcome', payload: WELCOME }])
  })

  test('a refused connect tells the gateway’s error', async () => {
    const url = await serve(() => {})
    expect(await open(url, { ...HELLO, token: 'bad' }).ended).toEqual({ kind: 'refused', error: { code: 'auth.expired', text: 'Too old.' } })
  })

  test('a server that does not let the line be opened at all is a lost line', async () => {
    const url = await serve(() => {}, { allowRequest: (_request, answer) => answer('origin.refused', false) })
    expect(await open(url).ended).toMatchObject({ kind: 'lost' })
  })

  test('no gateway at all is a lost line', async () => {
    const { ended, transport } = open('http://127.0.0.1:9')
    expect(await ended).toMatchObject({ kind: 'lost' })
    expect(await codeOf(transport.request('probe', {}))).toBe('gateway.unavailable')
  })

  test('frames that are unknown, binary or malformed are passed by', async () => {
    const url = await serve((socket) => {
      socket.emit('surprise', { any: 'thing' })
      socket.emit('drain', Buffer.from([1, 2, 3]))
      socket.emit('drain', { spreadMs: 'soon' })
      socket.emit('drain')
      socket.emit('events', null)
      socket.emit('signal', { deep: [Buffer.from([1]), Buffer.from([2])] })
      socket.emit('drain', { spreadMs: 7 })
    })
    expect(await open(url).received(1)).toEqual([{ name: 'drain', payload: { spreadMs: 7 } }])
  })

  test('an event that wants an answer is an event', async () => {
    const url = await serve((socket) => void socket.emit('drain', { spreadMs: 7 }, () => {}))
    expect(await open(url).received(1)).toEqual([{ name: 'drain', payload: { spreadMs: 7 } }])
  })

  test.each([['grüße 👋 \u2028\0 "\\ 漢字 ‏עברית'], ['x'.repeat(200_000)]])('rows come through whole: %.20s', async (text) => {
    // A text is of 4,000 characters at most, so the long one is in many rows.
    const event = rows('').events[0]
    const texts = text.match(/.{1,4000}/gsu) ?? []
    const page = { ...rows(''), events: texts.map((part, at) => ({ ...event, seq: at + 1, body: { parts: [{ kind: 'text', text: part }] } })) }
    const url = await serve((socket) => void socket.emit('events', page))
    expect(await open(url).received(1)).toEqual([{ name: 'events', payload: page }])
  })

  test('many frames are answered in any order, each with its own answer', async () => {
    const answers: (() => void)[] = []
    const url = await serve((socket) => {
      greet(socket)
      socket.on('append', (payload: { deviceSeq: number }, answer) => {
        answers.push(() => answer({ seq: payload.deviceSeq, at: '2026-01-01T00:00:00Z' }))
        if (answers.length === 50) for (const run of [...answers.filter((_, at) => at % 2), ...answers.filter((_, at) => at % 2 === 0)].reverse()) run()
      })
    })
    const { transport, received } = open(url)
    await received(1)
    const sent = Array.from({ length: 50 }, (_, at) => transport.request('append', { ...(APPEND as object), deviceSeq: at + 1 } as never))
    expect(((await Promise.all(sent)) as { seq: number }[]).map(({ seq }) => seq)).toEqual(sent.map((_, at) => at + 1))
  })

  test('pings of the gateway are answered, how close they may come', async () => {
    const beats: Promise<unknown>[] = []
    const url = await serve(
      (socket) => {
        greet(socket)
        beats.push(new Promise<void>((resolve) => socket.conn.on('heartbeat', () => ++count === 3 && resolve())))
      },
      { pingInterval: 40, pingTimeout: 2_000 }
    )
    let count = 0
    const { received, ends } = open(url)
    await received(1)
    await beats[0]
    expect(ends).toEqual([])
  })

  describe('the end of a line', () => {
    test('a cut is told once, what waits rejects, and nothing is emitted afterwards', async () => {
      const url = await serve((socket) => {
        greet(socket)
        socket.on('append', () => socket.conn.close())
      })
      const { transport, ended, received, ends } = open(url)
      await received(1)
      expect(await codeOf(transport.request('append', APPEND))).toBe('gateway.unavailable')
      expect(await ended).toMatchObject({ kind: 'lost' })
      expect(await codeOf(transport.request('probe', {}))).toBe('gateway.unavailable')
      expect(ends.length).toBe(1)
    })

    test.each([[false], [true]])('the gateway’s goodbye is told once, after what was sent; with the connection: %s', async (isAll) => {
      const url = await serve((socket) => {
        greet(socket)
        socket.emit('refuse', { code: 'auth.expired' })
        socket.disconnect(isAll)
      })
      const { ended, frames, ends } = open(url)
      expect(await ended).toMatchObject({ kind: 'lost' })
      expect([frames.map(({ name }) => name), ends.length]).toEqual([['welcome', 'refuse'], 1])
    })

    test('a line that breaks in the middle of a message ends, and the half is not heard', async () => {
      const url = await serve((socket) => {
        greet(socket)
        socket.emit('events', { ...rows('x'), events: Array.from({ length: 100 }, (_, at) => ({ ...rows('y'.repeat(4_000)).events[0], seq: at + 1 })) })
      })
      const { ended, frames } = open(await cutAfter(60_000, url))
      expect(await ended).toMatchObject({ kind: 'lost' })
      expect(frames.filter(({ name }) => name === 'events')).toEqual([])
    })

    test('a gateway that leaves during the handshake is a lost line', async () => {
      const url = await serve(() => {})
      expect(await open(await cutAfter(1, url)).ended).toMatchObject({ kind: 'lost' })
    })

    test('a frame before the line is open is lost with it', async () => {
      const { transport, ended } = open(await serve(greet))
      expect(await codeOf(transport.request('probe', {}))).toBe('gateway.unavailable')
      expect(await ended).toEqual({ kind: 'lost', detail: 'The connection is not open.' })
    })

    test('after close nothing is told any more', async () => {
      const sockets: Socket[] = []
      const url = await serve((socket) => {
        sockets.push(socket)
        greet(socket)
      })
      const { transport, received, ends, frames } = open(url)
      await received(1)
      const gone = new Promise((resolve) => sockets[0]?.on('disconnect', resolve))
      transport.close()
      sockets[0]?.emit('drain', { spreadMs: 1 })
      await gone
      expect([ends, frames.length]).toEqual([[], 1])
    })

    test('who closes during the handshake hears nothing, and leaves no line behind', async () => {
      const url = await serve(greet)
      const first = open(url)
      first.transport.close()
      const second = open(url)
      await second.received(1)
      expect(await codeOf(first.transport.request('seen', { conversation: ID as never, got: 1, read: 1 }))).toBe('gateway.unavailable')
      expect([first.ends, first.frames]).toEqual([[], []])
    })
  })
})
