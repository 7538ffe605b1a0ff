import type { Author, ConversationId, DeviceId, Epoch, ErrorCode, LinkId, LogName, MessageId, ParleyEvent, RunId } from '@parley/protocol'
import type { AuditRecord } from './audit-record.js'
import type {
  AccountRecord,
  ConversationRecord,
  Job,
  LinkRecord,
  NewEvent,
  NewJob,
  NewVoid,
  NotesRecord,
  PersonRecord,
  ReceiptRecord,
  RunRecord,
  RunStatus,
  VisitorId
} from './records.js'

/** What else is written in the unit's transaction. Every `put` replaces the whole record. */
export type Put =
  | { readonly put: 'job'; readonly job: Job }
  | { readonly put: 'jobDone'; readonly job: Pick<Job, 'conversation' | 'seq' | 'inbox'> }
  | { readonly put: 'run'; readonly run: RunRecord }
  | { readonly put: 'link'; readonly link: LinkRecord }
  | { readonly put: 'account'; readonly account: AccountRecord }
  | { readonly put: 'accountGone'; readonly inbox: string; readonly visitor: VisitorId }
  | { readonly put: 'closed'; readonly conversation: ConversationId }
  /** Who answers from now on; `null`: the conversation's own inbox. */
  | { readonly put: 'answering'; readonly conversation: ConversationId; readonly inbox: string | null }
  | { readonly put: 'person'; readonly person: PersonRecord }
  | { readonly put: 'notes'; readonly notes: NotesRecord }
  /** Merged by max, so it may come repeated or late. */
  | { readonly put: 'receipt'; readonly receipt: ReceiptRecord }
  /** Kept once under its id, until it is forgotten. */
  | { readonly put: 'audit'; readonly record: AuditRecord }

/**
 * All of it or nothing of it. `puts` and `job` are written only when the event is new (or the unit has none) and `only`
 * and `open` hold.
 */
export type Unit = {
  readonly event?: NewEvent
  readonly void?: NewVoid
  /** Conversations that the message may have been sent to before: where it stands in one, nothing is stored here. */
  readonly formerly?: readonly ConversationId[]
  /** A job for this inbox's connector, with the number that the event gets. */
  readonly job?: NewJob
  /** The unit counts only while the run has one of these statuses. */
  readonly only?: { readonly run: RunId; readonly status: readonly RunStatus[] }
  /**
   * The row is wanted only while its conversation is open, the units before it in the same commit included. Behind the
   * end a device's event takes its number as a void `conversation.closed`, and other events are skipped; a void stays
   * what it is, and a repeat of what was stored before the end is known.
   */
  readonly open?: boolean
  readonly puts?: readonly Put[]
}

/** What became of one unit. */
export type Outcome =
  | { readonly kind: 'stored'; readonly seq: number; readonly at: string }
  /** The same message was there already; nothing was written. */
  | { readonly kind: 'known'; readonly seq: number; readonly at: string; readonly elsewhere?: true }
  /** A void stands, now or before, under this number. */
  | { readonly kind: 'void'; readonly code: ErrorCode }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'conflict' }
  /** `only` or `open` did not hold; nothing was written. */
  | { readonly kind: 'skipped' }
  /** The conversation was merged into another one; nothing was written. */
  | { readonly kind: 'moved'; readonly into: ConversationId }
  /** A unit without an event was written. */
  | { readonly kind: 'done' }

export type Merge = {
  readonly inbox: string
  readonly from: VisitorId
  readonly to: VisitorId
  readonly into: ConversationId
  /** Who speaks in the conversation `into`, by role. */
  readonly authors: Readonly<Record<'visitor' | 'bot', Author>>
}
export type Merged = { readonly from: ConversationId; readonly events: readonly ParleyEvent[] }

export type Range = { readonly conversation: ConversationId; readonly log: LogName; readonly from: number; readonly to: number }

/**
 * The log and what belongs to it. A store decides nothing by itself: what an append means is
 * `decideAppend`, which it must call inside its transaction. One contract suite holds all stores
 * (`@parley/engine/contracts`).
 */
export interface Store {
  /** Random id of this life of the log; the same after a restart, new with a new store. */
  readonly epoch: Epoch
  /** A named value that is made once and kept: the gateway's secret when the operator set none. */
  secret(name: string, fresh: () => string): Promise<string>
  /**
   * The visitor's open conversation in this inbox. When there is none, `fresh` is made, with its
   * opening events numbered from 1, and with `job` one for the first of them. Two at once get the same one.
   */
  openConversation(fresh: ConversationRecord, opening: readonly NewEvent[], job?: Unit['job']): Promise<ConversationRecord>
  /** The visitor's open conversation in this inbox, `null` when there is none. */
  findConversation(inbox: string, visitor: VisitorId): Promise<ConversationRecord | null>
  /**
   * What an anonymous visitor said in an inbox becomes a named one's: the rows that were said are appended to the
   * conversation `into` under their own messageIds, runs, links and the account go along, and the old conversation is
   * closed for good. Once: a conversation in which nothing was said stays as it is, and so does one that was merged, and
   * one that would go into a conversation that has ended. Who answers there answers on, unless the old one was handed over.
   * @returns the rows as they stand now, or `null` when there was nothing to merge
   */
  merge(merge: Merge): Promise<Merged | null>
  /**
   * Writes all units in one transaction, in order, and settles when they are on disk. Numbers are
   * given here, per conversation and log, without holes.
   * @returns one outcome for each unit
   * @throws when the disk or database failed: then nothing of it was written
   */
  commit(units: readonly Unit[]): Promise<readonly Outcome[]>
  conversation(id: ConversationId): Promise<ConversationRecord | null>
  /** Highest number given; 0 when there is none. */
  head(conversation: ConversationId, log: LogName): Promise<number>
  /** Events `from`..`to`, both included, in order, at most `limit` and at most about `limitBytes` (never none for that). */
  read(range: Range, limit: number, limitBytes: number): Promise<readonly ParleyEvent[]>
  /** The messageId at a number, `null` when nothing is there. */
  messageIdAt(conversation: ConversationId, log: LogName, seq: number): Promise<MessageId | null>
  /** Numbers and messageIds of the rows `from`..`to`, both included, in order. */
  rowKeys(range: Range): Promise<readonly Pick<ParleyEvent, 'seq' | 'messageId'>[]>
  /** The last number taken from this device in this conversation; 0 when none. */
  lastDeviceSeq(conversation: ConversationId, device: DeviceId): Promise<number>
  receipts(conversation: ConversationId): Promise<readonly ReceiptRecord[]>
  run(id: RunId): Promise<RunRecord | null>
  /** Runs with one of these statuses, oldest first. */
  runsWith(status: readonly RunStatus[]): Promise<readonly RunRecord[]>
  link(id: LinkId): Promise<LinkRecord | null>
  /** Links still `requested`, oldest first. */
  pendingLinks(): Promise<readonly LinkRecord[]>
  account(inbox: string, visitor: VisitorId): Promise<AccountRecord | null>
  /** `null` for somebody who was never named. */
  person(visitor: VisitorId): Promise<PersonRecord | null>
  /** `null` when nothing is remembered. */
  notes(conversation: ConversationId, inbox: string): Promise<NotesRecord | null>
  /** Jobs `waiting` or `sent`, in the order in which they were made: `inOrderMade`. */
  jobs(): Promise<readonly Job[]>
  /** Audit records that wait to be sent, in the order in which they were written, at most `limit`. */
  audits(limit: number): Promise<readonly AuditRecord[]>
  /** How many of them wait. */
  auditCount(): Promise<number>
  /** These have been taken. */
  forgetAudits(ids: readonly string[]): Promise<void>
  /** Drops the oldest, so that no more than `most` are left. @returns how many were dropped */
  dropAudits(most: number): Promise<number>
  close(): Promise<void>
}
