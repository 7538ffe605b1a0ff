export { createEngine } from './engine.js'
export type { Engine, EngineOptions, Inbox } from './engine.js'
export type { Session } from './session.js'
export type { Who } from './who.js'
export type { Line } from './line.js'
export type { AuditFields, AuditName, AuditNote, AuditPayload, AuditRecord } from './audit-record.js'
export { DeliveryFault } from './connector.js'
export type {
  Capabilities,
  CompletionRequest,
  Connector,
  ConnectorArgument,
  ConnectorCommand,
  ConnectorIdentity,
  ConnectorPerson,
  ConnectorPort,
  ConnectorRequest,
  ConnectorResponse,
  ConversationVerbs,
  Delivery,
  Fetch,
  FoundConversation,
  InboundAuthor,
  InboundMessage,
  LinkVerbs,
  Recorded,
  RunVerbs,
  TypingVisitor,
  UnnumberedEvent
} from './connector.js'
export { reasonOf } from './host.js'
export type { Chance, Clock, Host, Log, LogFields, Seal } from './host.js'
export { createAllowances } from './allowances.js'
export type { Allowance, Allowances } from './allowances.js'
export type { BucketSize } from './token-bucket.js'
export { NO_METER } from './meter.js'
export type { EngineCount, Meter } from './meter.js'
export { GIVEN_UP, WAITING } from './records.js'
export type {
  AccountRecord,
  ConversationRecord,
  DeviceNumber,
  Job,
  JobState,
  LinkRecord,
  LinkStatus,
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
export { inOrderMade } from './job-order.js'
export { begunIn, mergedRows } from './merge-rows.js'
export type { KeptRow } from './merge-rows.js'
export type { Entry } from './enter.js'
export type { Identified } from './identify.js'
export { readPerson, readRoles } from './person.js'
export type { Person } from './person.js'
export type { Merge, Merged, Outcome, Put, Range, Store, Unit } from './store.js'
export { decideAppend } from './append-decision.js'
export type { AppendDecision, AppendFacts, Standing, StandingEvent } from './append-decision.js'
export { createMemoryStore } from './memory-store.js'
