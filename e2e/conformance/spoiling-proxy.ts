import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { io, type Socket as Upstream } from 'socket.io-client'

/** What goes through a proxy in front of a gateway, and how it is spoilt on the way. What is not named is left as it is. */
type Row = Readonly<Record<string, unknown>>
type Hello = { readonly conversations: readonly Row[] }
/** What the proxy saw before on a connection: the last number acknowledged, and how many frames were asked. */
type Seen = { readonly last: number | null; readonly asked: number }
export type Spoiling = {
  readonly events?: (rows: readonly Row[]) => readonly Row[]
  readonly ack?: (name: string, answer: Row, seen: Seen) => Row
  readonly hello?: (hello: Hello) => Hello
  /** Frames that never reach the gateway. */
  readonly drops?: (payload: unknown) => boolean
  readonly headers?: Readonly<Record<string, string>>
  /** The gateway is not told where a WebSocket comes from. */
  readonly dropsOrigin?: boolean
}

export async function startSpoilingProxy(target: string, spoiling: Spoiling): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer()
  const sockets = openSockets(server, target, spoiling)
  // Socket.IO would answer polling itself: the WebSockets are its own, the rest goes the plain way.
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    forward(target, request, spoiling).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.writeHead(502).end()
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await sockets.close()
    }
  }
}

/** Everything that is no WebSocket, polling included. */
async function forward(target: string, request: IncomingMessage, { headers: spoilt = {} }: Spoiling) {
  const pieces: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
  const passed = ['origin', 'content-type', 'access-control-request-method', 'access-control-request-headers']
  const headers = Object.fromEntries(passed.flatMap((name) => (typeof request.headers[name] === 'string' ? [[name, request.headers[name]]] : [])))
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && pieces.length > 0
  const answer = await fetch(`${target}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
    redirect: 'manual',
    ...(hasBody ? { body: Buffer.concat(pieces) } : {})
  })
  const kept = Object.fromEntries([...answer.headers].filter(([name]) => /^(content-type|access-control-.*|vary|retry-after)$/.test(name)))
  return { status: answer.status, headers: { ...kept, ...spoilt }, body: Buffer.from(await answer.arrayBuffer()) }
}

function openSockets(server: HttpServer, target: string, spoiling: Spoiling): Server {
  const sockets = new Server(server, { path: '/socket.io/', transports: ['websocket'], maxHttpBufferSize: 65_536, serveClient: false })
  const upstreams = new WeakMap<Socket, Upstream>()
  sockets.use((socket, next) => {
    const hello = socket.handshake.auth as unknown as Hello
    const origin = spoiling.dropsOrigin ? undefined : socket.handshake.headers.origin
    const upstream = io(target, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: (spoiling.hello && Array.isArray(hello.conversations) ? spoiling.hello(hello) : hello) as unknown as Record<string, unknown>,
      ...(origin === undefined ? {} : { extraHeaders: { origin } })
    })
    upstreams.set(socket, upstream)
    pass(socket, upstream, spoiling)
    upstream.once('connect', () => next())
    upstream.once('connect_error', (thrown: Error & { readonly data?: unknown }) => next(Object.assign(new Error(thrown.message), { data: thrown.data })))
  })
  sockets.on('connection', (socket) => {
    socket.once('disconnect', () => upstreams.get(socket)?.disconnect())
    upstreams.get(socket)?.once('disconnect', () => socket.disconnect(true))
  })
  return sockets
}

function pass(socket: Socket, upstream: Upstream, { events, ack, drops }: Spoiling): void {
  let seen: Seen = { last: null, asked: 0 }
  upstream.onAny((name: string, payload: Row) => {
    const rows = payload['events'] as readonly Row[] | undefined
    socket.emit(name, name === 'events' && events && rows ? { ...payload, events: events(rows) } : payload)
  })
  socket.use(([name, ...rest]) => {
    const last: unknown = rest.at(-1)
    const answer = typeof last === 'function' ? (last as (value: unknown) => void) : null
    const values: unknown[] = answer ? rest.slice(0, -1) : rest
    if (drops?.(values[0])) return
    if (!answer) return void upstream.emit(String(name), ...values)
    upstream.emit(String(name), ...values, (given: Row) => {
      seen = { ...seen, asked: seen.asked + 1 }
      const said = ack ? ack(String(name), given, seen) : given
      if (typeof given['seq'] === 'number') seen = { ...seen, last: given['seq'] }
      answer(said)
    })
  })
}
