import type {
  ArgumentSpec,
  CommandSpec,
  Completion,
  ConversationId,
  EventOf,
  EventType,
  Json,
  KnownEvent,
  LinkId,
  Part,
  RunFailure,
  RunId,
  WireError
} from '@parley/protocol'
import type { AuditNote } from './audit-record.js'
import type { Clock, Log } from './host.js'
import type { AccountRecord, LinkRecord, RunRecord, VisitorId } from './records.js'

/** The connector contract: an adapter to one outside system. One suite holds all of them (`@parley/engine/contracts`). */
export interface Connector {
  readonly capabilities: Capabilities
  /** Read anew at each connect, and after `port.commandsChanged()`. */
  readonly commands: readonly ConnectorCommand[]
  start(port: ConnectorPort): Promise<void> | void
  /**
   * Hands one event to the outside. Settles when the outside has taken it (a run may go on long after).
   * Per conversation one at a time, in the order of the log; where `laneOf` names a lane, per lane.
   * @throws DeliveryFault when it could not; anything else thrown counts as one to retry
   */
  deliver(delivery: Delivery): Promise<void>
  /**
   * Where the order holds across conversations: what an event has to be delivered in order with, in this inbox. Asked once,
   * before the event has its number; the same event has the same lane always. `null`: its conversation, as without it. One
   * lane is one at a time, in the order in which things were recorded, also after a restart; what has to be tried again
   * holds it up. Pure; when it throws, that is logged and counts as `null`.
   */
  laneOf?(event: UnnumberedEvent): string | null
  /** A visitor is typing. A passing fact: it may be lost, is never told twice within a second, and what is thrown is logged. */
  typing?(typing: TypingVisitor): Promise<void> | void
  /** Something outside called one of this inbox's addresses. Answer fast, work after. */
  handleRequest?(request: ConnectorRequest): Promise<ConnectorResponse>
  /**
   * Values for an argument that says `completes`, best first; the engine takes 20. Asked while somebody types, of
   * visitors who may use the command: two seconds are waited for it, and whatever is thrown counts as none.
   */
  complete?(request: CompletionRequest): Promise<readonly Completion[]>
  /**
   * Whom a token of the outside system names, or why it does not hold. Asked only with `capabilities.identity`, at each
   * session; five seconds are waited for it, and whatever is thrown counts as an outside that cannot be reached now.
   */
  identify?(token: string): Promise<ConnectorIdentity | WireError>
  stop(): Promise<void> | void
}

/** An event of any known kind on its way into the log. */
export type UnnumberedEvent = { readonly [Type in EventType]: Omit<EventOf<Type>, 'seq'> }[EventType]

export type Capabilities = {
  /**
   * Kinds of events that are delivered: what visitors say, and, where they are named here, `conversation.opened` and
   * `conversation.closed` (only when the visitor ended it). Of a failure of these two nobody is told.
   */
  readonly receives: readonly EventType[]
  /** May run in a page: imports nothing of Node and needs no secret. */
  readonly page: boolean
  /** The outside takes the idempotency key into account, so sending again is harmless. */
  readonly deduplicates: boolean
  /** How the answering side is called in the chat. */
  readonly participant: { readonly name: string }
  /**
   * Tokens of the outside system name the visitors of this inbox, and `identify` reads them. `required`: nobody comes in
   * without one. Absent: the host's own server names them, if anybody does.
   */
  readonly identity?: 'optional' | 'required'
}

/** `choiceRoles`: a choice that is a key here is for visitors with one of these roles. */
export type ConnectorArgument = ArgumentSpec & { readonly choiceRoles?: Readonly<Record<string, readonly string[]>> }

/** A command with what only the gateway needs to know of it. */
export type ConnectorCommand = Omit<CommandSpec, 'args'> & {
  readonly args: readonly ConnectorArgument[]
  /** The run is given up after this long without an end, in ms. Default 600,000. */
  readonly timeoutMs?: number
  /** Only visitors with one of these roles may use it. Absent: everybody. */
  readonly roles?: readonly string[]
}

/** `text`: what is typed of the argument so far, 200 characters at most. */
export type CompletionRequest = {
  readonly visitor: VisitorId
  readonly conversation: ConversationId
  readonly roles: readonly string[]
  readonly command: string
  readonly argument: string
  readonly text: string
}

/** Whom a token of the outside system names: `subject` is their id there, `name` what the others see. */
export type ConnectorIdentity = {
  readonly subject: string
  readonly name: string | null
  readonly roles: readonly string[]
  /** How long it holds from now. */
  readonly expiresInS: number
}

/** A visitor who was named: `subject` never changes for one person. */
export type ConnectorPerson = { readonly subject: string; readonly name: string | null }

export type TypingVisitor = {
  readonly conversation: ConversationId
  readonly visitor: VisitorId
  readonly person: ConnectorPerson | null
  readonly forMs: number
}

export type Delivery = {
  readonly conversation: ConversationId
  readonly visitor: VisitorId
  /** Who the visitor is, by the word of the host's server or of the outside system; `null` for somebody without a name. */
  readonly person: ConnectorPerson | null
  readonly event: KnownEvent
  /** `conversation:messageId:inbox`, the same at every attempt, and after an old copy of the log was put back. */
  readonly idempotencyKey: string
  /** 1 at first. */
  readonly attempt: number
  /**
   * Where a repeat would do harm: call before the request leaves. After it settled, this event is
   * never delivered again, also not after a crash; the outcome is then the connector's to tell.
   */
  markSent(): Promise<void>
}

/** The outside did not take it. `retry: false` ends the job: the visitor is told `message`. */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault'
  readonly retry: boolean
  /** Wait at least this long before the next attempt. */
  readonly retryInMs: number | undefined

  constructor(message: string, options: { readonly retry: boolean; readonly retryInMs?: number; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retry = options.retry
    this.retryInMs = options.retryInMs
  }
}

/** `hooks`: `/hooks/<inbox>/<path>`; `accounts`: `/accounts/<inbox>/<path>`, where people's browsers come. */
export type ConnectorRequest = {
  readonly door: 'hooks' | 'accounts'
  readonly method: string
  /** Behind the inbox's name, without a leading slash. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  /** The raw body, at most `limits.bodyBytes` of the gateway's configuration. */
  readonly body: Uint8Array
}
export type ConnectorResponse = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }

/** `known`: it was recorded before. `ended`: the run is over and nothing was recorded. */
export type Recorded = 'recorded' | 'known' | 'ended'

/** All that a connector may do. */
export interface ConnectorPort {
  readonly inbox: string
  /** How outside systems reach this gateway, without a trailing slash. */
  readonly publicUrl: string
  readonly clock: Clock
  readonly log: Log
  /** 128 random bits. */
  randomId(): string
  /** Keyed hash of the gateway, see `Seal.sign`. */
  sign(purpose: string, text: string): string
  equal(a: string, b: string): boolean
  /** The host's `fetch`, guarded; every answer has a size and a time limit. */
  readonly fetch: Fetch
  /** Records what the outside said. The same `externalId` is recorded once. */
  append(message: InboundMessage): Promise<Recorded>
  /** @param from who types, when that is somebody else than the inbox itself */
  typing(conversation: ConversationId, forMs: number, from?: InboundAuthor): void
  readonly conversation: ConversationVerbs
  readonly run: RunVerbs
  readonly link: LinkVerbs
  /**
   * Records an act for whoever must be able to tell later, never what was said. Who and where is taken from the run.
   * Nothing happens when no audit is configured. @throws what the store threw
   */
  audit(note: AuditNote): Promise<void>
  /**
   * Ends the conversation for everybody, with the reason that people read. Of one that was handed to this inbox only the
   * part here ends: its own inbox answers again.
   */
  close(conversation: ConversationId, reason: string): Promise<void>
  /**
   * Another inbox's side answers from now on. It is told of what is said next, and of what still waits to be delivered;
   * `conversation.recent` has what was said before. @returns `ended` when there is no such inbox or the conversation is over
   */
  handOver(conversation: ConversationId, inbox: string): Promise<Recorded>
  /** `commands` is another list now: whoever is connected is told. */
  commandsChanged(): void
  /**
   * Whether the outside can be reached at this moment. In a page the line of the chat follows it, so that nobody sees as
   * sent what waits; a gateway keeps what waits and goes on. Until it is called, the outside counts as reachable.
   */
  reachable(isReachable: boolean): void
}

/** What a connector may know and keep of a conversation of its inbox, or of one that was handed to it. */
export interface ConversationVerbs {
  /** `null` when there is no such conversation here. */
  find(conversation: ConversationId): Promise<FoundConversation | null>
  /** The open conversation of somebody who was named, by their subject. */
  ofPerson(subject: string): Promise<FoundConversation | null>
  /** What was remembered last; `null` at first. It outlives restarts and is gone with nothing but the store. */
  recall(conversation: ConversationId): Promise<Json>
  /** At most 64 KiB as JSON. @throws what the store threw */
  remember(conversation: ConversationId, notes: Json): Promise<void>
  /**
   * The last events up to and with number `to` (default: the newest), oldest first, 50 at most. `to` is counted in the
   * conversation that is asked for, also when it was merged: then they are of the one that it stands in now. Where nothing
   * at `to` or next to it went along, `to` counts for nothing.
   */
  recent(conversation: ConversationId, options: { readonly limit: number; readonly to?: number }): Promise<readonly KnownEvent[]>
}
/** `id` is where the conversation stands now, also when it was asked for by an id that it had before it was merged. */
export type FoundConversation = {
  readonly id: ConversationId
  readonly visitor: VisitorId
  readonly isOpen: boolean
  readonly person: ConnectorPerson | null
}
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** `from`: who says it, when that is somebody else than the inbox itself. */
export type InboundMessage = {
  readonly conversation: ConversationId
  readonly externalId: string
  readonly parts: readonly Part[]
  readonly from?: InboundAuthor
}
/**
 * Somebody on the answering side: `key` is their id out there, stable. They join when they first speak, under the name
 * that they have then; under another name later they are still who joined.
 */
export type InboundAuthor = { readonly key: string; readonly name: string; readonly role: 'agent' | 'bot' }

export interface RunVerbs {
  find(run: RunId): Promise<RunRecord | null>
  /** Runs of this inbox that wait for a result, oldest first. */
  waiting(): Promise<readonly RunRecord[]>
  /** Secret of this run alone, for the callback that will bring its result; the same after a restart. */
  replyToken(run: RunId): string
  /** Is this the run's own token? In constant time. */
  hasReplyToken(run: RunId, token: string): boolean
  /** Keeps what the connector wants to remember of the run. */
  note(run: RunId, notes: Json): Promise<void>
  /** The outside has taken it. */
  accept(run: RunId): Promise<Recorded>
  /** `step` tells repeats apart: the same step is recorded once. */
  progress(run: RunId, progress: { readonly step: string; readonly text?: string; readonly fraction?: number }): Promise<Recorded>
  /** The result: accepted once. After the run was given up it is still shown, marked late. */
  finish(run: RunId, parts: readonly Part[]): Promise<Recorded>
  fail(run: RunId, failure: { readonly reason: RunFailure; readonly text: string; readonly again?: boolean }): Promise<Recorded>
}

export interface LinkVerbs {
  /**
   * Shows a sign-in card in the conversation of this run. The link belongs to the visitor who
   * started the run, ends by itself after `expiresInMs` and is told so in the chat.
   */
  request(request: {
    readonly run: RunId
    readonly partner: string
    readonly expiresInMs: number
    readonly notes: Json
    url(link: LinkId): string
  }): Promise<LinkRecord | null>
  find(link: LinkId): Promise<LinkRecord | null>
  note(link: LinkId, notes: Json): Promise<void>
  /** Signed in: the account is the visitor's from now on, and the run is finished. Once. */
  complete(link: LinkId, account: { readonly credential: string; readonly scope: string }): Promise<Recorded>
  refuse(link: LinkId): Promise<Recorded>
  /** The visitor's account behind this inbox. */
  account(visitor: VisitorId): Promise<AccountRecord | null>
  /** The partner no longer takes it. */
  forget(visitor: VisitorId): Promise<void>
}
