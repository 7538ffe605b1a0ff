import { type HttpBindings, RESPONSE_ALREADY_SENT } from './node-bindings.js'
import { type Context, Hono } from 'hono'
import type { HookFault } from './faults.js'
import { bearerOf, introspect, login } from './iam.js'
import { readQuery } from './query.js'
import type { FlowMessage, RunFlow } from './runner.js'
import { type Flow, type PlatformState, randomHex } from './state.js'

/** The webhooks service with its oddities: 404 after a second, 403 for a bad token, GET without any check, 500 for PUT. */

/** Against guessing. */
const NOT_FOUND_AFTER_MS = 1_000

type HookContext = Context<{ Bindings: HttpBindings }>

export function webhookRoutes(state: PlatformState, runFlow: RunFlow): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const healthy = (context: Context): Response => context.text('OK')
  app.get('/', healthy)
  app.get('/healthcheck', healthy)
  app.all('/hook/:id/:suffix?', (context) => {
    const origin = context.req.header('origin')
    if (origin !== undefined && !state.corsOrigins.includes(origin)) return context.json({ error: 'Not allowed by CORS' }, 500)
    switch (context.req.method) {
      case 'HEAD':
        return context.body(null, startedFlow(state, context) ? 200 : 404)
      case 'GET':
        return take(context, async () => readQuery(new URL(context.req.url).search), false)
      case 'POST':
        return post(context)
      default:
        return context.json({ error: 'next is not a function' }, 500)
    }
  })

  async function post(context: HookContext): Promise<Response> {
    if (!context.req.header('content-type')) return context.json({ error: 'Content-Type header is missing' }, 415)
    const text = await context.req.text()
    if (Buffer.byteLength(text) > state.payloadLimitBytes) return context.json({ error: 'request entity too large' }, 413)
    return take(context, async () => (text === '' ? {} : JSON.parse(text)), true)
  }

  async function take(context: HookContext, readData: () => Promise<unknown>, isChecked: boolean): Promise<Response> {
    const data = await readData().catch((reason: unknown) => new SyntaxError(reason instanceof Error ? reason.message : 'Unexpected token'))
    if (data instanceof SyntaxError) return context.json({ error: data.message }, 400)
    const flow = startedFlow(state, context)
    if (!flow) return notFound(state, context)
    if (isChecked && !mayRun(state, context, flow)) return context.json({ error: 'Unauthorized' }, 403)
    const requestId = context.req.header('x-request-id') ?? randomHex(16)
    const fault = state.faults.takeHookFault()
    if (!fault || (fault.kind === 'reset' && fault.afterTaking)) runFlow(flow, messageOf(context, data, requestId))
    return fault ? faulty(context, fault) : context.json({ data: { requestId, message: 'thank you' } })
  }
  return app
}

const startedFlow = (state: PlatformState, context: HookContext): Flow | null => {
  const flow = state.flows.get((context.req.param('id') ?? '').toLowerCase())
  return flow?.status === 'active' ? flow : null
}

function notFound(state: PlatformState, context: HookContext): Promise<Response> {
  const answer = context.json({ error: `Flow ${context.req.param('id') ?? ''} either does not exist or is inactive.` }, 404)
  return new Promise((resolve) => void state.clock.setTimer(NOT_FOUND_AFTER_MS, () => resolve(answer)))
}

/** Off unless the flow asks for it; then a token of IAM, or user name and password. */
function mayRun(state: PlatformState, context: HookContext, flow: Flow): boolean {
  if (!flow.flowSettings.webhooks?.requireWebhookAuth) return true
  const header = context.req.header('authorization')
  const [, basic] = /^Basic (.+)$/.exec(header ?? '') ?? []
  if (basic === undefined) return introspect(state, bearerOf(header))?.permissions.includes('webhooks.execute') ?? false
  const [username = '', ...password] = Buffer.from(basic, 'base64').toString().split(':')
  const found = login(username, password.join(':'))
  return 'account' in found && found.account.permissions.includes('webhooks.execute')
}

function messageOf(context: HookContext, data: unknown, requestId: string): FlowMessage {
  return {
    id: randomHex(16),
    attachments: {},
    data,
    headers: context.req.header(),
    metadata: { source: { name: 'webhooks', type: 'webhook', externalExecId: requestId } },
    url: new URL(context.req.url).pathname,
    method: context.req.method
  }
}

function faulty(context: HookContext, fault: HookFault): Response | Promise<Response> {
  switch (fault.kind) {
    case 'status':
      return new Response(JSON.stringify({ error: fault.error }), { status: fault.status, headers: { 'content-type': 'application/json' } })
    case 'html':
      return new Response('<!doctype html><title>Gateway</title><h1>Something stands in between</h1>', {
        status: fault.status,
        headers: { 'content-type': 'text/html' }
      })
    case 'hang':
      return new Promise(() => {})
    case 'reset':
      context.env.incoming.socket.destroy()
      return RESPONSE_ALREADY_SENT
    default:
      return fault satisfies never
  }
}
