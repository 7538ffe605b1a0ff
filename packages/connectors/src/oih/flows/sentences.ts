import type { Failure } from '../errors.js'
import type { Act, ActDecision } from './act-decision.js'
import type { FlowFault } from './answers.js'
import { called, type Flow, type FlowView, viewWords } from './status.js'

/** What people read of flows, one sentence each. */

type Said = { readonly text: string; readonly again?: true }

/** What the platform's account must be allowed to, by what was asked. */
export type Permission = 'flows.read' | 'flows.control'

/** Why nothing came of a question to the repository. */
export function faultSaid(fault: FlowFault, partner: string, permission: Permission): Said {
  switch (fault.kind) {
    case 'unreachable':
      return { text: `${partner} cannot be reached at the moment`, again: true }
    case 'noAnswer':
      return { text: `${partner} gave no answer that can be used`, again: true }
    case 'tooMuch':
      return { text: `${partner} has too much to do at the moment`, again: true }
    case 'signedOut':
      return { text: `${partner} does not accept this chat's own sign-in` }
    case 'forbidden':
      return { text: `This chat's account needs the permission ${permission} at ${partner}` }
    case 'notFound':
      return { text: `There is no such flow at ${partner}, or this chat's account does not see it` }
    case 'refused':
      return { text: `${partner} refused the request (${fault.status}${fault.said === undefined ? '' : `: ${fault.said}`})` }
    default:
      return fault satisfies never
  }
}

/** The same as the end of a run: nothing was done. */
export function refusedBy(fault: FlowFault, partner: string, permission: Permission, run: string): Failure {
  const { text, again } = faultSaid(fault, partner, permission)
  return { reason: 'refused', text: `${text} (run ${run}).`, ...(again ? { again } : {}) }
}

const DONE: Readonly<Record<Act, string>> = { start: 'started', stop: 'stopped' }

/** Why a start or stop was not sent, and what to do instead. */
export function notSent(act: Act, decision: Exclude<ActDecision, 'send'>, flow: Flow): string {
  const name = called(flow)
  switch (decision) {
    case 'already':
      return act === 'start'
        ? `${name} is active already, so it was not started again. To start it anew, stop it first: /flow stop ${flow.id}`
        : `${name} is inactive already, so there was nothing to stop. To start it: /flow start ${flow.id}`
    case 'onTheWay':
      return `${name} is ${flow.status} already, so it was not ${DONE[act]} again. To see how it goes on: /flow watch ${flow.id}`
    case 'opposite':
      return `${name} is still ${flow.status}, so it was not ${DONE[act]}. Wait until it is ${act === 'start' ? 'inactive' : 'active'}: /flow watch ${flow.id}`
    default:
      return decision satisfies never
  }
}

export const isNow = (flow: Flow, view: FlowView): string => `${called(flow)} is ${viewWords(view, flow.cron)}.`

/** It was on its way and goes back. */
export function fellBack(act: Act, flow: Flow, view: FlowView, wasCrossed: boolean): string {
  const name = called(flow)
  if (act === 'stop') return `${name} was started again before it had stopped: it is ${viewWords(view, flow.cron)}.`
  if (wasCrossed) return `${name} was stopped from this chat before it had started: it is ${view}.`
  return `${name} could not be started: the platform took it from starting back to ${view}. What was wrong stands in the platform's own log.`
}

/** Nothing moved for too long. */
export function hungIn(act: Act, flow: Pick<Flow, 'id' | 'name'>, view: FlowView | null, waitedMs: number, partner: string): string {
  const name = called(flow)
  const waited = inWords(waitedMs)
  if (view === null) return `${partner} could not be asked for ${waited}, so it is not known how ${name} stands. To ask again: /flow status ${flow.id}`
  if (view === 'active') return `${name} is active, but its hook took no calls within ${waited}. To ask again: /flow status ${flow.id}`
  if (act === 'start') return `${name} is still ${view} after ${waited}. To give it up: /flow stop ${flow.id}`
  return `${name} is still ${view} after ${waited}. To ask again: /flow status ${flow.id}`
}

/** It is not known whether the platform took it, and its status shows nothing of it. */
export const notSeen = (act: Act, flow: Pick<Flow, 'name'>, view: FlowView, partner: string): string =>
  `${partner} gave no usable answer, and ${called(flow)} is still ${view}: it is not known whether it will be ${DONE[act]}.`

export function inWords(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second']
  ]
  const [size, unit] = units.find(([least]) => ms >= least) ?? [1_000, 'second']
  const many = Math.max(1, Math.round(ms / size))
  return many === 1 ? `one ${unit}` : `${many} ${unit}s`
}
