import type { Arguments } from './argument-value.js'
import type { LinkId, MessageId, ParticipantId, RunId } from './id.js'
import type { ErrorCode } from './error.js'
import type { Author, Participant } from './participant.js'
import type { Json, Part } from './part.js'

/** `public` is what visitors see; `staff` never reaches them. Each has its own numbers, so a hole is always a fault. */
export type LogName = 'public' | 'staff'

/** What each kind of event says. Facts are `noun.past`; all that a user can see is one of these. */
export type EventBodies = {
  'conversation.opened': { readonly inbox: string }
  'conversation.closed': { readonly reason: string }
  /** Another inbox's side answers from now on; `to` is its inbox, `name` how it is called. */
  'handoff.completed': { readonly to: string; readonly name: string }
  'participant.joined': { readonly participant: Participant }
  'participant.left': { readonly participant: ParticipantId }
  /** `about`: said by who answers, that message did not get through; said by a visitor, this is that message once more. */
  'message.created': { readonly parts: readonly Part[]; readonly about?: MessageId }
  'answer.given': { readonly to: MessageId; readonly value: string; readonly label?: string }
  /** `run` is given by the gateway, whatever the sender wrote. */
  'run.started': { readonly run: RunId; readonly command: string; readonly args: Arguments }
  /** `accepted`: the outside has taken it. `working`: it reports on the way; `fraction` runs from 0 to 1. */
  'run.progressed': { readonly run: RunId; readonly state: 'accepted' | 'working'; readonly text?: string; readonly fraction?: number }
  /** `late`: it came after the run had been given up. */
  'run.finished': { readonly run: RunId; readonly parts: readonly Part[]; readonly late?: boolean }
  /** `again`: the outcome is unknown or the fault may pass, so running it again is a sensible offer. */
  'run.failed': { readonly run: RunId; readonly reason: RunFailure; readonly text: string; readonly again?: boolean; readonly late?: boolean }
  'link.requested': {
    readonly link: LinkId
    readonly run?: RunId
    readonly partner: string
    readonly url: string
    readonly code: string
    readonly expiresInS: number
  }
  'link.completed': { readonly link: LinkId; readonly partner: string }
  'link.refused': { readonly link: LinkId; readonly partner: string }
  'link.expired': { readonly link: LinkId; readonly partner: string }
}

export type RunFailure = 'refused' | 'failed' | 'timedOut' | 'cancelled' | 'unknownOutcome'
export type EventType = keyof EventBodies

/** All kinds this version knows, by name. */
const KNOWN: Record<EventType, true> = {
  'conversation.opened': true,
  'conversation.closed': true,
  'handoff.completed': true,
  'participant.joined': true,
  'participant.left': true,
  'message.created': true,
  'answer.given': true,
  'run.started': true,
  'run.progressed': true,
  'run.finished': true,
  'run.failed': true,
  'link.requested': true,
  'link.completed': true,
  'link.refused': true,
  'link.expired': true
}
export const isEventType = (type: string): type is EventType => Object.hasOwn(KNOWN, type)

/** A recorded, numbered fact. `seq` counts from 1 without holes in its conversation and log. */
export type EventOf<Type extends EventType> = {
  readonly seq: number
  readonly messageId: MessageId
  readonly type: Type
  readonly author: Author
  /** The gateway's time, ISO 8601 UTC; for display only, never for order. */
  readonly at: string
  readonly body: EventBodies[Type]
}
export type KnownEvent = { [Type in EventType]: EventOf<Type> }[EventType]
/** A kind a newer gateway records. It takes its number and is shown as nothing. */
export type UnknownEvent = Omit<EventOf<EventType>, 'type' | 'body'> & {
  readonly type: 'unknown'
  readonly body: { readonly was: string; readonly value?: Json }
}
export type ParleyEvent = KnownEvent | UnknownEvent

/** The kinds a visitor may append. Everything else is the gateway's or a connector's to say. */
export const VISITOR_TYPES = ['message.created', 'answer.given', 'run.started', 'void'] as const
export type VisitorType = (typeof VISITOR_TYPES)[number]

/**
 * What a sender asks to have recorded. A `run.started` names command and arguments only; `void` takes
 * the number of a message that the user gave up, so that the counter never blocks.
 */
export type DraftBodies = {
  'message.created': EventBodies['message.created']
  'answer.given': EventBodies['answer.given']
  'run.started': { readonly command: string; readonly args: Arguments }
  void: { readonly code?: ErrorCode }
}
export type Draft = { [Type in VisitorType]: { readonly type: Type; readonly body: DraftBodies[Type] } }[VisitorType]
