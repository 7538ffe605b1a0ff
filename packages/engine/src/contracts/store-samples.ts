import type { Author, ConversationId, DeviceId, EventBodies, LinkId, LogName, MessageId, ParticipantId, RunId } from '@parley/protocol'
import type { AuditRecord } from '../audit-record.js'
import type { AccountRecord, ConversationRecord, Job, LinkRecord, NewEvent, NewVoid, RunRecord, VisitorId } from '../records.js'
import type { Store, Unit } from '../store.js'

/** Records for the store contract, short to name: `sampleId('c', 1)` is `c1` filled up to the 22 characters of an id. */
const sampleId = (kind: string, number: number): string => `${kind}${number}`.padEnd(22, '-')

export const AT = '2026-03-01T10:00:00.000Z'
export const INBOX = 'support'
export const conversationId = (number: number): ConversationId => sampleId('conversation', number) as ConversationId
export const deviceId = (number: number): DeviceId => sampleId('device', number) as DeviceId
export const messageId = (number: number): MessageId => sampleId('message', number) as MessageId
export const runId = (number: number): RunId => sampleId('run', number) as RunId
export const linkId = (number: number): LinkId => sampleId('link', number) as LinkId
export const visitorId = (number: number): VisitorId => sampleId('visitor', number) as VisitorId
export const participantId = (number: number): ParticipantId => sampleId('participant', number) as ParticipantId
export const VISITOR: Author = { id: participantId(1), role: 'visitor' }

export const conversation = (number: number, more: Partial<ConversationRecord> = {}): ConversationRecord => ({
  id: conversationId(number),
  inbox: INBOX,
  visitor: visitorId(number),
  status: 'open',
  createdAt: AT,
  mergedInto: null,
  answering: null,
  ...more
})

export type MessageOptions = {
  readonly in?: ConversationId
  readonly log?: LogName
  /** `[device, deviceSeq]`; without it the event is a connector's. */
  readonly by?: readonly [device: number, seq: number]
  readonly text?: string
  readonly digest?: string
  readonly body?: EventBodies['message.created']
}

/** A message with the id `message<number>`, in conversation 1 of the public log unless told otherwise. */
export const message = (number: number, options: MessageOptions = {}): NewEvent => ({
  conversation: options.in ?? conversationId(1),
  log: options.log ?? 'public',
  messageId: messageId(number),
  type: 'message.created',
  author: VISITOR,
  at: AT,
  body: options.body ?? { parts: [{ kind: 'text', text: options.text ?? `text ${number}` }] },
  device: options.by ? { id: deviceId(options.by[0]), seq: options.by[1] } : null,
  digest: options.digest ?? `digest ${number}`
})

export const voided = (number: number, by: readonly [device: number, seq: number]): NewVoid => ({
  conversation: conversationId(1),
  messageId: messageId(number),
  device: { id: deviceId(by[0]), seq: by[1] },
  code: 'append.discarded'
})

export const run = (number: number, more: Partial<RunRecord> = {}): RunRecord => ({
  run: runId(number),
  conversation: conversationId(1),
  inbox: INBOX,
  visitor: visitorId(1),
  command: 'run-flow',
  args: { flow: '58b41f5da9ee9d0018194bf3', params: ['a', 'b c'], times: 2, dry: true },
  status: 'open',
  startedAt: 1_000 + number,
  deadlineAt: 601_000 + number,
  notes: null,
  ...more
})

export const link = (number: number, more: Partial<LinkRecord> = {}): LinkRecord => ({
  link: linkId(number),
  inbox: INBOX,
  visitor: visitorId(1),
  conversation: conversationId(1),
  run: runId(1),
  partner: 'GitHub',
  status: 'requested',
  code: 'K7-42',
  expiresAt: 600_000 + number,
  notes: { flow: 'f', nested: [1, null, 'ü'] },
  ...more
})

export const account = (more: Partial<AccountRecord> = {}): AccountRecord => ({
  inbox: INBOX,
  visitor: visitorId(1),
  credential: 'secret-id-1',
  scope: 'read',
  connectedAt: AT,
  ...more
})

export const job = (seq: number, more: Partial<Job> = {}): Job => ({
  conversation: conversationId(1),
  seq,
  inbox: INBOX,
  state: 'waiting',
  attempts: 0,
  dueAt: 1_000,
  ...more
})

export const audit = (number: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id: sampleId('audit', number),
  name: 'command.started',
  at: 1_000 + number,
  payload: {
    id: sampleId('audit', number),
    inbox: INBOX,
    conversation: conversationId(1),
    visitor: visitorId(1),
    run: runId(1),
    command: 'run-flow',
    args: { flow: '58b41f5da9ee9d0018194bf3', times: 2 },
    note: 'ü',
    late: null
  },
  ...more
})

/** The event as the log gives it back under `seq`. */
export const asRead = (event: NewEvent, seq: number) => ({
  seq,
  messageId: event.messageId,
  type: event.type,
  author: event.author,
  at: event.at,
  body: event.body
})

/** The whole log, in order. */
export const readAll = (store: Store, id: ConversationId = conversationId(1), log: LogName = 'public') =>
  store.read({ conversation: id, log, from: 1, to: 1_000_000 }, 1_000_000, 100_000_000)

export const commitEvents = (store: Store, events: readonly NewEvent[]) => store.commit(events.map((event): Unit => ({ event })))

/** Conversation 1 stands ready, with no event in it. */
export const openFirst = (store: Store) => store.openConversation(conversation(1), [])
