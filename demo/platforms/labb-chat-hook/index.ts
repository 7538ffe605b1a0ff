import { Hono } from 'hono'
import { Server as SocketServer } from 'socket.io'
import { close, listen, urlOf } from '../host/server.js'
import { createTimers } from '../host/timers.js'
import { type PlatformClock, systemClock } from '../oih/clock.js'
import { createForward } from './forward.js'
import { createHookSockets } from './sockets.js'
import { webhookRoutes } from './webhook.js'

export type LabbChatHookOptions = {
  /** 0, the default, takes any free one; the original has 5600 and no other. */
  readonly port?: number
  /** Of Socket.IO's polling; the original lets everybody in when it is not set. */
  readonly allowedOrigin?: string
  /** Absent, as the two after it: each message ends in `serverError`. */
  readonly dmsUrl?: string
  readonly issuer?: string
  readonly secret?: string
  /** Takes the one line that the original writes when a client acknowledges nothing. */
  readonly log?: (line: string) => void
  readonly clock?: PlatformClock
}

export interface LabbChatHook {
  readonly url: string
  /** What Pega is told to call. */
  readonly webhookUrl: string
  /** Which numbers are taken to be where, as it is now. */
  readonly numbers: readonly string[]
  stop(): Promise<void>
}

/**
 * A stand-in for a Labb Chat Hook as it stands with its users (commit e369009, February 2024), with what is odd about it.
 * One thing is left out: a `serverMessage` from a client, and a `clientMessage` of null, end the original's process, and would
 * end the test or the demo with it. Here they are passed over.
 * @throws when the port is taken
 */
export async function startLabbChatHook(options: LabbChatHookOptions = {}): Promise<LabbChatHook> {
  const { port = 0, allowedOrigin, dmsUrl, issuer, secret, log = () => {}, clock = systemClock } = options
  const timers = createTimers(clock)
  const stopping = new AbortController()
  const forward = createForward({ dmsUrl, issuer, secret, clock: timers.clock, stopping: stopping.signal })
  const sockets = createHookSockets({ forward, clock: timers.clock, log })
  const app = new Hono()
  app.route('/', webhookRoutes(sockets.deliver))
  const server = await listen(app, port)
  // It guards polling alone: a browser opens a WebSocket from anywhere.
  const io = new SocketServer(server, { cors: { origin: allowedOrigin ?? '*' } })
  io.on('connection', sockets.connect)
  const url = urlOf(server)

  return {
    url,
    webhookUrl: `${url}/webhook`,
    get numbers() {
      return sockets.numbers()
    },
    async stop() {
      stopping.abort()
      timers.cancelAll()
      io.disconnectSockets(true)
      await close(server)
    }
  }
}
