import type { Server } from 'node:http'
import { Hono } from 'hono'
import { close, listen, urlOf } from '../host/server.js'
import { createTimers } from '../host/timers.js'
import { type PlatformClock, systemClock } from '../oih/clock.js'
import type { HttpBindings } from '../oih/node-bindings.js'
import { type Answering, createAnswering, createDispatch } from './answering.js'
import { shopScript } from './bot-script.js'
import { createBot } from './bot.js'
import { createReception } from './customers.js'
import type { FaultKind, PegaFault } from './faults.js'
import { messageRoutes } from './messages.js'
import { HOME, pageRoutes } from './page-routes.js'
import { shopPages } from './pages.js'
import { type Customer, createState, type Entry, type SeenRequest, type WireBody } from './state.js'
import { createWebhookSender } from './webhook-sender.js'

export type { Answering } from './answering.js'
export type { FaultKind, PegaFault } from './faults.js'
export type { Customer, Entry, SeenRequest, SentState, WireBody } from './state.js'

export type PegaDmsOptions = {
  /** 0, the default, takes any free one. */
  readonly port?: number
  /** Where messages to customers go. `url`: `null` until `webhookTo` says. `isSigned`: default true; Pega sends a token, an old installation's side may not. */
  readonly webhook?: { readonly url: string | null; readonly isSigned?: boolean }
  /** The connection's id. */
  readonly issuer?: string
  readonly secret?: string
  /** How long the bot takes over a message; default 900. */
  readonly stepMs?: number
  /** Whether the bot answers by itself; default true. */
  readonly isBotOn?: boolean
  /** Folder of the page's files; default `page` beside this module, which a bundle is not. */
  readonly pageFiles?: URL
  readonly clock?: PlatformClock
}

/** A small Pega Digital Messaging on loopback that speaks the real wire: a bot, an agent, and a page to answer from. */
export interface PegaDms {
  readonly url: string
  /** What a gateway's `DMS_URL` is. */
  readonly messagesUrl: string
  readonly issuer: string
  readonly secret: string
  /** The page to answer from. */
  readonly page: string
  readonly agent: Answering
  readonly bot: Answering
  readonly customers: readonly Customer[]
  /** What was said, in order, and what became of it. */
  readonly entries: readonly Entry[]
  /** Bodies that were taken, in order, as they came. */
  received(): readonly WireBody[]
  /** Each `POST /messages` with what was answered. */
  requests(): readonly SeenRequest[]
  webhookTo(url: string): void
  /** Lasts until it is mended. */
  breakWith(fault: PegaFault): Promise<void>
  /** Without a kind: everything. */
  mend(kind?: FaultKind): Promise<void>
  stop(): Promise<void>
}

/** For a demo on this machine; a real one is a secret of the operator's. */
const DEMO_ISSUER = 'larch-and-loam-web'
const DEMO_SECRET = 'demo-secret-of-the-connection-larch-and-loam'
const STEP_MS = 900

/** @throws when the port is taken */
export async function startPegaDms(options: PegaDmsOptions = {}): Promise<PegaDms> {
  const { port = 0, webhook, issuer = DEMO_ISSUER, secret = DEMO_SECRET, stepMs = STEP_MS, isBotOn = true, clock = systemClock } = options
  const timers = createTimers(clock)
  const state = createState({
    clock: timers.clock,
    stepMs,
    issuer,
    secret,
    isBotOn,
    webhookUrl: webhook?.url ?? null,
    isSigning: webhook?.isSigned ?? true
  })
  const sender = createWebhookSender(state)
  const dispatch = createDispatch(state, sender)
  const ownBot = createBot({ state, script: () => shopScript(state.url), send: (id, body, isAgent) => void dispatch.sendOddly(id, body, isAgent) })
  const parts = { state, dispatch, hush: ownBot.hush }
  const [agent, bot] = [createAnswering(parts, true), createAnswering(parts, false)]
  const folder = options.pageFiles ?? new URL('./page/', import.meta.url)
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/', (context) => context.redirect(HOME))
  app.route('/', pageRoutes({ state, agent, bot, folder }))
  app.route('/', messageRoutes(state, createReception(state, ownBot)))
  app.route('/', shopPages())

  let server: Server | null = await listen(app, port)
  state.url = urlOf(server)
  /** One that is unreachable does not listen. */
  async function follow(): Promise<void> {
    const isWanted = !state.faults.has('unreachable')
    if (isWanted && !server) server = await listen(app, Number(new URL(state.url).port))
    if (isWanted || !server) return
    const before = server
    server = null
    await close(before)
  }

  return {
    url: state.url,
    messagesUrl: `${state.url}/messages`,
    issuer,
    secret,
    page: `${state.url}${HOME}`,
    agent,
    bot,
    get customers() {
      return state.customers
    },
    get entries() {
      return state.entries
    },
    received: () => state.received,
    requests: () => state.requests,
    webhookTo: (url) => void (state.webhookUrl = url),
    breakWith(fault) {
      state.faults.set(fault)
      return follow()
    },
    mend(kind) {
      state.faults.mend(kind)
      return follow()
    },
    async stop() {
      sender.stop()
      timers.cancelAll()
      if (server) await close(server)
      server = null
    }
  }
}
