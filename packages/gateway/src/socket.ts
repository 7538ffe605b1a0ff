import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { WireError } from '@parley/protocol'
import type { Allowances, Engine, Log, Meter, Session } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import { Server, type Socket } from 'socket.io'
import type { Admission } from './admission.js'
import { clientAddress } from './client-address.js'
import { systemClock } from './host.js'
import { isOriginAllowed } from './origins.js'
import type { Count } from './prometheus.js'
import type { Tally } from './rate-limit.js'
import type { OldDoor } from './labb-chat-hook/door.js'
import { receiveFrames } from './socket-frames.js'
import { createSocketLine, type SocketLine } from './socket-line.js'

export type SocketOptions = {
  readonly server: HttpServer
  readonly engine: Engine
  readonly origins: ReadonlySet<string>
  readonly frameBytes: number
  /** Connections that each address holds. */
  readonly connections: Tally
  /** What may come from each address. */
  readonly addresses: Allowances
  /** Who is let in now. */
  readonly admission: Admission
  /** Takes clients that come without a hello, those of a Labb Chat Hook. Absent: nobody does. */
  readonly oldDoor?: OldDoor | null
  readonly trustProxy: boolean
  /** Rule 7: how long a line may be idle before it is asked for a sign of life, and how long that may take. */
  readonly heartbeat?: { readonly pingInterval: number; readonly pingTimeout: number }
  readonly meter: Meter<Count>
  readonly log: Log
}
export interface SocketDoor {
  /** How many clients are connected now. */
  count(): number
  /** Ends what is left, and the HTTP server with it. */
  close(): Promise<void>
}

/** What is used of engine.io's connection; `socket` is there when it is a WebSocket. */
type Connection = {
  /** Of its first request: kilobytes of headers, which nobody needs once the address is known. */
  request: IncomingMessage | null
  readonly transport: { readonly socket?: { terminate(): void } }
  once(name: 'close', listener: (why: string) => void): void
}
/** `session`: `null` for a client without a hello. */
type Admitted = { readonly line: SocketLine; readonly session: Session | null }

/** Where clients come in: Socket.IO on the gateway's HTTP server. It carries frames and decides nothing. */
export function openSocketDoor(options: SocketOptions): SocketDoor {
  /** Where each connection comes from. */
  const addressOf = new WeakMap<object, string>()
  const io = createServer(options, addressOf)
  const admitted = new WeakMap<Socket, Admitted>()
  /** A connection says hello once; more of it on the same line would be work for nothing. */
  const known = new WeakSet<object>()
  io.use((socket, next) => {
    const fail = (error: WireError): void => {
      options.meter.count('connect', error.code)
      next(Object.assign(new Error(error.text ?? error.code), { data: error }))
    }
    if (known.has(socket.conn)) return fail({ code: 'frame.malformed', text: 'A connection says hello once.' })
    known.add(socket.conn)
    const retryInMs = options.admission.take()
    if (retryInMs > 0) return fail({ code: 'gateway.unavailable', retryInMs })
    admit(socket, options).then(
      (result) => {
        if ('code' in result) return fail(result)
        options.meter.count('connect', 'admitted')
        admitted.set(socket, result)
        next()
      },
      (thrown: unknown) => {
        options.log.error({ socket: socket.id, reason: reasonOf(thrown) }, 'a client could not be admitted')
        fail({ code: 'gateway.unavailable', retryInMs: 1_000 })
      }
    )
  })
  io.on('connection', (socket) => {
    const parts = admitted.get(socket)
    if (!parts) return socket.disconnect(true)
    socket.on('error', (thrown) => options.log.warn({ socket: socket.id, reason: reasonOf(thrown) }, 'a socket failed'))
    // A client that leaves the namespace but holds the line would be free to hold it for ever.
    socket.on('disconnect', () => socket.conn.close())
    const address = addressOf.get(socket.conn) ?? ''
    const allowance = options.addresses.join(address)
    socket.once('disconnect', () => allowance.leave())
    const { session, line } = parts
    if (session) receiveFrames(socket, { session, allowance, meter: options.meter, log: options.log })
    else options.oldDoor?.admit(socket, { address, allowance, wire: line })
    line.open()
  })
  return { count: () => io.engine.clientsCount, close: async () => io.close() }
}

async function admit(socket: Socket, { engine, log, meter, oldDoor }: SocketOptions): Promise<Admitted | WireError> {
  const line = createSocketLine(socket, { clock: systemClock, meter, onSlow: () => log.warn({ socket: socket.id }, 'a slow client was cut off') })
  const hello: unknown = socket.handshake.auth
  if (oldDoor && isEmpty(hello)) return { line, session: null }
  // A token, and the place in the log: kept for as long as the connection lasts otherwise.
  socket.handshake.auth = {}
  const session = await engine.connect(line, hello)
  if ('code' in session) return session
  // The line may have gone while the engine was at work; then nobody will say so again.
  if (socket.conn.readyState === 'open') socket.conn.once('close', () => session.end())
  else session.end()
  return { line, session }
}

/** What Socket.IO makes of a CONNECT without a payload. */
const isEmpty = (hello: unknown): boolean => typeof hello === 'object' && hello !== null && Object.keys(hello).length === 0

const HEARTBEAT = { pingInterval: 15_000, pingTimeout: 10_000 }

function createServer(
  { server, origins, frameBytes, connections, trustProxy, heartbeat = HEARTBEAT, log }: SocketOptions,
  addressOf: WeakMap<object, string>
): Server {
  const io = new Server(server, {
    path: '/socket.io/',
    serveClient: false,
    maxHttpBufferSize: frameBytes,
    ...heartbeat,
    connectTimeout: 10_000,
    perMessageDeflate: false,
    httpCompression: false,
    cors: { origin: [...origins], methods: ['GET', 'POST'], maxAge: 7_200 },
    allowRequest: (request, answer) => {
      if (!isOriginAllowed(request.headers.origin, origins)) return answer('origin.refused', false)
      if (connections.isFull(clientAddress(request, trustProxy))) return answer('too many connections', false)
      answer(null, true)
    }
  })
  io.engine.on('connection', (conn: Connection) => {
    const address = conn.request ? clientAddress(conn.request, trustProxy) : ''
    if (conn.request) emptyRequest(conn.request)
    conn.request = null
    addressOf.set(conn, address)
    connections.add(address)
    conn.once('close', (why) => {
      connections.remove(address)
      // Nothing comes from there any more, the answer to a proper goodbye included, and both sides would wait for it.
      if (why === 'ping timeout') conn.transport.socket?.terminate()
    })
  })
  // Malformed requests of strangers are their business, not the operator's: at the lowest level only.
  io.engine.on('connection_error', ({ code }: { readonly code: number }) => log.debug({ code }, 'a connection was refused'))
  return io
}

/** The WebSocket's own listeners hold the request for as long as the line lasts: without its headers it is small. */
function emptyRequest(request: IncomingMessage): void {
  request.headers = {}
  request.rawHeaders = []
}
