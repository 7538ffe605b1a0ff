import type { EventBodies, Json, MessageId, Part, RunFailure, RunId } from '@parley/protocol'
import { ofRun } from './audit.js'
import type { AuditFields } from './audit-record.js'
import type { Recorded } from './connector.js'
import type { Core } from './core.js'
import { createDeadlines } from './deadlines.js'
import { botAuthor, externalMessageId } from './identity.js'
import { newEvent } from './new-event.js'
import { presentableParts, presentableText } from './presentable.js'
import { GIVEN_UP, type RunRecord, type RunStatus, WAITING } from './records.js'
import { createSerial } from './serial.js'
import type { Outcome, Put, Unit } from './store.js'

export type Progress = { readonly step: string; readonly text?: string; readonly fraction?: number }
export type Failure = { readonly reason: RunFailure; readonly text: string; readonly again?: boolean }

/** The lives of runs: what is recorded of them, once, and when they are given up. */
export interface Runs {
  /** From now on the run is given up at its deadline. */
  watch(run: RunRecord): void
  /** Something else that ends by itself (a sign-in) belongs to the run: it waits at least that long. */
  extend(run: RunId, until: number): Promise<void>
  find(run: RunId): Promise<RunRecord | null>
  note(run: RunId, notes: Json): Promise<void>
  accept(run: RunId): Promise<Recorded>
  progress(run: RunId, progress: Progress): Promise<Recorded>
  /** `units` are written in the same transaction, before the result. */
  finish(run: RunId, parts: readonly Part[], units?: readonly Unit[]): Promise<Recorded>
  fail(run: RunId, failure: Failure, units?: readonly Unit[]): Promise<Recorded>
  stop(): void
}

type Step = {
  readonly key: string
  readonly type: 'run.progressed' | 'run.finished' | 'run.failed'
  readonly status: RunStatus
  readonly body: object
  /** What the audit is told of an end. */
  readonly told?: AuditFields
}

const AUDITED = { 'run.finished': 'command.finished', 'run.failed': 'command.failed' } as const

const FAILED_STATUS: Record<RunFailure, RunStatus> = {
  refused: 'failed',
  failed: 'failed',
  timedOut: 'timedOut',
  cancelled: 'cancelled',
  unknownOutcome: 'unknownOutcome'
}

export function createRuns({ host, meter, store, queue, audit }: Core): Runs {
  const { clock, log, seal } = host
  const serial = createSerial()
  const deadlines = createDeadlines(host)

  function stepUnit(record: RunRecord, step: Step, allowed: readonly RunStatus[]): Unit {
    const messageId = runMessageId(record, step.key)
    const event = newEvent({
      conversation: record.conversation,
      messageId,
      type: step.type,
      author: botAuthor(seal, record.inbox, record.conversation),
      body: { run: record.run, ...step.body } as EventBodies[typeof step.type],
      now: clock.now()
    })
    return {
      event,
      only: { run: record.run, status: allowed },
      puts: [{ put: 'run', run: { ...record, status: step.status } }, ...audited(record, step, messageId)]
    }
  }

  function audited(record: RunRecord, { type, told }: Step, key: MessageId): readonly Put[] {
    if (type === 'run.progressed') return []
    return audit.puts({ name: AUDITED[type], key, ...ofRun(record), fields: { ...told, tookMs: Math.max(0, clock.now() - record.startedAt) } })
  }

  const runMessageId = (record: RunRecord, key: string): MessageId => externalMessageId(seal, record.inbox, `${record.run}:${key}`)

  /** One step of one run at a time: what was read of it still holds when it is written. */
  function during(run: RunId, step: (record: RunRecord) => Promise<Recorded | 'moved'>): Promise<Recorded> {
    return serial.run(run, async () => {
      for (;;) {
        const record = await store.run(run)
        if (!record) return 'ended'
        const recorded = await step(record)
        // Its conversation was merged into another one in between: the record says which.
        if (recorded !== 'moved') return recorded
      }
    })
  }

  /** Written while the run waits; once it was given up, written as late; after its end not at all. */
  async function end(record: RunRecord, step: Step, units: readonly Unit[]): Promise<Recorded | 'moved'> {
    const isLate = GIVEN_UP.includes(record.status)
    const lateStep = { ...step, key: `late-${step.key}`, body: { ...step.body, late: true }, told: { ...step.told, late: true } }
    const unit = isLate ? stepUnit(record, lateStep, GIVEN_UP) : stepUnit(record, step, WAITING)
    const outcome = (await queue.commit([...units, unit])).at(-1)
    const recorded = recordedFrom(outcome)
    if (recorded === 'recorded') log.info({ run: record.run, inbox: record.inbox, status: step.status, late: isLate }, 'run ended')
    if (recorded === 'recorded') deadlines.clear(record.run)
    if (recorded === 'recorded') meter.count('run', isLate ? 'late' : step.status)
    return recorded
  }

  const runs: Runs = {
    watch(record) {
      const text = `No answer came within ${inWords(record.deadlineAt - record.startedAt)} (run ${record.run}). If one still comes, it is shown here.`
      deadlines.set(record.run, record.deadlineAt, () => runs.fail(record.run, { reason: 'timedOut', text, again: true }))
    },
    async extend(run, until) {
      await during(run, async (record) => {
        if (record.deadlineAt >= until || !WAITING.includes(record.status)) return 'known'
        const later = { ...record, deadlineAt: until }
        await queue.commit([{ puts: [{ put: 'run', run: later }] }])
        runs.watch(later)
        return 'recorded'
      })
    },
    find: (run) => store.run(run),
    async note(run, notes) {
      await during(run, async (record) => {
        await queue.commit([{ puts: [{ put: 'run', run: { ...record, notes } }] }])
        return 'recorded'
      })
    },
    accept: (run) =>
      during(run, async (record) => {
        const step: Step = { key: 'accepted', type: 'run.progressed', status: 'accepted', body: { state: 'accepted' } }
        const [outcome] = await queue.commit([stepUnit(record, step, ['open', 'sent'])])
        return recordedFrom(outcome)
      }),
    progress: (run, { step: name, ...rest }) =>
      during(run, async (record) => {
        const step: Step = { key: `step-${name}`, type: 'run.progressed', status: 'working', body: { state: 'working', ...presentableProgress(rest) } }
        const [outcome] = await queue.commit([stepUnit(record, step, WAITING)])
        return recordedFrom(outcome)
      }),
    finish: (run, parts, units = []) =>
      during(run, (record) => end(record, { key: 'end', type: 'run.finished', status: 'finished', body: { parts: presentableParts(parts) } }, units)),
    fail: (run, failure, units = []) =>
      during(run, (record) => end(record, { key: 'end', type: 'run.failed', status: FAILED_STATUS[failure.reason], ...ofFailure(failure) }, units)),
    stop: () => deadlines.clearAll()
  }
  return runs
}

const ofFailure = (failure: Failure): Pick<Step, 'body' | 'told'> => ({
  body: { ...failure, text: presentableText(failure.text) },
  told: { reason: failure.reason }
})

function presentableProgress({ text, fraction }: Omit<Progress, 'step'>): Omit<Progress, 'step'> {
  const isKnown = fraction !== undefined && Number.isFinite(fraction)
  return { ...(text === undefined ? {} : { text: presentableText(text) }), ...(isKnown ? { fraction: Math.min(1, Math.max(0, fraction)) } : {}) }
}

function recordedFrom(outcome: Outcome | undefined): Recorded | 'moved' {
  if (outcome?.kind === 'moved') return 'moved'
  if (outcome?.kind === 'stored') return 'recorded'
  return outcome?.kind === 'known' ? 'known' : 'ended'
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes >= 1) return minutes === 1 ? 'one minute' : `${minutes} minutes`
  return `${Math.max(1, Math.round(ms / 1000))} seconds`
}
