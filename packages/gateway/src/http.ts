import { createServer, type IncomingMessage, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Engine, Log } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import { type Context, Hono } from 'hono'
import { clientAddress } from './client-address.js'
import { plainText, refusal } from './http-answers.js'
import type { IdentityRefusals } from './audit/identity-refusals.js'
import type { IdentityTokens } from './identity-token.js'
import type { RateLimit } from './rate-limit.js'
import { type Doors, LABB_WEBHOOK, OIH_RECEIVER, openDoor, openReceiver } from './routes/doors.js'
import { appendLast } from './routes/append.js'
import { type MetricsRoute, tellMetrics } from './routes/metrics.js'
import { openSession, sessionPreflight } from './routes/session.js'
import type { StaticFiles } from './routes/static-files.js'
import type { Tokens } from './tokens.js'

export type HttpOptions = {
  readonly engine: Engine
  readonly tokens: Tokens
  readonly files: StaticFiles
  readonly origins: ReadonlySet<string>
  /** `null`: nobody's server names visitors here. */
  readonly identities: IdentityTokens | null
  readonly refusals: Pick<IdentityRefusals, 'note'>
  readonly sessionLimit: RateLimit
  readonly appendLimit: RateLimit
  readonly bodyBytes: number
  readonly home: string | null
  readonly trustProxy: boolean
  readonly inboxesOf: Doors['inboxesOf']
  readonly metrics: MetricsRoute
  readonly countSession: (status: number) => void
  /** `null`, or why nobody should be sent here now. */
  readonly unreadiness: () => Promise<string | null>
  readonly log: Log
}
type Env = { Bindings: { readonly incoming: IncomingMessage } }

/** Everything that is asked over plain HTTP. */
export function createApp(options: HttpOptions): Hono<Env> {
  const { engine, log, files, origins } = options
  const doors: Doors = { engine, bodyBytes: options.bodyBytes, inboxesOf: options.inboxesOf, log }
  const { tokens, identities, refusals } = options
  const session = { engine, tokens, identities, refusals, origins, limit: options.sessionLimit, log }
  const last = { engine, origins, limit: options.appendLimit }
  const address = (c: Context<Env>): string => clientAddress(c.env.incoming, options.trustProxy)
  const app = new Hono<Env>()

  app.options('/session', (c) => sessionPreflight(c.req.raw, origins))
  app.post('/session', async (c) => {
    const answer = await openSession(c.req.raw, address(c), session)
    options.countSession(answer.status)
    return answer
  })
  app.post('/append', (c) => appendLast(c.req.raw, address(c), last))
  app.get('/parley.js', (c) => files.loader(c.req.raw))
  app.get('/assets/:name', (c) => files.asset(c.req.raw, c.req.param('name')))
  for (const door of ['hooks', 'accounts'] as const) {
    app.all(`/${door}/:inbox`, (c) => openDoor(c.req.raw, door, c.req.param('inbox'), doors))
    app.all(`/${door}/:inbox/*`, (c) => openDoor(c.req.raw, door, c.req.param('inbox'), doors))
  }
  app.post('/oih-receiver', (c) => openReceiver(c.req.raw, OIH_RECEIVER, doors))
  app.post('/webhook', (c) => openReceiver(c.req.raw, LABB_WEBHOOK, doors))
  app.get('/healthz', () => plainText('ok\n'))
  app.get('/readyz', async () => {
    const why = await options.unreadiness()
    return why === null ? plainText('ok\n') : plainText(`${why}\n`, 503)
  })
  app.get('/metrics', (c) => tellMetrics(c.env.incoming, options.metrics))
  app.get('/', (c) => (options.home === null ? plainText('A Parley gateway.\nPages include /parley.js.\n') : c.redirect(options.home, 302)))
  app.notFound(() => refusal({ code: 'address.unknown', text: 'There is nothing at this address.' }))
  app.onError((thrown, c) => {
    // The pattern, not the address: that may hold tokens.
    log.error({ method: c.req.method, route: c.req.routePath, reason: reasonOf(thrown) }, 'a request could not be answered')
    return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 })
  })
  return app
}

/**
 * The HTTP server, not yet listening. A client has ten seconds for its headers and thirty for the
 * whole request, so that slow senders do not pile up.
 */
export function createHttpServer(): { readonly server: Server; serve(app: Hono<Env>): void } {
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16_384
  })
  server.maxHeadersCount = 100
  return {
    server,
    serve(app) {
      const listener = getRequestListener((request, env) => app.fetch(request, env as Env['Bindings']), { overrideGlobalObjects: false })
      server.on('request', (incoming, outgoing) => {
        void listener(incoming, outgoing)
      })
    }
  }
}
