import type { KnownEvent, RunId } from '@parley/protocol'
import { type Connector, type Delivery, DeliveryFault } from './connector.js'
import type { Core } from './core.js'
import { decideAfterFault } from './dispatch-decision.js'
import { reasonOf } from './host.js'
import { answeringInbox, personOf, standingConversation } from './found-conversation.js'
import { botAuthor, externalMessageId } from './identity.js'
import { newEvent } from './new-event.js'
import { presentableText } from './presentable.js'
import { type ConversationRecord, type Job, WAITING } from './records.js'
import type { Runs } from './runs.js'
import type { Put, Unit } from './store.js'

/** Brings recorded events to the connectors: per lane one at a time, in order; lanes side by side. A lane is a conversation, or what the connector named. */
export interface Dispatcher {
  /** A job that is `sent` was begun by a process that is gone: it is not delivered, and the visitor is told that its end is not known. */
  add(job: Job): void
  /** Settles when the attempts under way have ended; nothing new begins. */
  stop(): Promise<void>
}

/** How long after a failure of the store it is asked again. */
const STORE_RETRY_MS = 10_000

const NOT_DELIVERED = 'This could not be delivered.'
const UNKNOWN_MESSAGE = 'It is not known whether this was delivered.'
const UNKNOWN_RUN = 'It is not known whether this was run. If a result still comes, it is shown here.'

/** What somebody said: they are told when it does not get through. That a conversation opened or ended is nobody's loss. */
const IS_TOLD: ReadonlySet<KnownEvent['type']> = new Set(['message.created', 'answer.given'])
/** Goes to whoever answers at the moment of the attempt: a conversation may be handed over while it waits for its turn. */
const GOES_TO_ANSWERING: ReadonlySet<KnownEvent['type']> = new Set([...IS_TOLD, 'conversation.closed'])

/** A job, and what is still to be written of an attempt that has ended: that alone is tried again when the disk fails. */
type Entry = { job: Job; ending: (() => Promise<Job | null>) | null }
type Receiver = { readonly inbox: string; readonly connector: Connector }
type Lane = { readonly entries: Entry[]; isBusy: boolean; cancel: (() => void) | null }

export function createDispatcher(core: Core, runs: Runs): Dispatcher {
  const { host, meter, store, queue, connectors } = core
  const { clock, chance, log, seal } = host
  const lanes = new Map<string, Lane>()
  const underWay = new Set<Promise<void>>()
  let isStopped = false

  function wake(key: string, lane: Lane): void {
    const [entry] = lane.entries
    if (!entry && !lane.isBusy) lanes.delete(key)
    if (!entry || lane.isBusy || isStopped) return
    lane.cancel?.()
    const waitMs = entry.job.dueAt - clock.now()
    if (waitMs > 0) {
      lane.cancel = clock.setTimer(waitMs, () => wake(key, lane))
      return
    }
    lane.isBusy = true
    const attempt = work(entry).then(
      (left) => {
        if (left) lane.entries[0] = { job: left, ending: null }
        else {
          lane.entries.shift()
          meter.jobs(-1)
        }
      },
      (reason: unknown) => {
        // The disk. An attempt that ended is not made again for that; only its outcome is written again.
        log.error({ conversation: entry.job.conversation, seq: entry.job.seq, reason: reasonOf(reason) }, 'a job could not be carried on')
        entry.job = { ...entry.job, dueAt: clock.now() + STORE_RETRY_MS }
      }
    )
    const settled = attempt.finally(() => {
      underWay.delete(settled)
      lane.isBusy = false
      wake(key, lane)
    })
    underWay.add(settled)
  }

  /** One attempt, or the rest of one. @returns the job as it stands, or `null` when it is over */
  async function work(entry: Entry): Promise<Job | null> {
    entry.ending ??= await attempt(entry)
    return entry.ending()
  }

  /** Who gets it, as it stands now; `null` when nobody is there to take it. */
  function receiverOf(job: Job, event: KnownEvent, record: ConversationRecord): Receiver | null {
    const isHere = connectors.has(answeringInbox(record))
    const inbox = GOES_TO_ANSWERING.has(event.type) ? (isHere ? answeringInbox(record) : record.inbox) : job.inbox
    const connector = connectors.get(inbox)
    return connector?.capabilities.receives.includes(event.type) ? { inbox, connector } : null
  }

  async function attempt(entry: Entry): Promise<() => Promise<Job | null>> {
    const { job } = entry
    const [event] = await store.read({ conversation: job.conversation, log: 'public', from: job.seq, to: job.seq }, 1, Number.MAX_SAFE_INTEGER)
    // Who answers, and who the visitor is, as it stands now; the event keeps the place that it was recorded at.
    const record = await standingConversation(core, job.conversation)
    if (!record || !event || event.type === 'unknown') return () => done(job)
    // Begun by a process that did not live to see how it ended.
    if (job.state === 'sent') {
      meter.count('delivery', 'parked')
      return () => giveUp(event, job, 'unknown')
    }
    const receiver = receiverOf(job, event, record)
    if (!receiver || !(await isWanted(event))) return () => done(job)
    const tried: Job = { ...job, attempts: job.attempts + 1 }
    const { inbox, connector } = receiver
    const delivery: Delivery = {
      conversation: job.conversation,
      visitor: record.visitor,
      person: await personOf(core, record.visitor),
      event,
      idempotencyKey: `${job.conversation}:${event.messageId}:${inbox}`,
      attempt: tried.attempts,
      async markSent() {
        if (entry.job.state === 'sent') return
        await write({ put: 'job', job: { ...tried, state: 'sent' } })
        entry.job = { ...tried, state: 'sent' }
      }
    }
    try {
      await connector.deliver(delivery)
      meter.count('delivery', 'done')
      return () => done(job)
    } catch (thrown) {
      log.warn({ conversation: job.conversation, seq: job.seq, inbox, attempt: tried.attempts, reason: reasonOf(thrown) }, 'a delivery failed')
      return afterFault(event, entry.job.state === 'sent' ? entry.job : tried, thrown)
    }
  }

  function afterFault(event: KnownEvent, job: Job, thrown: unknown): () => Promise<Job | null> {
    const fault = thrown instanceof DeliveryFault ? thrown : null
    const next = job.state === 'sent' ? null : decideAfterFault(job.attempts, fault, (chance.bytes(1)[0] ?? 0) / 256)
    meter.count('delivery', next?.then === 'again' ? 'again' : 'parked')
    if (!next) return () => giveUp(event, job, fault?.retry === false ? fault : 'unknown')
    if (next.then === 'give up') return () => giveUp(event, job, fault)
    const later: Job = { ...job, dueAt: clock.now() + next.inMs }
    return async () => {
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

  /** Parks the job and tells the visitor, in one transaction. `unknown`: it may have been taken, so nobody may say that it was not. */
  async function giveUp(event: KnownEvent, job: Job, why: DeliveryFault | 'unknown' | null): Promise<null> {
    const parked: Unit = { puts: [{ put: 'job', job: { ...job, state: 'parked' } }] }
    if (event.type === 'run.started') await giveUpRun(event.body.run, parked, why)
    else if (!IS_TOLD.has(event.type)) await queue.commit([parked])
    else await tell(parked, event, job, why)
    return null
  }

  async function tell(parked: Unit, event: KnownEvent, job: Job, why: DeliveryFault | 'unknown' | null): Promise<void> {
    const [, outcome] = await queue.commit([parked, await notice(event, job, why)])
    // Merged between the look and the writing: it is told where that went.
    if (outcome?.kind === 'moved') await tell(parked, event, { ...job, conversation: outcome.into }, why)
  }

  async function giveUpRun(run: RunId, parked: Unit, why: DeliveryFault | 'unknown' | null): Promise<void> {
    const record = await store.run(run)
    // The outside took it and will call back, or it is over: the run's own end or deadline tells.
    const isTaken = why === 'unknown' && record !== null && record.status !== 'open' && record.status !== 'sent'
    if (!record || isTaken) await queue.commit([parked])
    else if (why === 'unknown') await runs.fail(run, { reason: 'unknownOutcome', text: UNKNOWN_RUN, again: true }, [parked])
    else await runs.fail(run, { reason: 'failed', text: why?.message ?? NOT_DELIVERED, again: true }, [parked])
  }

  async function notice(event: KnownEvent, { conversation: id, inbox }: Job, why: DeliveryFault | 'unknown' | null): Promise<Unit> {
    const conversation = (await standingConversation(core, id))?.id ?? id
    const messageId = externalMessageId(seal, inbox, `${event.messageId}:not-delivered`)
    const text = why === 'unknown' ? UNKNOWN_MESSAGE : presentableText(why?.message ?? NOT_DELIVERED)
    const body = { parts: [{ kind: 'text', text }], about: event.messageId } as const
    return { event: newEvent({ conversation, messageId, type: 'message.created', author: botAuthor(seal, inbox, conversation), body, now: clock.now() }) }
  }

  async function done(job: Job): Promise<null> {
    await write({ put: 'jobDone', job })
    return null
  }

  const write = (put: Put) => queue.commit([{ puts: [put] }])

  return {
    add(job) {
      const key = laneKey(job)
      const lane = lanes.get(key) ?? { entries: [], isBusy: false, cancel: null }
      lanes.set(key, lane)
      lane.entries.push({ job, ending: null })
      meter.jobs(1)
      wake(key, lane)
    },
    async stop() {
      isStopped = true
      for (const lane of lanes.values()) lane.cancel?.()
      await Promise.all(underWay)
    }
  }
}

/** No inbox has a blank in its name, and no conversation in its id. */
const laneKey = ({ conversation, inbox, lane }: Job): string => (lane === undefined ? conversation : `${inbox} ${lane}`)
