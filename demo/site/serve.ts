import { readdir, readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { type ServerType, serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { DEEDS, type Lab } from '../break/lab.js'
import { navigationOf, PAGE_FILES } from './navigation.js'
import { signStaffToken } from './staff-token.js'

/** The demo's host pages on an origin of their own, under the strictest policy that a careful shop would set. */
export type SiteOptions = {
  readonly port: number
  /** Where the gateway is, as a page reaches it; no trailing slash. */
  readonly gateway: string
  /** Where pictures in answers come from. */
  readonly pictures: readonly string[]
  /** Folder of the pages, and of the bundle of the SDK page. */
  readonly pages: URL
  readonly bundles: URL
  /** The line to be broken, for the page that does it. */
  readonly lab: Lab
  /** Flows that are named on the pages, to try. */
  readonly flows: { readonly report: string; readonly stockWatch: string; readonly greenhouse: string }
  /** The hub's own page. */
  readonly hub: string
  /** The page to answer from as customer service, and the one of the chat without a gateway. */
  readonly pega: string
  readonly labbPega: string
  /** The Labb Chat Hook that the page without a gateway talks to. */
  readonly labb: string
  /** What the shop's server signs with who somebody is; the gateway's `identity.secret`. */
  readonly identitySecret: string
  /** Pages reload when the server comes back. */
  readonly isDev: boolean
  /** Further pages by path, as HTML. */
  readonly extraPages?: Readonly<Record<string, string>>
}
export type Site = { readonly url: string; stop(): Promise<void> }

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  js: 'text/javascript; charset=utf-8'
}
/** Everything that is served, so that no path reaches anything else. */
const FILES = [
  ...PAGE_FILES,
  'site.css',
  'trowel.svg',
  'can.svg',
  'fork.svg',
  'pot.svg',
  'rose.svg',
  'lavender.svg',
  'fern.svg',
  'maple.svg',
  'larch.svg',
  'reload.js'
]

/** @throws when the port is taken */
export async function startSite(options: SiteOptions): Promise<Site> {
  const app = new Hono()
  app.get('/', (context) => file(context, 'index.html', options))
  // With the chunks that they share, or fetch later.
  const bundles = (await readdir(options.bundles)).filter((name) => name.endsWith('.js'))
  for (const name of bundles) app.get(`/${name}`, (context) => file(context, name, options, options.bundles))
  app.get('/break', (context) => context.json(options.lab.state()))
  for (const deed of DEEDS) app.post(`/break/${deed}`, (context) => context.json(options.lab.act(deed)))
  // In a demo anybody may play the operator; a real shop asks for a sign-in first.
  app.get('/staff-token', (context) => context.text(signStaffToken(options.identitySecret, Date.now()), 200, { 'cache-control': 'no-store' }))
  app.get('/healthz', (context) => context.text('ok'))
  for (const name of FILES) app.get(`/${name}`, (context) => file(context, name, options))
  for (const [path, html] of Object.entries(options.extraPages ?? {})) app.get(path, (context) => page(context, html, options))
  if (options.isDev) app.get('/reload', openLine)
  const server = await listen(app, options.port)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  return { url: `http://localhost:${port}`, stop: () => close(server) }
}

async function file(context: Context, name: string, options: SiteOptions, from: URL = options.pages): Promise<Response> {
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  const body = await readFile(new URL(name, from))
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }
  return name.endsWith('.html')
    ? page(context, body.toString('utf8').replace('{{navigation}}', navigationOf(name)), options)
    : context.body(new Uint8Array(body), 200, headers)
}

function page(context: Context, html: string, options: SiteOptions): Response {
  return context.body(fill(html, options), 200, { 'content-type': TYPES.html ?? '', 'cache-control': 'no-cache', 'content-security-policy': policy(options) })
}

function fill(html: string, { gateway, lab, flows, hub, pega, labb, labbPega, isDev }: SiteOptions): string {
  return html
    .replaceAll('{{parleyPort}}', `${lab.parleyPort}`)
    .replaceAll('{{plainPort}}', `${lab.plainPort}`)
    .replaceAll('{{gateway}}', gateway)
    .replaceAll('{{stockFlow}}', flows.report)
    .replaceAll('{{stockWatch}}', flows.stockWatch)
    .replaceAll('{{longFlow}}', flows.greenhouse)
    .replaceAll('{{hub}}', hub)
    .replaceAll('{{pega}}', pega)
    .replaceAll('{{labb}}', labb)
    .replaceAll('{{labbPega}}', labbPega)
    .replaceAll('{{reload}}', isDev ? '<script type="module" src="/reload.js"></script>' : '')
}

/** Scripts, styles and lines only from where they must come; no HTML from strings anywhere. */
function policy({ gateway, pictures, lab, labb }: SiteOptions): string {
  const lines = [`127.0.0.1:${lab.parleyPort}`, `localhost:${lab.parleyPort}`, `127.0.0.1:${lab.plainPort}`]
  const socket = [gateway.replace(/^http/, 'ws'), labb, labb.replace(/^http/, 'ws'), ...lines.flatMap((line) => [`http://${line}`, `ws://${line}`])].join(' ')
  return [
    "default-src 'none'",
    `script-src 'self' ${gateway}`,
    "style-src 'self'",
    `img-src 'self' ${pictures.join(' ')}`,
    `connect-src 'self' ${gateway} ${socket}`,
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'"
  ].join('; ')
}

/** A line that says nothing: that it breaks is the message. */
function openLine(context: Context): Response {
  const lines = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(': here\n\n')) })
  return context.body(lines, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
}

function listen(app: Hono, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server: ServerType = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(server as Server))
    server.once('error', reject)
  })
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
