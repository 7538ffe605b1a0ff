import type { FlowStatus } from './flow.js'
import type { HookStatus, HookStore } from './hook-store.js'
import type { Orchestrator, Stage } from './orchestrator.js'
import type { Scheduler } from './scheduler.js'
import type { PlatformState } from './state.js'

/** What three services hold for the status of one flow. They hear of each other by events only, so they are not in step. */
export type FlowViews = {
  readonly repository: FlowStatus | null
  readonly webhooks: HookStatus | null
  readonly orchestrator: Stage | null
  /** When the scheduler runs it next, in milliseconds since 1970. */
  readonly dueAt: number | null
}
export interface Views {
  of(flowId: string): FlowViews
}
type Services = { readonly hooks: HookStore; readonly orchestrator: Orchestrator; readonly scheduler: Scheduler }

export function createViews({ flows }: PlatformState, { hooks, orchestrator, scheduler }: Services): Views {
  return {
    of: (id) => ({
      repository: flows.get(id)?.status ?? null,
      webhooks: hooks.statusOf(id),
      orchestrator: orchestrator.statusOf(id),
      dueAt: scheduler.dueAt(id)
    })
  }
}
