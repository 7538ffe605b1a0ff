import type { Flow } from './flow.js'
import type { FlowMessage, RunFlow } from './runner.js'
import type { PlatformState } from './state.js'

/**
 * The component orchestrator: brings components up and down, one stage on each tick, and runs flows.
 * It ticks only while something is on its way; where a tick falls depends on when the hub began, not on who asked.
 */
export interface Orchestrator {
  statusOf(id: string): Stage | null
  /** Ends all runs. */
  stop(): void
}
export type Stage = 'starting' | 'preparing-by-orchestrator-1' | 'prepared' | 'started' | 'stopping'
type Task = { readonly flow: Flow; readonly stage: Stage; readonly hasFailed: boolean }

const SERVICE = 'component-orchestrator'

export function createOrchestrator(state: PlatformState, runFlow: RunFlow): Orchestrator {
  const { bus, clock, tickMs } = state
  const beganAt = clock.now()
  const tasks = new Map<string, Task>()
  const runs = new Set<{ readonly flow: string; readonly ends: AbortController }>()
  let isTickSet = false
  for (const flow of state.flows.values()) if (flow.status === 'active') tasks.set(flow.id, { flow, stage: 'started', hasFailed: false })

  bus.subscribe(SERVICE, ['flow.starting', 'flow.stopping', 'flow.execute'], ({ headers, payload }) => {
    if (headers.name === 'flow.execute') {
      const { flow, msg } = payload as { readonly flow: Flow; readonly msg: FlowMessage }
      // Without its components nothing takes the message from their queue.
      if (tasks.get(flow.id)?.stage === 'started') run(flow, msg)
      return
    }
    const flow = payload as Flow
    if (headers.name === 'flow.starting') set(flow, 'starting')
    else if (tasks.has(flow.id)) set(flow, 'stopping')
    setTick()
  })

  function run(flow: Flow, message: FlowMessage): void {
    const entry = { flow: flow.id, ends: new AbortController() }
    runs.add(entry)
    void runFlow(flow, message, entry.ends.signal).finally(() => runs.delete(entry))
  }

  function setTick(): void {
    if (isTickSet || ![...tasks.values()].some(isOnItsWay)) return
    isTickSet = true
    clock.setTimer(tickMs - ((clock.now() - beganAt) % tickMs), () => {
      isTickSet = false
      for (const task of [...tasks.values()].filter(isOnItsWay)) advance(task)
      setTick()
    })
  }

  function advance({ flow, stage }: Task): void {
    switch (stage) {
      case 'starting':
        return set(flow, 'preparing-by-orchestrator-1')
      case 'preparing-by-orchestrator-1':
        return state.faults.takeFailedStart(flow.id) ? fail(flow) : set(flow, 'prepared')
      case 'prepared':
        set(flow, 'started')
        return tell('flow.started', flow)
      case 'stopping':
        remove(flow)
        return tell('flow.stopped', flow)
      case 'started':
        return
      default:
        return stage satisfies never
    }
  }

  function set(flow: Flow, stage: Stage): void {
    tasks.set(flow.id, { flow, stage, hasFailed: false })
    state.changes.tell()
  }
  const tell = (name: string, { id }: Flow): void => bus.publish({ name, serviceName: SERVICE, payload: { id } })

  function fail(flow: Flow): void {
    tasks.set(flow.id, { flow, stage: 'preparing-by-orchestrator-1', hasFailed: true })
    tell('flow.failed', flow)
  }

  /** With the containers go the runs in them: no result, no error. */
  function remove({ id }: Flow): void {
    tasks.delete(id)
    state.changes.tell()
    for (const { flow, ends } of runs) if (flow === id) ends.abort()
  }

  return {
    statusOf: (id) => tasks.get(id)?.stage ?? null,
    stop: () => [...runs].forEach(({ ends }) => void ends.abort())
  }
}

const isOnItsWay = ({ stage, hasFailed }: Task): boolean => stage !== 'started' && !hasFailed
