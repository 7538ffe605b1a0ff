import type { FlowStatus, FlowView } from './status.js'

/** Starting and stopping, decided: what is sent, and what the flow's status then says of it. */

export type Act = 'start' | 'stop'

/** `send`, or why not: it is so `already`, it is `onTheWay` there, or the `opposite` is under way. */
export type ActDecision = 'send' | 'already' | 'onTheWay' | 'opposite'

/**
 * The platform does not look at the present status: starting an active flow would set it back to `starting`, and two
 * starts would raise two events. A flow that hangs in `starting` can be stopped: there is no other way out.
 */
export const ACT_DECISIONS: Readonly<Record<Act, Readonly<Record<FlowStatus, ActDecision>>>> = {
  start: { inactive: 'send', starting: 'onTheWay', active: 'already', stopping: 'opposite' },
  stop: { inactive: 'already', starting: 'send', active: 'send', stopping: 'onTheWay' }
}

/** `waiting`: goes on. `done`: where it was to be. `fallenBack`: on its way back to where it came from. */
export type ActProgress = 'waiting' | 'done' | 'fallenBack'

/** What a flow's status says of an act that was sent. A start that failed is seen as `stopping` and `inactive`. */
export const ACT_PROGRESS: Readonly<Record<Act, Readonly<Record<FlowView, ActProgress>>>> = {
  start: { inactive: 'fallenBack', starting: 'waiting', active: 'waiting', ready: 'done', scheduled: 'done', stopping: 'fallenBack' },
  stop: { inactive: 'done', starting: 'fallenBack', active: 'fallenBack', ready: 'fallenBack', scheduled: 'fallenBack', stopping: 'waiting' }
}
