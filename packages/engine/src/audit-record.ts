import type { Arguments, ConversationId, RunId } from '@parley/protocol'
import type { VisitorId } from './records.js'

/** Records of who did what, for whoever must be able to tell later. Never what was said. */

export type AuditName =
  | 'command.started'
  | 'command.refused'
  | 'command.finished'
  | 'command.failed'
  | 'signIn.requested'
  | 'signIn.completed'
  | 'signIn.refused'
  | 'signIn.expired'
  | 'identity.accepted'
  | 'identity.refused'
  | 'flow.start'
  | 'flow.stop'
  | 'flow.active'
  | 'flow.inactive'
  | 'flow.failed'
  | 'platform.signedIn'
  | 'platform.refused'

export type AuditFields = Readonly<Record<string, string | number | boolean | null>>

/** What the record says. `fields` of the caller stand beside these, which they never replace. */
export type AuditPayload = {
  /** The same as the record's: tells a repeat. */
  readonly id: string
  readonly inbox: string
  readonly conversation: ConversationId | null
  /** The keyed hash, never a name. */
  readonly visitor: VisitorId | null
  readonly run?: RunId
  readonly command?: string
  /** Of a command's arguments those that cannot hold free text. */
  readonly args?: Arguments
  readonly [field: string]: unknown
}

export type AuditRecord = {
  readonly id: string
  readonly name: AuditName
  /** When it happened, in ms since 1970. */
  readonly at: number
  readonly payload: AuditPayload
}

/** What a connector records, of one of its runs or of itself. */
export type AuditNote = { readonly name: AuditName; readonly run?: RunId; readonly fields?: AuditFields }

export type AuditEntry = {
  readonly name: AuditName
  readonly inbox: string
  /** What happens once has the same key at every attempt, and so the same id; without one the id is random. */
  readonly key?: string
  readonly conversation?: ConversationId
  readonly visitor?: VisitorId
  readonly run?: RunId
  readonly command?: string
  readonly args?: Arguments
  readonly fields?: AuditFields
}
