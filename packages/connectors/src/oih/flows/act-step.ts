import type { Act } from './act-decision.js'
import { ACT_PROGRESS } from './act-decision.js'
import type { ActState } from './act-notes.js'
import type { Sight } from './feed.js'
import { faultSaid, fellBack, isNow, notSeen } from './sentences.js'

/** What one look means for a start or stop that was sent. */
export type ActStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'tell'; readonly step: string; readonly text: string; readonly isSure: boolean }
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'fail'; readonly reason: 'failed' | 'unknownOutcome'; readonly text: string; readonly again: boolean }

/** An act whose outcome is not known is given so many looks to show. */
const MOST_UNSURE_LOOKS = 5

/**
 * @param looks made so far, this one included
 * @param wasCrossed the flow was stopped from here after this start
 */
export function decideActStep(
  act: Act,
  { isSure }: Pick<ActState, 'isSure'>,
  sight: Sight,
  { looks, wasCrossed, partner }: { readonly looks: number; readonly wasCrossed: boolean; readonly partner: string }
): ActStep {
  if (sight.kind === 'away') return { kind: 'tell', step: 'away', text: `${faultSaid(sight.fault, partner, 'flows.read').text}. It is asked again.`, isSure }
  if (sight.kind === 'lost') return { kind: 'fail', reason: 'failed', text: `${faultSaid(sight.fault, partner, 'flows.read').text}.`, again: false }
  const { flow, view } = sight
  const progress = ACT_PROGRESS[act][view]
  if (progress === 'done') return { kind: 'done', text: isNow(flow, view) }
  if (progress === 'waiting') return { kind: 'tell', step: view, text: isNow(flow, view), isSure: true }
  if (isSure) return { kind: 'fail', reason: 'failed', text: fellBack(act, flow, view, wasCrossed), again: act === 'start' }
  if (looks < MOST_UNSURE_LOOKS) return { kind: 'wait' }
  return { kind: 'fail', reason: 'unknownOutcome', text: notSeen(act, flow, view, partner), again: true }
}
