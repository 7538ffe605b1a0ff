import { type Context, Hono } from 'hono'
import { bearerOf, introspect } from './iam.js'
import type { Flow, FlowStatus, PlatformState } from './state.js'

/** The Flow Repository, as far as a chat needs it: list, look, start, stop. */

/** The orchestrator's tick in the original; here in steps. */
const TICK_STEPS = 2

type Refusal = { readonly status: 401 | 403; readonly code: number | string; readonly message: string }

export function flowRoutes(state: PlatformState): Hono {
  const app = new Hono()

  function refusal(context: Context, permission: string): Refusal | null {
    const header = context.req.header('authorization')
    if (header === undefined) return { status: 401, code: 401, message: 'Missing authorization header.' }
    if (!/^Bearer \S/.test(header)) return { status: 401, code: 401, message: 'Invalid authorization header.' }
    const account = introspect(state, bearerOf(header))
    if (!account) return { status: 401, code: 401, message: 'Token invalid.' }
    return account.permissions.includes(permission) ? null : { status: 403, code: 403, message: 'MISSING_PERMISSION' }
  }
  const refuse = (context: Context, { status, code, message }: Refusal): Response => context.json({ errors: [{ message, code }] }, status)

  app.get('/flows', (context) => {
    const refused = refusal(context, 'flows.read')
    if (refused) return refuse(context, refused)
    const wanted = context.req.query('filter[status]')
    if (wanted !== undefined && !['active', 'inactive', '1', '0'].includes(wanted))
      return context.json({ errors: [{ message: 'Invalid filter[status] parameter' }] }, 400)
    const isActive = wanted === 'active' || wanted === '1'
    const flows = [...state.flows.values()].filter((flow) => wanted === undefined || flow.status === (isActive ? 'active' : 'inactive'))
    return context.json({ data: flows, meta: { total: flows.length, page: 1, perPage: 10, totalPages: 1 } })
  })
  app.get('/flows/:id', (context) => {
    const refused = refusal(context, 'flows.read')
    if (refused) return refuse(context, refused)
    if (!isId(context.req.param('id'))) return context.json({ errors: 'Invalid id' }, 400)
    const flow = state.flows.get(context.req.param('id').toLowerCase())
    return flow ? context.json({ data: flow, meta: {} }) : context.json({ errors: [{ message: 'No flow found', code: 404 }] }, 404)
  })
  for (const [verb, during, after] of [
    ['start', 'starting', 'active'],
    ['stop', 'stopping', 'inactive']
  ] as const) {
    app.post(`/flows/:id/${verb}`, (context) => {
      const refused = refusal(context, 'flows.control')
      if (refused) return refuse(context, refused)
      if (!isId(context.req.param('id'))) return context.json({ errors: [{ message: 'Invalid id', code: 400 }] }, 400)
      const flow = state.flows.get(context.req.param('id').toLowerCase())
      if (!flow) return context.json({ errors: [{ message: 'No flow with this ID found', code: 404 }] }, 404)
      turn(state, flow, during)
      // The present status is not looked at: starting an active flow sets it back, as in the original.
      state.clock.setTimer(TICK_STEPS * state.stepMs, () => turn(state, state.flows.get(flow.id) ?? flow, after))
      return context.json({ data: { id: flow.id, status: during }, meta: {} })
    })
  }
  return app
}

const isId = (id: string): boolean => /^[0-9a-f]{24}$/i.test(id)

function turn(state: PlatformState, flow: Flow, status: FlowStatus): void {
  state.flows.set(flow.id, { ...flow, status, updatedAt: new Date(state.clock.now()).toISOString() })
}
