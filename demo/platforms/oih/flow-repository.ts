import { type Context, Hono } from 'hono'
import type { Flow } from './flow.js'
import { type FlowControl, SERVICE, type Verb } from './flow-control.js'
import { pageOf, readFlowQuery } from './flow-query.js'
import { flowFaults } from './flow-rules.js'
import { isFlowId } from './flow.js'
import { type Account, holds, owns } from './people.js'
import { callerWith, refusal } from './permission.js'
import { type PlatformState, randomHex } from './state.js'

/** The doors of the Flow Repository, with errors as uneven as in the original: lists of them, and in some places a mere text. */

const NO_FLOW = 'No flow with this ID found'

export function flowRoutes(state: PlatformState, control: FlowControl): Hono {
  const app = new Hono()

  app.get('/flows', (context) => {
    const caller = callerWith(state, context, 'flows.read')
    if ('refused' in caller) return caller.refused
    const query = readFlowQuery(context.req.query())
    if (typeof query === 'string') return refusal(context, 400, query)
    return context.json(
      pageOf(
        [...state.flows.values()].filter((flow) => owns(caller.account, flow)),
        query
      )
    )
  })
  app.get('/flows/:id', (context) => {
    const caller = callerWith(state, context, 'flows.read')
    if ('refused' in caller) return caller.refused
    if (!isFlowId(context.req.param('id'))) return invalidId(context)
    const flow = control.find(caller.account, context.req.param('id'))
    return flow ? context.json({ data: flow, meta: {} }) : refusal(context, 404, 'No flow found')
  })
  for (const verb of ['start', 'stop'] as const) {
    app.post(`/flows/multiple/${verb}`, async (context) => {
      const caller = callerWith(state, context, 'flows.control', 'flows.bulk')
      if ('refused' in caller) return caller.refused
      const ids: unknown = await context.req.json().catch(() => null)
      // The original goes over whatever it was given, and falls.
      if (!Array.isArray(ids)) return refusal(context, 500, 'flows is not iterable')
      return context.json(ids.map((id) => turnOne(caller.account, id, verb)))
    })
    app.post(`/flows/:id/${verb}`, (context) => {
      const caller = callerWith(state, context, 'flows.control')
      if ('refused' in caller) return caller.refused
      if (!isFlowId(context.req.param('id'))) return refusal(context, 400, 'Invalid id')
      const flow = control.turn(caller.account, context.req.param('id'), verb)
      return flow ? context.json(turned(flow)) : refusal(context, 404, NO_FLOW)
    })
  }
  app.post('/flows', async (context) => {
    const caller = callerWith(state, context, 'flows.write')
    if ('refused' in caller) return caller.refused
    const body: unknown = await context.req.json().catch(() => null)
    if (Array.isArray(body) && !holds(caller.account, 'flows.bulk')) return refusal(context, 403, 'MISSING_PERMISSION')
    const sent = Array.isArray(body) ? body : [body]
    const errors = sent.flatMap(flowFaults)
    if (errors.length > 0) return context.json({ errors }, 400)
    const stored = sent.map((flow: SentFlow) => store(newFlow(flow, caller.account), 'created', caller.account))
    return context.json({ data: Array.isArray(body) ? stored : stored[0], meta: {} }, 201)
  })
  app.patch('/flows/:id', async (context) => {
    const caller = callerWith(state, context, 'flows.write')
    if ('refused' in caller) return caller.refused
    const found = restingFlow(context, caller.account)
    if ('refused' in found) return found.refused
    const { id, createdAt, status, ...before } = found.flow
    const body: unknown = await context.req.json().catch(() => null)
    const merged = typeof body === 'object' && body !== null ? { ...before, ...body } : null
    const errors = flowFaults(merged)
    if (errors.length > 0) return context.json({ errors }, 400)
    const updatedAt = new Date(state.clock.now()).toISOString()
    return context.json({ data: store({ ...found.flow, ...merged, id, createdAt, status, updatedAt }, 'modified', caller.account), meta: {} })
  })
  app.delete('/flows/:id', (context) => {
    const caller = callerWith(state, context, 'flows.write')
    if ('refused' in caller) return caller.refused
    const found = restingFlow(context, caller.account)
    if ('refused' in found) return found.refused
    state.flows.delete(found.flow.id)
    tell('deleted', found.flow.id, caller.account)
    return context.json({ msg: 'Flow was successfully deleted' })
  })

  function turnOne(account: Account, id: unknown, verb: Verb): object {
    const flow = control.turn(account, String(id), verb)
    return flow ? turned(flow) : { errors: [{ message: NO_FLOW, flowId: id, code: 404 }] }
  }

  /** Only what is at rest may be changed. */
  function restingFlow(context: Context, account: Account): { readonly flow: Flow } | { readonly refused: Response } {
    const id = context.req.param('id') ?? ''
    if (!isFlowId(id)) return { refused: invalidId(context) }
    const flow = control.find(account, id)
    if (!flow) return { refused: refusal(context, 404, 'Flow not found') }
    return flow.status === 'inactive' ? { flow } : { refused: refusal(context, 409, `Flow is not inactive. Current status: ${flow.status}`) }
  }

  function newFlow({ name, description, graph, type, cron, flowSettings, owners }: SentFlow, account: Account): Flow {
    const now = new Date(state.clock.now()).toISOString()
    const others = (owners ?? []).filter((owner) => owner.id !== account._id)
    return {
      id: randomHex(12),
      name: name ?? '',
      description: description ?? '',
      graph: { nodes: graph.nodes, edges: graph.edges ?? [] },
      type: type ?? 'ordinary',
      tenant: account.tenant,
      owners: [...others, { id: account._id, type: 'user' }],
      status: 'inactive',
      cron: cron ?? '',
      flowSettings: flowSettings ?? {},
      createdAt: now,
      updatedAt: now
    }
  }

  function store(flow: Flow, did: 'created' | 'modified', account: Account): Flow {
    state.flows.set(flow.id, flow)
    tell(did, flow.id, account)
    return flow
  }

  function tell(did: 'created' | 'modified' | 'deleted', flowId: string, { tenant, _id }: Account): void {
    state.bus.publish({ name: `flowrepo.flow.${did}`, serviceName: SERVICE, payload: { tenant, user: _id, flowId } })
    state.changes.tell()
  }

  return app
}

/** What has passed the rules. */
type SentFlow = Partial<Omit<Flow, 'graph'>> & { readonly graph: { readonly nodes: Flow['graph']['nodes']; readonly edges?: Flow['graph']['edges'] } }

const turned = ({ id, status }: Flow): object => ({ data: { id, status }, meta: {} })

/** A text where elsewhere there is a list. */
const invalidId = (context: Context): Response => context.json({ errors: 'Invalid id' }, 400)
