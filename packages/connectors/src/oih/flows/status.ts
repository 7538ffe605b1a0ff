import type { CardTone } from '@parley/protocol'

/** What is known of a flow, and how it stands in words. */

export type FlowStatus = 'inactive' | 'starting' | 'active' | 'stopping'
export type Flow = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly status: FlowStatus
  /** `null`: it is run by its hook. */
  readonly cron: string | null
}

/**
 * How a flow stands for people. The platform's repository and its webhooks learn of a start one after the other, so
 * `active` is not yet `ready`: only then the hook takes calls. A `scheduled` flow is active and takes none.
 */
export type FlowView = 'inactive' | 'starting' | 'active' | 'ready' | 'scheduled' | 'stopping'

/** @param accepts does its hook take calls? */
export function viewOf({ status, cron }: Pick<Flow, 'status' | 'cron'>, accepts: boolean): FlowView {
  if (status !== 'active') return status
  if (cron !== null) return 'scheduled'
  return accepts ? 'ready' : 'active'
}

/** What comes behind "is" in a sentence, and stands on a card. */
export function viewWords(view: FlowView, cron: string | null): string {
  switch (view) {
    case 'ready':
      return 'active and takes calls'
    case 'active':
      return 'active, not yet taking calls'
    case 'scheduled':
      return `active, scheduled: ${cron ?? ''}`
    default:
      return view
  }
}

export const VIEW_TONES: Readonly<Record<FlowView, CardTone>> = {
  inactive: 'neutral',
  starting: 'busy',
  active: 'busy',
  ready: 'good',
  scheduled: 'good',
  stopping: 'busy'
}

export const FLOW_VIEWS = Object.keys(VIEW_TONES) as readonly FlowView[]

/** How a flow is called in a sentence. */
export const called = ({ name }: Pick<Flow, 'name'>): string => `“${name}”`
