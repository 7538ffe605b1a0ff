import type { ConnectorPort, Delivery, RunRecord } from '@parley/engine'
import type { RunId } from '@parley/protocol'
import { createAuditor } from '../auditor.js'
import type { OihConfig } from '../config.js'
import type { Failure } from '../errors.js'
import { createSerial } from '../../serial.js'
import { type Act, ACT_DECISIONS } from './act-decision.js'
import { type ActState, readActState } from './act-notes.js'
import { decideActStep } from './act-step.js'
import type { FlowFeed, Sight } from './feed.js'
import type { FlowRepository } from './repository.js'
import { isStillWaiting, type RunFollows } from './run-follows.js'
import { hungIn, isNow, notSent, refusedBy } from './sentences.js'
import type { Flow, FlowView } from './status.js'

/** Starting and stopping flows: sent once, and followed until the flow is where it was to be, or does not get there. */
export interface FlowActs {
  begin(act: Act, run: RunRecord, flow: string, delivery: Delivery): Promise<void>
  /** Goes on with one that was sent, or may have been, before a restart. Settles when that is on record. */
  resume(act: Act, run: RunRecord, flow: string): Promise<void>
}

/** A start that goes on after a restart is looked at for this long at least. */
const LEAST_AFTER_RESTART_MS = 15_000

export function createFlowActs(
  port: ConnectorPort,
  config: OihConfig,
  { repository, feed, follows }: { readonly repository: FlowRepository; readonly feed: FlowFeed; readonly follows: RunFollows }
): FlowActs {
  const { partner, startTimeoutMs } = config
  const audit = createAuditor(port)
  const serial = createSerial()
  /** When each flow was last stopped from here. */
  const stops = new Map<string, number>()

  const refuse = (run: RunId, text: string): Promise<unknown> => port.run.fail(run, { reason: 'refused', text: `${text} (run ${run}).` })

  /** Of one flow one at a time: the status that was read still holds when the act is sent, as far as this gateway goes. */
  const begin: FlowActs['begin'] = (act, record, flow, delivery) => serial(flow, () => send(act, record, flow, delivery))

  async function send(act: Act, record: RunRecord, id: string, delivery: Delivery): Promise<void> {
    const { run } = record
    follows.end(run)
    const found = await repository.find(id)
    if (found.kind !== 'ok') {
      await port.run.fail(run, refusedBy(found, partner, 'flows.read', run))
      return
    }
    const flow = found.value
    const decision = ACT_DECISIONS[act][flow.status]
    if (decision !== 'send') {
      await refuse(run, notSent(act, decision, flow))
      return
    }
    const state: ActState = { until: port.clock.now() + startTimeoutMs, name: flow.name, isSure: false }
    await port.run.note(run, { act: state })
    await delivery.markSent()
    const sentAt = port.clock.now()
    const answer = await repository.act(act, id)
    if (answer.kind !== 'ok' && answer.kind !== 'noAnswer') {
      port.log.warn({ inbox: port.inbox, run, flow: id, outcome: answer.kind }, `a flow could not be ${act === 'start' ? 'started' : 'stopped'}`)
      await port.run.fail(run, refusedBy(answer, partner, 'flows.control', run))
      return
    }
    feed.doubt(id)
    if (act === 'stop') stops.set(id, sentAt)
    const sent: ActState = { ...state, isSure: answer.kind === 'ok' }
    await auditSent(act, run, id, sent)
    if (sent.isSure) await port.run.note(run, { act: sent })
    await tellSent(act, record, flow, sent.isSure)
    follow(act, record, id, { state: sent, sentAt, firstInMs: config.pollMs, endAt: state.until })
  }

  const auditSent = (act: Act, run: RunId, flow: string, { name, isSure }: ActState): Promise<void> =>
    audit({ name: `flow.${act}`, run, fields: { flow, flowName: name, isSure } })

  async function tellSent(act: Act, { run }: RunRecord, flow: Flow, isSure: boolean): Promise<void> {
    if (!isSure) {
      await port.run.progress(run, { step: 'unsure', text: `${partner} gave no usable answer. Its status is asked for.` })
      return
    }
    await port.run.accept(run)
    const status = act === 'start' ? 'starting' : 'stopping'
    await port.run.progress(run, { step: status, text: isNow({ ...flow, status }, status) })
  }

  type Begun = { readonly state: ActState; readonly sentAt: number; readonly firstInMs: number; readonly endAt: number }

  function follow(act: Act, { run }: RunRecord, id: string, { state: first, sentAt, firstInMs, endAt }: Begun): void {
    let { isSure } = first
    let looks = 0
    let isAudited = false
    let lastView: FlowView | null = null

    async function see(sight: Sight): Promise<boolean> {
      looks += 1
      if (sight.kind === 'seen') lastView = sight.view
      const wasCrossed = act === 'start' && (stops.get(id) ?? 0) >= sentAt
      const step = decideActStep(act, { isSure }, sight, { looks, wasCrossed, partner })
      switch (step.kind) {
        case 'wait':
          return false
        case 'tell':
          if (step.isSure && !isSure) await port.run.note(run, { act: { ...first, isSure: true } })
          isSure = step.isSure
          return (await port.run.progress(run, { step: step.step, text: step.text })) === 'ended'
        case 'done':
          await end({ kind: 'finish', text: step.text })
          return true
        case 'fail':
          await end({
            kind: 'fail',
            failure: { reason: step.reason, text: `${step.text} (Run ${run}.)`, ...(step.again ? { again: true } : {}) }
          })
          return true
        default:
          return step satisfies never
      }
    }
    /** The audit comes first: a crash in between writes it a second time, but never loses it. */
    async function end(how: End): Promise<void> {
      if (!(await isStillWaiting(port, run))) return
      if (!isAudited) await auditEnd(act, run, id, how)
      isAudited = true
      await (how.kind === 'finish' ? port.run.finish(run, [{ kind: 'text', text: how.text }]) : port.run.fail(run, how.failure))
    }
    function timeUp(): Promise<void> {
      const text = hungIn(act, { id, name: first.name }, lastView, endAt - sentAt, partner)
      return end({ kind: 'fail', failure: { reason: 'timedOut', text: `${text} (Run ${run}.)`, again: true } })
    }
    follows.begin(run, { flow: id, firstInMs, endAt, see, timeUp })
  }

  type End = { readonly kind: 'finish'; readonly text: string } | { readonly kind: 'fail'; readonly failure: Failure }

  const auditEnd = (act: Act, run: RunId, flow: string, how: End): Promise<void> =>
    how.kind === 'finish'
      ? audit({ name: act === 'start' ? 'flow.active' : 'flow.inactive', run, fields: { flow } })
      : audit({ name: 'flow.failed', run, fields: { flow, act, reason: how.failure.reason } })

  return {
    begin,
    async resume(act, record, flow) {
      const state = readActState(record.notes)
      // Not about to be sent: its delivery is still to come.
      if (!state) return
      const now = port.clock.now()
      // On record before the deliveries are taken up: one that was marked as sent is then known to be followed here.
      if (!state.isSure) {
        await auditSent(act, record.run, flow, state)
        await port.run.progress(record.run, { step: 'resumed', text: `This chat was restarted. ${partner} is asked how far it is.` })
      } else if (record.status === 'open' || record.status === 'sent') await port.run.accept(record.run)
      follow(act, record, flow, { state, sentAt: record.startedAt, firstInMs: 0, endAt: Math.max(state.until, now + LEAST_AFTER_RESTART_MS) })
    }
  }
}
