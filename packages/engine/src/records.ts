import type { Arguments, ConversationId, DeviceId, ErrorCode, Json, LinkId, LogName, MessageId, ParticipantId, ParleyEvent, RunId } from '@parley/protocol'

/** What the store keeps, beside the events themselves. */

/** Who a browser is to this gateway: a keyed hash of its visitor key, 22 characters. Never leaves the gateway. */
export type VisitorId = string & { readonly visitor: unique symbol }

export type ConversationRecord = {
  readonly id: ConversationId
  readonly inbox: string
  readonly visitor: VisitorId
  readonly status: 'open' | 'closed'
  readonly createdAt: string
  /** What was said in it stands there now, and all that follows goes there. */
  readonly mergedInto: ConversationId | null
  /** The inbox whose side answers now, while that is not its own. */
  readonly answering: string | null
}

/** What the gateway knows of a visitor who was named: the newest word of it. */
export type PersonRecord = { readonly visitor: VisitorId; readonly subject: string; readonly name: string | null }

/** What one inbox's connector remembers of a conversation; the engine does not look inside. */
export type NotesRecord = { readonly conversation: ConversationId; readonly inbox: string; readonly notes: Json }

/** Waiting for its turn · begun where a repeat would do harm · given up. A job that is done is gone. */
export type JobState = 'waiting' | 'sent' | 'parked'
/** One event to be delivered to the connector of `inbox`. At most one per event. */
export type Job = {
  readonly conversation: ConversationId
  readonly seq: number
  readonly inbox: string
  readonly state: JobState
  readonly attempts: number
  readonly dueAt: number
  /** When it was made, in ms since 1970; jobs of older versions do not say. */
  readonly queuedAt?: number
  /** What it is delivered in order with, within its inbox. Absent: with its conversation. */
  readonly lane?: string
}
/** A job whose event is still to get its number. */
export type NewJob = Omit<Job, 'conversation' | 'seq' | 'state' | 'attempts'>

/** `open` → `sent` (posting begun) → `accepted` → `working` → one of the ends. */
export type RunStatus = 'open' | 'sent' | 'accepted' | 'working' | 'finished' | 'failed' | 'timedOut' | 'cancelled' | 'unknownOutcome'
/** The run waits for its result. */
export const WAITING: readonly RunStatus[] = ['open', 'sent', 'accepted', 'working']
/** The run was given up, but a result that still comes is shown, marked late. */
export const GIVEN_UP: readonly RunStatus[] = ['timedOut', 'cancelled', 'unknownOutcome']

export type RunRecord = {
  readonly run: RunId
  readonly conversation: ConversationId
  readonly inbox: string
  readonly visitor: VisitorId
  readonly command: string
  readonly args: Arguments
  readonly status: RunStatus
  readonly startedAt: number
  /** When the engine gives it up, in ms since 1970. */
  readonly deadlineAt: number
  /** The connector's own; the engine does not look inside. */
  readonly notes: Json
}

export type LinkStatus = 'requested' | 'completed' | 'refused' | 'expired'
/** One sign-in under way or done, bound to the visitor who asked for it. */
export type LinkRecord = {
  readonly link: LinkId
  readonly inbox: string
  readonly visitor: VisitorId
  readonly conversation: ConversationId
  readonly run: RunId | null
  /** The partner's name as people read it. */
  readonly partner: string
  readonly status: LinkStatus
  /** Shown in the chat and on the sign-in page, so that both can be held side by side. */
  readonly code: string
  readonly expiresAt: number
  readonly notes: Json
}

/** One visitor known at the partner behind one inbox. `credential` is theirs for it (OIH: the secret's id); it never leaves the gateway. */
export type AccountRecord = {
  readonly inbox: string
  readonly visitor: VisitorId
  readonly credential: string
  readonly scope: string
  readonly connectedAt: string
}

export type ReceiptRecord = { readonly conversation: ConversationId; readonly participant: ParticipantId; readonly got: number; readonly read: number }

/** An event on its way into the log: everything but its number. */
export type NewEvent = Omit<ParleyEvent, 'seq'> & {
  readonly conversation: ConversationId
  readonly log: LogName
  /** The sender's counter, for events that come out of an outbox. */
  readonly device: DeviceNumber | null
  /** Of what the sender asked, to tell a repeat from another message under the same id. */
  readonly digest: string
}
export type DeviceNumber = { readonly id: DeviceId; readonly seq: number }

/** A refused or discarded message: it takes its number, so that the counter never blocks. */
export type NewVoid = { readonly conversation: ConversationId; readonly messageId: MessageId; readonly device: DeviceNumber; readonly code: ErrorCode }
