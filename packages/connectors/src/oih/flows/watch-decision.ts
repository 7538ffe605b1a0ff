import type { Json } from '@parley/protocol'
import type { FlowFault } from './answers.js'
import type { Sight } from './feed.js'
import { faultSaid, isNow } from './sentences.js'
import { called, type Flow, FLOW_VIEWS, type FlowView, viewWords } from './status.js'

/**
 * What those who watch a flow have been told last: kept with the run, so that after a restart nothing is told twice
 * and nothing is left out. `told` counts, and is part of each entry's key.
 */
export type WatchState = { readonly told: number; readonly view: FlowView | null; readonly isAway: boolean; readonly name: string }

export type WatchStep =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tell'; readonly step: string; readonly text: string; readonly state: WatchState }
  /** It cannot be watched any longer. */
  | { readonly kind: 'end'; readonly text: string }

export const newWatch = (flow: Flow): WatchState => ({ told: 0, view: null, isAway: false, name: flow.name })

/** A look → what is told of it. The same look twice tells nothing. */
export function decideWatch(state: WatchState, sight: Sight, partner: string): WatchStep {
  switch (sight.kind) {
    case 'seen':
      return seen(state, sight, partner)
    case 'away':
      return state.isAway ? { kind: 'nothing' } : tell(state, awaySaid(sight.fault, partner), { isAway: true })
    case 'lost':
      return { kind: 'end', text: `${faultSaid(sight.fault, partner, 'flows.read').text}, so ${called(state)} is watched no longer.` }
    default:
      return sight satisfies never
  }
}

function seen(state: WatchState, { flow, view }: Sight & { readonly kind: 'seen' }, partner: string): WatchStep {
  const now = { view, isAway: false, name: flow.name }
  if (state.isAway) return tell(state, `${partner} is back. ${isNow(flow, view)}`, now)
  if (state.view === view) return { kind: 'nothing' }
  const isSetback = state.view === 'starting' && (view === 'stopping' || view === 'inactive')
  const text = isSetback ? `${called(flow)} could not be started, or was stopped meanwhile: it is ${viewWords(view, flow.cron)}.` : isNow(flow, view)
  return tell(state, text, now)
}

function tell(state: WatchState, text: string, change: Partial<WatchState>): WatchStep {
  const told = state.told + 1
  const next = { ...state, ...change, told }
  return { kind: 'tell', step: `${told} ${next.isAway ? 'away' : next.view}`, text, state: next }
}

const awaySaid = (fault: FlowFault, partner: string): string => `${faultSaid(fault, partner, 'flows.read').text}. Watching goes on.`

/** From a run's notes; anything else is no watch. */
export function readWatchState(notes: Json): WatchState | null {
  const { watch } = objectOf(notes)
  const { told, view, isAway, name } = objectOf(watch ?? null)
  if (typeof told !== 'number' || typeof name !== 'string') return null
  const known = FLOW_VIEWS.find((one) => one === view) ?? null
  return { told, view: known, isAway: isAway === true, name }
}

const objectOf = (value: Json): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {}
