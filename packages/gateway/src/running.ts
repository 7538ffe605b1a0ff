import type { Server } from 'node:http'
import { idFromBytes } from '@parley/protocol'
import { createAllowances, createEngine, type Engine, type Inbox, type Log, reasonOf } from '@parley/engine'
import { createAdmission, drainSpreadMs } from './admission.js'
import { createIdentityRefusals } from './audit/identity-refusals.js'
import { createAuditShipping } from './audit/open-audit.js'
import type { AuditWorker } from './audit/worker.js'
import type { GatewayConfig } from './config.js'
import type { GatewayOptions } from './gateway-options.js'
import { createSeal, systemChance, systemClock } from './host.js'
import { createApp, createHttpServer } from './http.js'
import { createIdentityTokens } from './identity-token.js'
import { createInboxes, operatorOrigins } from './inboxes.js'
import { createOldDoor } from './labb-chat-hook/door.js'
import { findOwnInbox, notOfOwnInbox, type OwnInbox, withoutOwnInbox } from './labb-chat-hook/own-inbox.js'
import { createPasses } from './labb-chat-hook/passes.js'
import { createReceiptBook } from './labb-chat-hook/receipt-book.js'
import { refuseSharedConnection } from './labb-chat-hook/shared-connection.js'
import { listen, urlOf } from './listen.js'
import { createMetrics, type Metrics } from './metrics.js'
import { createOutbound, type Outbound } from './outbound-fetch.js'
import { createRateLimit, createTally } from './rate-limit.js'
import { createReadiness } from './readiness.js'
import { createStaticFiles, findWidgetDir } from './routes/static-files.js'
import { addressLimit, visitorLimit } from './shared-limits.js'
import { openSocketDoor, type SocketDoor } from './socket.js'
import { openStore } from './stores/open-store.js'
import type { GatewayStore } from './stores/sqlite.js'
import { createTokens } from './tokens.js'

/** A gateway that is up. */
export type Running = { readonly url: string; stop(): Promise<void> }
type RunOptions = GatewayOptions & { readonly log: Log }
type Undo = () => Promise<void> | void

/** Rule 14 gives five seconds in all, and the store is still to be closed then. */
const DRAIN_WITHIN_MS = 4_000

/** Puts the parts together, in the order in which they need one another. What was opened is closed when a later part fails. */
export async function run(config: GatewayConfig, options: RunOptions): Promise<Running> {
  const undo: Undo[] = []
  try {
    return await assemble(config, options, undo)
  } catch (thrown) {
    for (const step of undo.reverse()) await step()
    throw thrown
  }
}

type Parts = {
  readonly config: GatewayConfig
  readonly options: RunOptions
  readonly inboxes: readonly Inbox[]
  /** `null`: no clients of a Labb Chat Hook come here. */
  readonly own: OwnInbox | null
  readonly store: GatewayStore
  readonly secret: string
  readonly outbound: Outbound
  readonly http: ReturnType<typeof createHttpServer>
  readonly metrics: Metrics
  /** `null`: no audit is configured. */
  readonly audit: AuditWorker | null
  readonly url: string
}

async function assemble(config: GatewayConfig, options: RunOptions, undo: Undo[]): Promise<Running> {
  const { log } = options
  const inboxes = await createInboxes(config, options.connectors)
  const own = findOwnInbox(inboxes)
  refuseSharedConnection(config)
  const metrics = createMetrics()
  const store = metrics.measured(await openStore(config.store, systemChance))
  undo.push(() => store.close())
  const secret = config.secret ?? (await store.secret('gateway', () => Buffer.from(systemChance.bytes(32)).toString('base64url')))
  const outbound = createOutbound({ trusted: operatorOrigins(config), allow: config.outbound.allow })
  undo.push(() => outbound.close())
  const audit = config.audit && createAuditShipping(config.audit, { store, clock: systemClock, log, meter: metrics.meter })
  undo.push(() => audit?.stop())
  const http = createHttpServer()
  const port = await listen(http.server, config.port, config.host)
  undo.push(() => closeServer(http.server))

  // Nothing waits until the doors are open, so no request comes before there is something to answer it.
  const url = urlOf(config.host, port)
  const { engine, door, serving, refusals } = openDoors({ config, options, inboxes, own, store, secret, outbound, http, metrics, audit, url })
  undo.push(() => refusals.close())
  undo.push(() => door.close())
  await engine.start()
  audit?.start()
  serving.is = true
  if (config.origins.length === 0) log.warn({}, 'no page may use this gateway: "origins" is empty')
  log.info({ port, inboxes: inboxes.length }, 'gateway started')
  metrics.load().catch((thrown: unknown) => log.error({ reason: reasonOf(thrown) }, 'the metrics could not be loaded'))
  return {
    url,
    async stop() {
      serving.is = false
      await within(DRAIN_WITHIN_MS, drain({ engine, door, server: http.server, connectsPerSecond: config.limits.connectsPerSecond }), log)
      await refusals.close()
      // What was recorded while draining may have left by now; the rest waits in the store.
      await audit?.stop()
      await outbound.close()
      await store.close()
      log.info({}, 'gateway stopped')
    }
  }
}

/** The engine, and all the ways in to it. */
function openDoors({ config, options: { log, widgetDir, loaderMaxAgeS }, inboxes, own, store, secret, outbound, http, metrics, audit, url }: Parts) {
  const tokens = createTokens(secret, systemClock)
  const passes = createPasses(systemChance)
  const seal = createSeal(secret)
  const { meter } = metrics
  const engine = createEngine({
    clock: systemClock,
    chance: systemChance,
    seal,
    meter,
    log,
    store,
    inboxes,
    publicUrl: config.publicUrl ?? url,
    limits: { messagesPerSecond: config.limits.messagesPerSecond, burst: config.limits.burst },
    visitorLimit: visitorLimit(config.limits),
    ...(audit && { audited: audit.wake }),
    fetch: outbound.fetch,
    authenticate: async (token) => passes.take(token) ?? notOfOwnInbox(await tokens.authenticate(token), own)
  })
  const refusals = createIdentityRefusals({
    inboxes: new Set(inboxes.map(({ name }) => name)),
    write: (inbox, code, count) => engine.identityRefused(inbox, code, count),
    clock: systemClock,
    log
  })
  const serving = { is: false }
  const tellMetrics = async () => metrics.text({ connections: door.count(), epoch: store.epoch, auditsWaiting: audit ? await store.auditCount() : null })
  const { trustProxy, limits } = config
  const sessionLimit = createRateLimit(limits.sessionsPerMinutePerIp)
  const shared = { engine: withoutOwnInbox(engine, own), origins: new Set(config.origins), trustProxy, log }
  http.serve(
    createApp({
      ...shared,
      tokens,
      files: createStaticFiles(widgetDir ?? findWidgetDir(), loaderMaxAgeS),
      identities: config.identity ? createIdentityTokens(config.identity, systemClock) : null,
      refusals,
      sessionLimit,
      appendLimit: createRateLimit(limits.sessionsPerMinutePerIp),
      bodyBytes: limits.bodyBytes,
      home: config.home,
      metrics: { token: config.metricsToken, equal: seal.equal, text: tellMetrics },
      countSession: (status) => meter.count('session', String(status)),
      inboxesOf: (kind) => config.inboxes.filter((inbox) => inbox.connector === kind).map((inbox) => inbox.name),
      unreadiness: createReadiness({ clock: systemClock, check: () => store.check(), isServing: () => serving.is, log })
    })
  )
  const oldDoor =
    own &&
    createOldDoor({
      engine,
      inbox: own.name,
      oldClients: own.oldClients,
      passes,
      book: createReceiptBook(),
      clock: systemClock,
      randomId: () => idFromBytes(systemChance.bytes(16)),
      digest: seal.digest,
      limits,
      sessionLimit,
      meter,
      log
    })
  const door = openSocketDoor({
    ...shared,
    oldDoor,
    server: http.server,
    meter,
    frameBytes: limits.frameBytes,
    connections: createTally(limits.connectionsPerIp),
    addresses: createAllowances(addressLimit(limits), systemClock),
    admission: createAdmission({ clock: systemClock, perSecond: limits.connectsPerSecond, burst: limits.connectBurst })
  })
  return { engine, door, serving, refusals }
}

type Draining = {
  readonly engine: Engine
  readonly door: SocketDoor
  readonly server: Server
  readonly connectsPerSecond: number
}

async function drain({ engine, door, server, connectsPerSecond }: Draining): Promise<void> {
  server.close()
  await engine.stop(drainSpreadMs(door.count(), connectsPerSecond))
  // The lines end when what was sent over them has left; then nothing is open that is still at work.
  await new Promise((resolve) => setImmediate(resolve))
  const closed = door.close()
  await closeServer(server)
  await closed
}

/** Requests that are being answered get half a second to end. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), 500)
  await closed
  clearTimeout(timer)
}

async function within(ms: number, work: Promise<void>, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn({ ms }, 'the gateway did not drain in time')
      resolve()
    }, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
