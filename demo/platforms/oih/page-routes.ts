import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import type { AuditLog } from './audit-log.js'
import type { FlowControl } from './flow-control.js'
import { introspect, tokenFor } from './iam.js'
import { KNOWN_ACCOUNTS } from './people.js'
import { refusal } from './permission.js'
import { pageStream } from './page-stream.js'
import type { PlatformState } from './state.js'
import type { Views } from './views.js'

/** The page that shows flows, events and audit records live. It is the demo's own: the original has nothing like it. */

const HOME = '/platforms/oih'
const FILES: Readonly<Record<string, string>> = {
  'page.js': 'text/javascript; charset=utf-8',
  'flow-rows.js': 'text/javascript; charset=utf-8',
  'records.js': 'text/javascript; charset=utf-8',
  'make.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml'
}
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'"
].join('; ')

type Parts = { readonly state: PlatformState; readonly control: FlowControl; readonly audit: AuditLog; readonly views: Views; readonly files: URL }

export function pageRoutes({ state, control, audit, views, files }: Parts): Hono {
  const app = new Hono()
  // A name of somebody else's that leads to this machine is no way in, nor is a page of another origin.
  app.use(`${HOME}/*`, async (context, next) => {
    const own = new URL(state.url)
    const hosts = [own.host, `localhost:${own.port}`]
    const { host = '', origin } = context.req.header()
    const isOwn = hosts.includes(host) && (context.req.method === 'GET' || origin === `http://${host}`)
    if (!isOwn) return refusal(context, 403, 'Only this hub’s own page may ask this.')
    await next()
  })
  app.get(HOME, async (context) =>
    context.body(await readFile(new URL('index.html', files)), 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      ...plain
    })
  )
  for (const [name, type] of Object.entries(FILES))
    app.get(`${HOME}/${name}`, async (context) => context.body(await readFile(new URL(name, files)), 200, { 'content-type': type, ...plain }))
  app.get(`${HOME}/stream`, () => pageStream(state, audit, views))
  for (const verb of ['start', 'stop'] as const) {
    app.post(`${HOME}/flows/:id/${verb}`, (context) => {
      const flow = control.turn(administrator(state), context.req.param('id'), verb)
      return flow ? context.json({ data: { id: flow.id, status: flow.status } }) : refusal(context, 404, 'No flow with this ID found')
    })
  }
  return app
}

const plain = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }

/** Whoever sits before the demo owns all of it. */
function administrator(state: PlatformState) {
  const id = KNOWN_ACCOUNTS.find(({ isAdmin }) => isAdmin)?._id ?? ''
  const account = introspect(state, tokenFor(state, id))
  if (!account) throw new Error('The demo hub has no administrator.')
  return account
}
