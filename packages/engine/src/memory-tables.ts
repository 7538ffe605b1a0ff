import type { ConversationId, MessageId, ParleyEvent } from '@parley/protocol'
import type { Standing, StandingEvent } from './append-decision.js'
import type { AuditRecord } from './audit-record.js'
import type { AccountRecord, ConversationRecord, Job, LinkRecord, NotesRecord, PersonRecord, ReceiptRecord, RunRecord, VisitorId } from './records.js'

/** What the memory store holds. */
export type Tables = {
  readonly conversations: Map<ConversationId, ConversationRecord>
  readonly rows: Map<string, ParleyEvent[]>
  /** What stands under a device's number. */
  readonly standing: Map<string, Standing | Spent>
  /** Every event by its messageId. */
  readonly byMessage: Map<string, StandingEvent>
  readonly lastDeviceSeq: Map<string, number>
  readonly receipts: Map<string, ReceiptRecord>
  readonly runs: Map<string, RunRecord>
  readonly links: Map<string, LinkRecord>
  readonly accounts: Map<string, AccountRecord>
  readonly persons: Map<VisitorId, PersonRecord>
  readonly notes: Map<string, NotesRecord>
  readonly jobs: Map<string, Job>
  readonly audits: Map<string, AuditRecord>
}

export const emptyTables = (): Tables => ({
  conversations: new Map(),
  rows: new Map(),
  standing: new Map(),
  byMessage: new Map(),
  lastDeviceSeq: new Map(),
  receipts: new Map(),
  runs: new Map(),
  links: new Map(),
  accounts: new Map(),
  persons: new Map(),
  notes: new Map(),
  jobs: new Map(),
  audits: new Map()
})

/** A number that was used up by a message which stood already: what it answers is looked up by the message. */
export type Spent = { readonly spent: MessageId }
