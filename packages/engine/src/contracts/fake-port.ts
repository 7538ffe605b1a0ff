import type { Arguments, ConversationId, KnownEvent, MessageId, ParticipantId, RunId } from '@parley/protocol'
import type { AuditNote } from '../audit-record.js'
import type { ConnectorPerson, ConnectorPort, Delivery, Fetch, InboundAuthor, TypingVisitor } from '../connector.js'
import type { Clock } from '../host.js'
import { type RunRecord, type VisitorId, WAITING } from '../records.js'
import { fakeConversationVerbs } from './fake-conversations.js'
import { changeRun, type FakeState, fakeSign, type LogLine, type Recording } from './fake-records.js'
import { fakeLinkVerbs, fakeRunVerbs } from './fake-verbs.js'

/** A port in memory, for tests of connectors: it means what the engine's port means, and keeps a list of what came of it. */
export interface FakePort extends ConnectorPort {
  /** What became of the calls, in order: what people would see in the chat. */
  readonly recorded: readonly Recording[]
  readonly logged: readonly LogLine[]
  /** What was recorded for the audit, in order. */
  readonly audited: readonly AuditNote[]
  /** Who was shown as typing, in order. */
  readonly typed: readonly { readonly conversation: ConversationId; readonly forMs: number; readonly from?: InboundAuthor }[]
  /** What `reachable` was told, in order. */
  readonly reached: readonly boolean[]
  /** How often `commandsChanged` was called. */
  offers(): number
  /** A visitor who types, ready to be told. */
  typingOf(options?: DeliveryOptions): TypingVisitor
  /** A visitor's command, ready to be delivered; the run is there and its deadline set. */
  startRun(command: string, args: Arguments, options?: DeliveryOptions & { readonly timeoutMs?: number }): Delivery & { readonly run: RunId }
  /** A visitor's message, ready to be delivered. */
  say(text: string, options?: DeliveryOptions): Delivery
  /** Any event, ready to be delivered. */
  deliveryOf(type: KnownEvent['type'], body: KnownEvent['body'], options?: DeliveryOptions): Delivery
  /** Settles as soon as the list of recordings is as wanted. */
  until(isReached: (recorded: readonly Recording[]) => boolean): Promise<void>
}

/** By the delivery that is made with it, the port knows visitor, person and conversation. */
export type DeliveryOptions = { readonly visitor?: string; readonly conversation?: string; readonly person?: ConnectorPerson }
/** `inboxes`: others, to which conversations may be handed over. */
export type FakePortOptions = {
  readonly clock: Clock
  readonly fetch?: Fetch
  readonly inbox?: string
  readonly publicUrl?: string
  readonly inboxes?: readonly string[]
}

const hostFetch: Fetch = (url, init) => fetch(url, init)

export function createFakePort({ clock, fetch = hostFetch, inbox = 'flows', publicUrl = 'http://chat.example.test', inboxes = [] }: FakePortOptions): FakePort {
  const recorded: Recording[] = []
  const logged: LogLine[] = []
  const audited: AuditNote[] = []
  const typed: FakePort['typed'][number][] = []
  const reached: boolean[] = []
  let offered = 0
  let watchers: readonly (() => void)[] = []
  let ids = 0
  const state: FakeState = {
    inbox,
    clock,
    runs: new Map(),
    links: new Map(),
    accounts: new Map(),
    conversations: new Map(),
    events: new Map(),
    notes: new Map(),
    known: new Set(),
    record(recording) {
      recorded.push(recording)
      for (const look of watchers) look()
    },
    randomId: () => fakeSign(`id ${++ids}`).slice(0, 22),
    sign: (purpose, text) => fakeSign(`${inbox} ${purpose} ${text}`)
  }
  const run = fakeRunVerbs(state)
  const log = (level: LogLine['level']) => (fields: LogLine['fields'], text: string) => void logged.push({ level, fields, text })
  const deliveries = fakeDeliveries(state)

  return {
    inbox,
    publicUrl,
    clock,
    fetch,
    recorded,
    logged,
    audited,
    run,
    link: fakeLinkVerbs(state, run),
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    randomId: state.randomId,
    sign: state.sign,
    equal: (a, b) => a === b,
    conversation: fakeConversationVerbs(state),
    typed,
    reached,
    offers: () => offered,
    async append(message) {
      const found = state.conversations.get(message.conversation)
      if (found && !found.isOpen) return 'ended'
      const key = `append ${message.conversation} ${message.externalId}`
      if (state.known.has(key)) return 'known'
      state.known.add(key)
      state.record({ did: 'append', ...message })
      return 'recorded'
    },
    typing: (conversation, forMs, from) => void typed.push({ conversation, forMs, ...(from && { from }) }),
    async handOver(conversation, to) {
      const found = state.conversations.get(conversation)
      if ((found && !found.isOpen) || !inboxes.includes(to)) return 'ended'
      state.record({ did: 'handOver', conversation, to })
      return 'recorded'
    },
    commandsChanged: () => void offered++,
    reachable: (isReachable) => void reached.push(isReachable),
    async audit(note) {
      audited.push(note)
    },
    async close(conversation, reason) {
      const found = state.conversations.get(conversation)
      if (found && !found.isOpen) return
      if (found) state.conversations.set(conversation, { ...found, isOpen: false })
      state.record({ did: 'close', conversation, reason })
    },
    ...deliveries,
    until: (isReached) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isReached(recorded)) return
          watchers = watchers.filter((other) => other !== look)
          resolve()
        }
        watchers = [...watchers, look]
        look()
      })
  }
}

/** The engine gives a run up after this long where the command sets no time of its own. */
const RUN_TIMEOUT_MS = 600_000

function fakeDeliveries(state: FakeState): Pick<FakePort, 'startRun' | 'say' | 'deliveryOf' | 'typingOf'> {
  let seq = 0

  function place({ visitor = 'visitor-one', conversation, person }: DeliveryOptions): Pick<Delivery, 'conversation' | 'visitor' | 'person'> {
    const id = (conversation ?? fakeSign(`conversation of ${visitor}`).slice(0, 22)) as ConversationId
    const found = state.conversations.get(id) ?? { id, visitor: visitor as VisitorId, isOpen: true, person: null }
    const known = person ? { ...found, person } : found
    state.conversations.set(id, known)
    return { conversation: id, visitor: known.visitor, person: known.person }
  }

  function deliveryOf(type: KnownEvent['type'], body: KnownEvent['body'], options: DeliveryOptions = {}): Delivery {
    seq += 1
    const { conversation: id, visitor, person } = place(options)
    const author = { id: fakeSign(visitor).slice(0, 22) as ParticipantId, role: 'visitor' as const }
    const event = { seq, messageId: state.randomId() as MessageId, type, author, at: new Date(state.clock.now()).toISOString(), body } as KnownEvent
    state.events.set(id, [...(state.events.get(id) ?? []), event])
    return {
      conversation: id,
      visitor,
      person,
      event,
      idempotencyKey: `${id}:${event.messageId}:${state.inbox}`,
      attempt: 1,
      markSent: async () => {}
    }
  }

  function startRun(command: string, args: Arguments, options: DeliveryOptions & { readonly timeoutMs?: number } = {}): Delivery & { readonly run: RunId } {
    const run = state.randomId() as RunId
    const delivery = deliveryOf('run.started', { run, command, args }, options)
    const now = state.clock.now()
    const timeoutMs = options.timeoutMs ?? RUN_TIMEOUT_MS
    const { conversation, visitor } = delivery
    state.runs.set(run, {
      run,
      conversation,
      inbox: state.inbox,
      visitor,
      command,
      args,
      status: 'open',
      startedAt: now,
      deadlineAt: now + timeoutMs,
      notes: null
    })
    state.clock.setTimer(timeoutMs, () => giveUp(state, run))
    return { ...delivery, run, markSent: async () => markSent(state, run) }
  }

  return {
    deliveryOf,
    startRun,
    typingOf: (options = {}) => ({ ...place(options), forMs: 5_000 }),
    say: (text, options) => deliveryOf('message.created', { parts: [{ kind: 'text', text }] }, options)
  }
}

function markSent(state: FakeState, run: RunId): void {
  const record = state.runs.get(run)
  if (!record || state.known.has(`sent ${run}`)) return
  state.known.add(`sent ${run}`)
  if (record.status === 'open') changeRun(state, record, { status: 'sent' })
  state.record({ did: 'sent', run })
}

function giveUp(state: FakeState, run: RunId): void {
  const record: RunRecord | undefined = state.runs.get(run)
  if (!record || !WAITING.includes(record.status)) return
  if ([...state.links.values()].some((link) => link.run === run && link.status === 'requested')) return
  changeRun(state, record, { status: 'timedOut' })
  state.record({ did: 'fail', run, reason: 'timedOut', text: 'No answer came in time.', again: true })
}
