import { nextDate, parseCron } from './cron.js'
import type { Flow } from './flow.js'
import type { FlowMessage } from './runner.js'
import { type PlatformState, randomHex } from './state.js'

/** The scheduler: runs flows that have a `cron` when they are due, from the moment they are started. */
export interface Scheduler {
  /** When a flow runs next, in milliseconds since 1970; null when it does not. */
  dueAt(id: string): number | null
}
type Entry = { readonly flow: Flow; readonly dueAt: number | null; readonly cancel: () => void }

const SERVICE = 'scheduler'
/** A timer cannot be set further ahead than 24 days. */
const LONGEST_WAIT_MS = 86_400_000

export function createScheduler(state: PlatformState): Scheduler {
  const { bus, clock } = state
  const entries = new Map<string, Entry>()

  bus.subscribe(SERVICE, ['flow.starting', 'flow.started', 'flow.stopping'], ({ headers, payload }) => {
    const flow = payload as Flow
    const before = entries.get(flow.id)
    if (headers.name === 'flow.started') {
      if (before) plan(before.flow)
      return
    }
    before?.cancel()
    entries.delete(flow.id)
    state.changes.tell()
    if (headers.name === 'flow.starting' && flow.cron) entries.set(flow.id, { flow, dueAt: null, cancel: () => {} })
  })

  function plan(flow: Flow): void {
    entries.get(flow.id)?.cancel()
    const cron = parseCron(flow.cron)
    const dueAt = cron && nextDate(cron, clock.now())
    entries.set(flow.id, { flow, dueAt, cancel: () => {} })
    if (dueAt !== null) wait(flow, dueAt)
  }

  function wait(flow: Flow, dueAt: number): void {
    const cancel = clock.setTimer(Math.min(dueAt - clock.now(), LONGEST_WAIT_MS), () => {
      if (clock.now() < dueAt) return wait(flow, dueAt)
      execute(flow)
      plan(flow)
    })
    entries.set(flow.id, { flow, dueAt, cancel })
    state.changes.tell()
  }

  function execute(flow: Flow): void {
    const execId = randomHex(16)
    const msg: FlowMessage = {
      id: randomHex(16),
      attachments: {},
      data: {},
      headers: {},
      metadata: { source: { name: SERVICE, type: 'cron', externalExecId: execId } },
      url: '',
      method: ''
    }
    const msgOpts = { headers: { taskId: flow.id, execId, userId: 'DOES_NOT_MATTER' } }
    bus.publish({ name: 'flow.execute', serviceName: SERVICE, type: SERVICE, payload: { flow, msg, msgOpts } })
  }

  // What was active when the hub ended goes on.
  for (const flow of state.flows.values()) if (flow.status === 'active' && flow.cron) plan(flow)

  return { dueAt: (id) => entries.get(id)?.dueAt ?? null }
}
