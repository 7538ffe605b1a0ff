import { type HttpBindings, RESPONSE_ALREADY_SENT } from './node-bindings.js'
import { type Context, Hono } from 'hono'
import type { HookFault } from './faults.js'
import { mayRun } from './hook-authorisation.js'
import type { HookStore } from './hook-store.js'
import { readQuery } from './query.js'
import type { FlowMessage } from './runner.js'
import { type PlatformState, randomHex } from './state.js'

/** The webhooks service with its oddities: 404 after a second, 403 for a bad token, GET without any check, 500 for PUT. */

/** Against guessing. */
const NOT_FOUND_AFTER_MS = 1_000

type HookContext = Context<{ Bindings: HttpBindings }>

export function webhookRoutes(state: PlatformState, hooks: HookStore): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('/hook/:id/:suffix?', (context) => {
    const origin = context.req.header('origin')
    if (origin !== undefined && !state.corsOrigins.includes(origin)) return context.json({ error: 'Not allowed by CORS' }, 500)
    switch (context.req.method) {
      case 'HEAD':
        return context.body(null, hooks.startedFlow(context.req.param('id')) ? 200 : 404)
      case 'GET':
        return take(context, readQuery(new URL(context.req.url).search), null)
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
    try {
      return take(context, text === '' ? {} : JSON.parse(text), text)
    } catch (reason) {
      return context.json({ error: reason instanceof Error ? reason.message : 'Unexpected token' }, 400)
    }
  }

  /** @param rawBody what is signed; null where nobody looks, as the original does for GET */
  function take(context: HookContext, data: unknown, rawBody: string | null): Response | Promise<Response> {
    const flow = hooks.startedFlow(context.req.param('id') ?? '')
    if (!flow) return notFound(state, context)
    if (rawBody !== null && !mayRun(state, flow, { header: (name) => context.req.header(name), rawBody })) return context.json({ error: 'Unauthorized' }, 403)
    const requestId = context.req.header('x-request-id') ?? randomHex(16)
    const fault = state.faults.takeHookFault()
    // Published and not waited for: a 200 is no promise that anything runs.
    if (!fault || (fault.kind === 'reset' && fault.afterTaking)) {
      const msgOpts = { headers: { taskId: flow.id, execId: randomHex(16), userId: 'DOES_NOT_MATTER' } }
      const payload = { flow, msg: messageOf(context, data, requestId), msgOpts }
      state.bus.publish({ name: 'flow.execute', serviceName: 'webhooks', type: 'webhooks', payload })
    }
    return fault ? faulty(context, fault) : context.json({ data: { requestId, message: 'thank you' } })
  }
  return app
}

function notFound(state: PlatformState, context: HookContext): Promise<Response> {
  const answer = context.json({ error: `Flow ${context.req.param('id') ?? ''} either does not exist or is inactive.` }, 404)
  return new Promise((resolve) => void state.clock.setTimer(NOT_FOUND_AFTER_MS, () => resolve(answer)))
}

function messageOf(context: HookContext, data: unknown, requestId: string): FlowMessage {
  return {
    id: randomHex(16),
    attachments: {},
    data,
    // All of them, the caller's own Authorization too.
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
