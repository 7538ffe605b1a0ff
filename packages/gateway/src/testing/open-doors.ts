import { type Allowances, createAllowances, type Engine, type Log, type LogFields, type Meter, NO_METER } from '@parley/engine'
import type { Admission } from '../admission.js'
import { systemClock } from '../host.js'
import { createApp, createHttpServer, type HttpOptions } from '../http.js'
import type { IdentityTokens } from '../identity-token.js'
import { listen } from '../listen.js'
import { createRateLimit, createTally } from '../rate-limit.js'
import type { Count } from '../prometheus.js'
import { createStaticFiles } from '../routes/static-files.js'
import { openSocketDoor, type SocketOptions } from '../socket.js'
import { createTokens, type Tokens } from '../tokens.js'

export type LogLine = { readonly level: keyof Log; readonly fields: LogFields; readonly text: string }
/** A log that keeps its lines. */
export function createListLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const keep = (level: keyof Log) => (fields: LogFields, text: string) => {
    lines.push({ level, fields, text })
  }
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
}

export const PAGE = 'https://www.example.com'
export type OpenDoors = { readonly url: string; readonly tokens: Tokens; readonly log: ReturnType<typeof createListLog>; close(): Promise<void> }
type DoorOptions = Partial<HttpOptions> & {
  readonly widgetDir?: string
  readonly frameBytes?: number
  readonly connectionsPerIp?: number
  readonly identities?: IdentityTokens
  readonly appendsPerMinute?: number
  readonly sessionsPerMinute?: number
  readonly addresses?: Allowances
  readonly admission?: Admission
  readonly meter?: Meter<Count>
  readonly heartbeat?: SocketOptions['heartbeat']
}

/** The HTTP and socket doors on a real port, in front of any engine. */
export async function openDoors(engine: Engine, options: DoorOptions = {}): Promise<OpenDoors> {
  const log = createListLog()
  const tokens = createTokens('a secret of this test, long enough', systemClock)
  const origins = options.origins ?? new Set([PAGE])
  const http = createHttpServer()
  const port = await listen(http.server, 0, '127.0.0.1')
  http.serve(
    createApp({
      engine,
      tokens,
      origins,
      log,
      files: createStaticFiles(options.widgetDir ?? '/nowhere'),
      identities: options.identities ?? null,
      refusals: options.refusals ?? { note: async () => {} },
      appendLimit: createRateLimit(options.appendsPerMinute ?? 1_000),
      sessionLimit: createRateLimit(options.sessionsPerMinute ?? 10_000),
      bodyBytes: options.bodyBytes ?? 2_000,
      home: options.home ?? null,
      trustProxy: options.trustProxy ?? false,
      metrics: options.metrics ?? { token: null, equal: (a, b) => a === b, text: async () => ({ text: '', type: 'text/plain' }) },
      countSession: () => {},
      inboxesOf: options.inboxesOf ?? (() => []),
      unreadiness: options.unreadiness ?? (async () => null)
    })
  )
  const door = openSocketDoor({
    server: http.server,
    engine,
    origins,
    log,
    frameBytes: options.frameBytes ?? 65_536,
    connections: createTally(options.connectionsPerIp ?? 100),
    addresses: options.addresses ?? createAllowances({ perSecond: 10_000, burst: 10_000 }, systemClock),
    admission: options.admission ?? { take: () => 0 },
    meter: options.meter ?? NO_METER,
    ...(options.heartbeat && { heartbeat: options.heartbeat }),
    trustProxy: options.trustProxy ?? false
  })
  return {
    url: `http://127.0.0.1:${port}`,
    tokens,
    log,
    async close() {
      const closed = door.close()
      http.server.closeAllConnections()
      await closed
    }
  }
}
