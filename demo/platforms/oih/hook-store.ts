import type { Flow } from './flow.js'
import type { PlatformState } from './state.js'

/** What the webhooks service knows of flows: its own copies, made and ended by events, apart from the Flow Repository. */
export interface HookStore {
  /** The flow, if its hook is open. */
  startedFlow(id: string): Flow | null
  statusOf(id: string): HookStatus | null
}
export type HookStatus = 'starting' | 'started'

const SERVICE = 'webhooks'

export function createHookStore({ bus, flows, changes }: PlatformState): HookStore {
  const hooks = new Map<string, { readonly flow: Flow; readonly status: HookStatus }>()
  for (const flow of flows.values()) if (flow.status === 'active' && flow.cron === '') hooks.set(flow.id, { flow, status: 'started' })

  bus.subscribe(SERVICE, ['flow.starting', 'flow.started', 'flow.stopping'], ({ headers, payload }) => {
    const flow = payload as Flow
    const before = hooks.get(flow.id)
    if (headers.name === 'flow.stopping') hooks.delete(flow.id)
    else if (headers.name === 'flow.starting') {
      // What the scheduler runs has no hook.
      if (flow.cron) hooks.delete(flow.id)
      else hooks.set(flow.id, { flow, status: 'starting' })
    } else if (before) hooks.set(flow.id, { ...before, status: 'started' })
    changes.tell()
  })

  return {
    startedFlow(id) {
      const hook = hooks.get(id.toLowerCase())
      return hook?.status === 'started' ? hook.flow : null
    },
    statusOf: (id) => hooks.get(id)?.status ?? null
  }
}
