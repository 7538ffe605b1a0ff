import { type Append, type AppendAck, type Author, type ConversationId, type DeviceId, isErrorCode, type RunId, type WireError } from '@parley/protocol'
import { withAudit } from './append-audit.js'
import { type Answering, type AppendUnit, unitFromAppend } from './append-unit.js'
import type { Connector } from './connector.js'
import type { Core } from './core.js'
import type { Dispatcher } from './dispatcher.js'
import { visitorAuthor } from './identity.js'
import { jobFor } from './job-for.js'
import type { VisitorId } from './records.js'
import type { Runs } from './runs.js'
import type { Outcome } from './store.js'

/** Appends of one visitor that may wait for their commit. Source: `README.md` of the protocol, rule 21. */
const MOST_WAITING = 100

export type AppenderParts = {
  readonly core: Core
  readonly runs: Runs
  readonly dispatcher: Dispatcher
  readonly connector: Connector
  readonly who: { readonly visitor: VisitorId; readonly inbox: string; readonly roles?: readonly string[] }
  readonly device: DeviceId
}

/**
 * Records what one visitor's device sends. The rights to the conversation are checked by then.
 * @returns settles after the commit
 */
export type Appender = (frame: Append, where: AppendPlace) => Promise<AppendAck>

/** How the conversation stands, as far as is known: the store decides at the commit. `answering`: the inbox that answers now, where that is not its own. */
export type AppendPlace = { readonly isClosed: boolean; readonly answering: string | null }

export function createAppender({ core, runs, dispatcher, connector, who, device }: AppenderParts): Appender {
  const { host, meter, store, queue, audit } = core
  const roles = who.roles ?? []
  const authors = new Map<ConversationId, Author>()
  let waiting = 0
  /** A look-up under way: what comes behind it waits, so that the order holds. */
  let looking: Promise<unknown> | null = null

  /** Of the conversations that a message may have reached before, those that are this visitor's; of others nothing is told. */
  async function ownOnes(formerly: readonly ConversationId[]): Promise<readonly ConversationId[]> {
    const records = await Promise.all(formerly.map((id) => store.conversation(id)))
    return records.flatMap((record) => (record?.visitor === who.visitor && record.inbox === who.inbox ? [record.id] : []))
  }

  /** The same for all of a visitor's messages in a conversation; signing is not cheap. The seats of a session bound the map. */
  function authorIn(conversation: ConversationId): Author {
    const author = authors.get(conversation) ?? visitorAuthor(host.seal, who.visitor, conversation)
    authors.set(conversation, author)
    return author
  }

  function takeUp({ conversation }: Append, seq: number, { unit, run }: AppendUnit): void {
    if (run) runs.watch(run)
    if (unit.job) dispatcher.add({ conversation, seq, state: 'waiting', attempts: 0, ...unit.job })
  }

  /** An inbox that is no longer served answers nothing: then it is the conversation's own again. */
  function answeringOf(inbox: string | null): Answering {
    const other = inbox === null ? undefined : core.connectors.get(inbox)
    return other && inbox !== null ? { inbox, connector: other } : { inbox: who.inbox, connector }
  }

  function unitOf(frame: Append, { isClosed, answering }: AppendPlace): AppendUnit {
    const made = unitFromAppend(frame, {
      device,
      author: authorIn(frame.conversation),
      connector,
      answering: answeringOf(answering),
      roles,
      visitor: who.visitor,
      inbox: who.inbox,
      status: isClosed ? 'closed' : 'open',
      now: host.clock.now(),
      digest: (bodyText) => host.seal.digest(`[${JSON.stringify(frame.type)},${bodyText}]`),
      newRun: () => runIdOf(core, frame),
      job: (to, event) => jobFor(host, to, event)
    })
    return audit.isOn && frame.type === 'run.started' ? withAudit(frame, made, { ...who, connector }, audit.puts) : made
  }

  /** It ended between the look at it and the commit: said, and audited, as if that had been seen. @returns what is said of it */
  async function refusedLate(frame: Append, answering: string | null): Promise<string | null> {
    const { unit, refusal } = unitOf(frame, { isClosed: true, answering })
    if (unit.puts) await queue.commit([{ puts: unit.puts }])
    return refusal
  }

  return async (frame, { isClosed, answering }) => {
    if (waiting >= MOST_WAITING) {
      meter.count('append', 'busy')
      return busy(100)
    }
    waiting++
    try {
      const append = unitOf(frame, { isClosed, answering })
      const { unit, refusal } = append
      const asked = frame.formerly ?? []
      if (asked.length > 0 || looking) looking = (looking ?? Promise.resolve()).then(() => ownOnes(asked))
      const mine = looking as Promise<readonly ConversationId[]> | null
      const formerly = mine ? await mine : []
      if (mine === looking) looking = null
      const [outcome] = await queue.commit([{ ...unit, open: true, ...(formerly.length > 0 && { formerly }) }])
      meter.count('append', outcome?.kind ?? 'busy')
      if (outcome?.kind === 'stored') takeUp(frame, outcome.seq, append)
      const isTooLate = refusal === null && outcome?.kind === 'void' && outcome.code === 'conversation.closed'
      return ackFrom(outcome, isTooLate ? await refusedLate(frame, answering) : refusal)
    } catch {
      // The queue has logged why. Nothing was written; the client keeps the message and asks again.
      meter.count('append', 'busy')
      return busy(1_000)
    } finally {
      waiting--
    }
  }
}

/**
 * A run's id follows from its message: recorded again after an old copy of the log was put back, it is the same run.
 * 128 bits of a keyed hash are as good as random ones.
 */
const runIdOf = ({ host }: Core, { conversation, messageId }: Append): RunId => host.seal.sign('run', `${conversation} ${messageId}`).slice(0, 22) as RunId

export const busy = (retryInMs: number): { readonly error: WireError } => ({ error: { code: 'append.busy', retryInMs } })

export const UNKNOWN: WireError = { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' }

function ackFrom(outcome: Outcome | undefined, refusal: string | null): AppendAck {
  switch (outcome?.kind) {
    case 'stored':
      return { seq: outcome.seq, at: outcome.at }
    case 'known':
      return { seq: outcome.seq, at: outcome.at, ...(outcome.elsewhere ? { elsewhere: true } : {}) }
    case 'void':
      return { error: { code: isErrorCode(outcome.code) ? outcome.code : 'append.discarded', ...(refusal === null ? {} : { text: refusal }) } }
    case 'gap':
      return { error: { code: 'append.gap', expected: outcome.expected } }
    case 'conflict':
      return { error: { code: 'append.conflict', text: 'Another message stands under this id.' } }
    case 'moved':
      return { error: UNKNOWN }
    default:
      return busy(1_000)
  }
}
