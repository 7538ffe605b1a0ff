import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type PlatformClock, systemClock } from './clock.js'
import type { Faults } from './faults.js'
import { flowRoutes } from './flow-repository.js'
import { iamRoutes, tokenFor } from './iam.js'
import { PROFILE_FLOW, REPORT_FLOW, SERVICE_ACCOUNT, SIGN_IN_FLOW } from './ids.js'
import type { HttpBindings } from './node-bindings.js'
import { providerRoutes } from './provider.js'
import { createRunner } from './runner.js'
import { secretRoutes } from './secrets.js'
import { createState, type PlatformState, type SeenRequest, type SentCallback } from './state.js'
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
  /** Where `sendToFront` goes for flows that carry no correlation, without a trailing slash. */
  readonly callbackBase?: string
  /** Components that lose the correlation, as those of the first trial. */
  readonly legacyComponents?: boolean
  /** Default 10 MB. */
  readonly payloadLimitBytes?: number
  /** Browser origins that may call hooks; default none. */
  readonly corsOrigins?: readonly string[]
  readonly clock?: PlatformClock
}

/** A small Open Integration Hub on loopback that speaks the real wire; all its services share one address. */
export interface OihPlatform {
  readonly url: string
  readonly flows: { readonly signIn: string; readonly profile: string; readonly report: string }
  /** The service account's token, as an operator would configure it. */
  readonly token: string
  readonly login: { readonly username: string; readonly password: string }
  readonly faults: Faults
  /** Every request that arrived, in order. */
  readonly requests: readonly SeenRequest[]
  /** Every callback that a flow posted, with the status that came back. */
  readonly callbacks: readonly SentCallback[]
  /** Ends all tokens of IAM, as three idle hours do. */
  expireTokens(): void
  /** The secret service forgets all secrets. */
  forgetSecrets(): void
  stop(): Promise<void>
}

const TEN_MEGABYTES = 10 * 1024 * 1024

export async function startOihPlatform(options: OihPlatformOptions = {}): Promise<OihPlatform> {
  const {
    port = 0,
    host = '127.0.0.1',
    stepMs = 1_000,
    callbackBase = null,
    legacyComponents = false,
    payloadLimitBytes = TEN_MEGABYTES,
    corsOrigins = [],
    clock = systemClock
  } = options
  const timers = createTimers(clock)
  const state = createState({ clock: timers.clock, stepMs, callbackBase, legacyComponents, payloadLimitBytes, corsOrigins })
  const server = await listen(buildApp(state), port, host)
  state.url = `http://${host}:${(server.address() as AddressInfo).port}`
  return {
    url: state.url,
    flows: { signIn: SIGN_IN_FLOW, profile: PROFILE_FLOW, report: REPORT_FLOW },
    token: tokenFor(state, SERVICE_ACCOUNT.id),
    login: { username: SERVICE_ACCOUNT.username, password: SERVICE_ACCOUNT.password },
    faults: state.faults,
    requests: state.requests,
    callbacks: state.callbacks,
    expireTokens: () => state.tokens.clear(),
    forgetSecrets: () => state.secrets.clear(),
    async stop() {
      state.isStopped = true
      timers.cancelAll()
      state.faults.releaseSteps()
      await close(server)
    }
  }
}

function buildApp(state: PlatformState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (context, next) => {
    const body = context.req.method === 'POST' ? await context.req.raw.clone().text() : ''
    // The address as it came: what a URL parser makes of it would hide what was tried.
    state.requests.push({ method: context.req.method, path: context.env.incoming.url ?? '', headers: context.req.header(), body })
    await next()
  })
  app.route('/', webhookRoutes(state, createRunner(state)))
  app.route('/', flowRoutes(state))
  app.route('/', iamRoutes(state))
  app.route('/', secretRoutes(state))
  app.route('/', providerRoutes(state))
  return app
}

function listen(app: Hono<{ Bindings: HttpBindings }>, port: number, hostname: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, () => resolve(server as Server))
    server.once('error', reject)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** All timers of one hub, so that none outlives it. */
function createTimers(clock: PlatformClock): { readonly clock: PlatformClock; cancelAll(): void } {
  const cancels = new Set<() => void>()
  return {
    clock: {
      now: () => clock.now(),
      setTimer(ms, run) {
        const cancel = clock.setTimer(ms, () => {
          cancels.delete(cancel)
          run()
        })
        cancels.add(cancel)
        return () => {
          cancels.delete(cancel)
          cancel()
        }
      }
    },
    cancelAll() {
      for (const cancel of cancels) cancel()
      cancels.clear()
    }
  }
}
