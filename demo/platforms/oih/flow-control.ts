import { type Flow, type FlowStatus, isFlowId } from './flow.js'
import { type Account, owns } from './people.js'
import type { PlatformState } from './state.js'

/** The Flow Repository's part in starting and stopping: it says what is wanted, and hears what became of it. */
export interface FlowControl {
  /** A flow that the account may see; null too where there is none. */
  find(account: Account, id: string): Flow | null
  /**
   * Says that a flow is to start or stop. Its present status is not looked at, as in the original
   * (startstop.js: the check is commented out): starting an active flow sets it back, and raises the event again.
   * @returns null when the account sees no such flow
   */
  turn(account: Account, id: string, verb: Verb): Flow | null
}
export type Verb = 'start' | 'stop'

export const SERVICE = 'flow-repository'
const DURING = { start: 'starting', stop: 'stopping' } as const satisfies Record<Verb, FlowStatus>

export function createFlowControl(state: PlatformState): FlowControl {
  const { bus, flows } = state

  bus.subscribe(SERVICE, ['flow.started', 'flow.stopped', 'flow.failed'], ({ headers, payload }) => {
    const flow = flows.get(idOf(payload))
    if (!flow) throw new Error('no such flow')
    if (headers.name === 'flow.started') set(flow, 'active')
    else if (headers.name === 'flow.stopped') set(flow, 'inactive')
    else announce(set(flow, 'stopping'), {})
  })

  function set(flow: Flow, status: FlowStatus): Flow {
    const next = { ...flow, status, updatedAt: new Date(state.clock.now()).toISOString() }
    flows.set(flow.id, next)
    state.changes.tell()
    return next
  }

  const announce = (flow: Flow, more: object): void => bus.publish({ name: `flow.${flow.status}`, serviceName: SERVICE, payload: { ...flow, ...more } })

  function find(account: Account, id: string): Flow | null {
    const flow = isFlowId(id) ? flows.get(id.toLowerCase()) : undefined
    return flow && owns(account, flow) ? flow : null
  }

  return {
    find,
    turn(account, id, verb) {
      const found = find(account, id)
      if (!found) return null
      const flow = set(found, DURING[verb])
      announce(flow, verb === 'start' ? { startedBy: account._id } : {})
      return flow
    }
  }
}

/** The payload of what the orchestrator tells. */
const idOf = (payload: unknown): string => String((payload as { readonly id?: unknown } | null)?.id)
