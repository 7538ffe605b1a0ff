import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { close } from '../host/server.js'
import { createTimers } from '../host/timers.js'
import { auditRoutes } from './audit-routes.js'
import { createAuditLog } from './audit-log.js'
import type { RecordedEvent } from './bus.js'
import { type PlatformClock, systemClock } from './clock.js'
import type { Results } from './demo-flows.js'
import type { Faults } from './faults.js'
import { createFlowControl } from './flow-control.js'
import { flowRoutes } from './flow-repository.js'
import { healthRoutes } from './health.js'
import { createHookStore } from './hook-store.js'
import { iamRoutes, persistentTokenFor, tokenFor } from './iam.js'
import * as ids from './ids.js'
import type { HttpBindings } from './node-bindings.js'
import { createOrchestrator } from './orchestrator.js'
import { pageRoutes } from './page-routes.js'
import { KNOWN_ACCOUNTS } from './people.js'
import { providerRoutes } from './provider.js'
import { createRunner } from './runner.js'
import { createScheduler } from './scheduler.js'
import { secretRoutes } from './secrets.js'
import { createState, keep, type PlatformState, type SeenRequest, type SentCallback } from './state.js'
import { createViews, type FlowViews } from './views.js'
import { webhookRoutes } from './webhooks.js'

export { AUTH_CLIENT } from './ids.js'
export type { SeenRequest, SentCallback } from './state.js'
export type { PlatformClock } from './clock.js'

export type OihPlatformOptions = {
  /** 0, the default, takes any free one. */
  readonly port?: number
  readonly host?: '127.0.0.1'
  /** How long one step of a flow takes; default 1000. */
  readonly stepMs?: number
  /** The orchestrator's tick, one stage of a start or stop; default 10,000 as in the original. */
  readonly tickMs?: number
  /** Where flows that nobody asked, as the stock watch, bring their results: the flow's id is put behind the address. */
  readonly results?: Results
  /** Ids of flows that are active from the beginning, besides those that always are. */
  readonly started?: readonly string[]
  /** Where `sendToFront` goes for flows that carry no correlation, without a trailing slash. */
  readonly callbackBase?: string
  /** Components that lose the correlation, as those of the first trial. */
  readonly legacyComponents?: boolean
  /** Default 10 MB. */
  readonly payloadLimitBytes?: number
  /** Browser origins that may call hooks; default none. */
  readonly corsOrigins?: readonly string[]
  /** Folder of the page's files; default `page` beside this module, which a bundle is not. */
  readonly pageFiles?: URL
  readonly clock?: PlatformClock
}

/** A small Open Integration Hub on loopback that speaks the real wire; all its services share one address. */
export interface OihPlatform {
  readonly url: string
  /** Flows by what they are for; all but `stockWatch` are active from the beginning. */
  readonly flows: typeof FLOWS
  /** The service account's token, as an operator would configure it. */
  readonly token: string
  /** Opens the audit log for writing and nothing else, and never ends by itself. */
  readonly auditToken: string
  readonly login: { readonly username: string; readonly password: string }
  /** The key that callers of the price update sign with. */
  readonly hmacSecret: string
  readonly faults: Faults
  /** The newest 2,000 requests that arrived, in order. */
  readonly requests: readonly SeenRequest[]
  /** The newest 2,000 callbacks that a flow posted, with the status that came back. */
  readonly callbacks: readonly SentCallback[]
  /** The newest 500 events that a service raised, without secrets, and who lost them. */
  readonly events: readonly RecordedEvent[]
  /** What each of the three services holds for a flow's status. */
  viewsOf(flowId: string): FlowViews
  /** A live token of one of IAM's accounts: chat-gateway, reader, operator, admin, other-shop, audit-writer. @throws for another name */
  tokenOf(username: string): string
  /** Ends all tokens of IAM, as three idle hours do. */
  expireTokens(): void
  /** The secret service forgets the secrets of all sign-ins. */
  forgetSecrets(): void
  stop(): Promise<void>
}

const FLOWS = {
  signIn: ids.SIGN_IN_FLOW,
  profile: ids.PROFILE_FLOW,
  report: ids.REPORT_FLOW,
  greenhouse: ids.GREENHOUSE_FLOW,
  openingHours: ids.OPENING_HOURS_FLOW,
  priceUpdate: ids.PRICE_UPDATE_FLOW,
  stockWatch: ids.STOCK_WATCH_FLOW
} as const
const TEN_MEGABYTES = 10 * 1024 * 1024

export async function startOihPlatform(options: OihPlatformOptions = {}): Promise<OihPlatform> {
  const {
    port = 0,
    host = '127.0.0.1',
    stepMs = 1_000,
    tickMs = 10_000,
    results = null,
    started = [],
    callbackBase = null,
    legacyComponents = false,
    payloadLimitBytes = TEN_MEGABYTES,
    corsOrigins = [],
    pageFiles = new URL('./page/', import.meta.url),
    clock = systemClock
  } = options
  const timers = createTimers(clock)
  const state = createState({
    clock: timers.clock,
    stepMs,
    tickMs,
    results,
    started,
    callbackBase,
    legacyComponents,
    payloadLimitBytes,
    corsOrigins
  })
  const services = createServices(state)
  const server = await listen(buildApp(state, services, pageFiles), port, host)
  state.url = `http://${host}:${(server.address() as AddressInfo).port}`
  return {
    url: state.url,
    flows: FLOWS,
    token: tokenFor(state, ids.SERVICE_ACCOUNT.id),
    auditToken: persistentTokenFor(state, ids.AUDIT_ACCOUNT_ID),
    login: { username: ids.SERVICE_ACCOUNT.username, password: ids.SERVICE_ACCOUNT.password },
    hmacSecret: ids.PRICE_UPDATE_KEY.key,
    faults: state.faults,
    requests: state.requests,
    callbacks: state.callbacks,
    get events() {
      return state.bus.events
    },
    viewsOf: (flowId) => services.views.of(flowId),
    tokenOf(username) {
      const account = KNOWN_ACCOUNTS.find((known) => known.username === username)
      if (!account) throw new Error(`There is no account ${username}; there are ${KNOWN_ACCOUNTS.map((known) => known.username).join(', ')}.`)
      return tokenFor(state, account._id)
    },
    expireTokens: () => state.tokens.clear(),
    forgetSecrets: () => state.secrets.clear(),
    async stop() {
      services.orchestrator.stop()
      timers.cancelAll()
      state.faults.releaseSteps()
      await close(server)
    }
  }
}

function createServices(state: PlatformState) {
  const control = createFlowControl(state)
  const hooks = createHookStore(state)
  const orchestrator = createOrchestrator(state, createRunner(state))
  const scheduler = createScheduler(state)
  const audit = createAuditLog(state)
  return { control, hooks, orchestrator, audit, views: createViews(state, { hooks, orchestrator, scheduler }) }
}

function buildApp(state: PlatformState, services: ReturnType<typeof createServices>, files: URL): Hono<{ Bindings: HttpBindings }> {
  const { control, hooks, audit, views } = services
  const app = new Hono<{ Bindings: HttpBindings }>()
  // Before the record of requests: who looks at the page is no caller of the hub.
  app.route('/', pageRoutes({ state, control, audit, views, files }))
  app.use(async (context, next) => {
    const body = context.req.method === 'POST' ? await context.req.raw.clone().text() : ''
    // The address as it came: what a URL parser makes of it would hide what was tried.
    keep(state.requests, { method: context.req.method, path: context.env.incoming.url ?? '', headers: context.req.header(), body })
    await next()
  })
  app.route('/', healthRoutes())
  app.route('/', webhookRoutes(state, hooks))
  app.route('/', flowRoutes(state, control))
  app.route('/', iamRoutes(state))
  app.route('/', secretRoutes(state))
  app.route('/', auditRoutes(state, audit))
  app.route('/', providerRoutes(state))
  return app
}

function listen(app: Hono<{ Bindings: HttpBindings }>, port: number, hostname: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, () => resolve(server as Server))
    server.once('error', reject)
  })
}
