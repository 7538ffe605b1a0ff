import type { ConversationId, KnownEvent } from '@parley/protocol'
import { type Connector, type Delivery, DeliveryFault } from './connector.js'
import type { Core } from './core.js'
import { decideAfterFault } from './dispatch-decision.js'
import { reasonOf } from './host.js'
import { botAuthor, externalMessageId } from './identity.js'
import { newEvent } from './new-event.js'
import { type Job, WAITING } from './records.js'
import type { Runs } from './runs.js'
import type { Put } from './store.js'

/** Brings recorded events to the connectors: per conversation one at a time, in order; conversations side by side. */
export interface Dispatcher {
  add(job: Job): void
  /** Settles when the attempts under way have ended; nothing new begins. */
  stop(): Promise<void>
}

type Lane = { readonly jobs: Job[]; isBusy: boolean; cancel: (() => void) | null }

export function createDispatcher({ host, meter, store, queue, connectors }: Core, runs: Runs): Dispatcher {
  const { clock, chance, log, seal } = host
  const lanes = new Map<ConversationId, Lane>()
  const underWay = new Set<Promise<void>>()
  let isStopped = false

  function wake(conversation: ConversationId, lane: Lane): void {
    const [job] = lane.jobs
    if (!job && !lane.isBusy) lanes.delete(conversation)
    if (!job || lane.isBusy || isStopped) return
    lane.cancel?.()
    const waitMs = job.dueAt - clock.now()
    if (waitMs > 0) {
      lane.cancel = clock.setTimer(waitMs, () => wake(conversation, lane))
      return
    }
    lane.isBusy = true
    const attempt = work(job).then(
      (left) => settle(lane, left),
      (reason: unknown) => {
        // Not even the outcome could be written: the disk. The job stands in the store as it was.
        log.error({ conversation, seq: job.seq, reason: reasonOf(reason) }, 'a job could not be carried on')
        settle(lane, { ...job, dueAt: clock.now() + 10_000 })
      }
    )
    const settled = attempt.finally(() => {
      underWay.delete(settled)
      lane.isBusy = false
      wake(conversation, lane)
    })
    underWay.add(settled)
  }

  function settle(lane: Lane, left: Job | null): void {
    if (left) lane.jobs[0] = left
    else {
      lane.jobs.shift()
      meter.jobs(-1)
    }
  }

  /** One attempt. @returns the job as it stands, or `null` when it is over */
  async function work(job: Job): Promise<Job | null> {
    const connector = connectors.get(job.inbox)
    const [event] = await store.read({ conversation: job.conversation, log: 'public', from: job.seq, to: job.seq }, 1, Number.MAX_SAFE_INTEGER)
    const record = await store.conversation(job.conversation)
    if (!connector || !record || !event || event.type === 'unknown' || !(await isWanted(event))) return done(job)
    const tried: Job = { ...job, attempts: job.attempts + 1 }
    let sent = false
    const delivery: Delivery = {
      conversation: job.conversation,
      visitor: record.visitor,
      event,
      idempotencyKey: `${job.conversation}:${event.messageId}:${job.inbox}`,
      attempt: tried.attempts,
      async markSent() {
        if (!sent) await write({ put: 'job', job: { ...tried, state: 'sent' } })
        sent = true
      }
    }
    return attemptDelivery(connector, delivery, tried, () => sent)
  }

  async function attemptDelivery(connector: Connector, delivery: Delivery, job: Job, wasSent: () => boolean): Promise<Job | null> {
    try {
      await connector.deliver(delivery)
      meter.count('delivery', 'done')
      return done(job)
    } catch (thrown) {
      const fault = thrown instanceof DeliveryFault ? thrown : null
      log.warn({ conversation: job.conversation, seq: job.seq, inbox: job.inbox, attempt: job.attempts, reason: reasonOf(thrown) }, 'a delivery failed')
      const next = wasSent() ? ({ then: 'give up' } as const) : decideAfterFault(job.attempts, fault, (chance.bytes(1)[0] ?? 0) / 256)
      if (next.then === 'give up') return giveUp(delivery.event, job, fault)
      meter.count('delivery', 'again')
      const later: Job = { ...job, dueAt: clock.now() + next.inMs }
      await write({ put: 'job', job: later })
      return later
    }
  }

  /** A run that was cancelled meanwhile is not begun. */
  async function isWanted(event: KnownEvent): Promise<boolean> {
    if (event.type !== 'run.started') return true
    const run = await store.run(event.body.run)
    return run !== null && WAITING.includes(run.status)
  }

  async function giveUp(event: KnownEvent, job: Job, fault: DeliveryFault | null): Promise<null> {
    meter.count('delivery', 'parked')
    await write({ put: 'job', job: { ...job, state: 'parked' } })
    const text = fault?.message ?? 'This could not be delivered.'
    if (event.type === 'run.started') await runs.fail(event.body.run, { reason: 'failed', text, again: true })
    else await tellNotDelivered(event, job, text)
    return null
  }

  async function tellNotDelivered(event: KnownEvent, job: Job, text: string): Promise<void> {
    const { inbox } = job
    const conversation = (await store.conversation(job.conversation))?.mergedInto ?? job.conversation
    const messageId = externalMessageId(seal, inbox, `${event.messageId}:not-delivered`)
    const body = { parts: [{ kind: 'text', text }], about: event.messageId } as const
    await queue.commit([
      { event: newEvent({ conversation, messageId, type: 'message.created', author: botAuthor(seal, inbox, conversation), body, now: clock.now() }) }
    ])
  }

  async function done(job: Job): Promise<null> {
    await write({ put: 'jobDone', job })
    return null
  }

  const write = (put: Put) => queue.commit([{ puts: [put] }])

  return {
    add(job) {
      const lane = lanes.get(job.conversation) ?? { jobs: [], isBusy: false, cancel: null }
      lanes.set(job.conversation, lane)
      lane.jobs.push(job)
      meter.jobs(1)
      wake(job.conversation, lane)
    },
    async stop() {
      isStopped = true
      for (const lane of lanes.values()) lane.cancel?.()
      await Promise.all(underWay)
    }
  }
}
