import type {
  Arguments,
  ArgumentValue,
  Author,
  CommandSpec,
  Completion,
  EventOf,
  EventType,
  LinkState,
  MessageId,
  Notice,
  ParleyError,
  Participant,
  Part,
  RunId,
  RunOutcome,
  RunState
} from '@parley/protocol'
import type { ReadableAtom } from 'nanostores'
import type { Counters } from './counters.js'

/** The public face of the SDK. What each name does is said here; how, in the file of that name. */

export type ConnectionState = 'idle' | 'connecting' | 'online' | 'waiting' | 'offline' | 'closed'

/** `attempt` counts tries since the line was last up; `retryInMs` is the wait before the next, `null` when none is planned. */
export type ConnectionStatus = {
  readonly state: ConnectionState
  readonly attempt: number
  readonly retryInMs: number | null
  readonly error: ParleyError | null
}

/** `sending`: not yet acknowledged; `sent`: on the gateway's disk; `failed`: definitely refused, to retry or discard. */
export type SendStatus = 'sending' | 'sent' | 'failed'

type Placed = {
  /** Stays the same from pending to confirmed: use it as the element's key. */
  readonly key: string
  /** `null` until the gateway has numbered it, and for what only this page knows. */
  readonly seq: number | null
  readonly author: Author | null
  readonly isMine: boolean
  /** The gateway's time, ISO 8601; `null` while pending. */
  readonly at: string | null
}
type Sendable = { readonly status: SendStatus; readonly error: ParleyError | null }

export type MessageItem = Placed &
  Sendable & {
    readonly kind: 'message'
    readonly parts: readonly Part[] /** The choice made, for a message with choices or cards. */
    readonly answer: string | null
    /** Why it did not get through to who answers, though the gateway has it (`sent`): to send again with `retry`. */
    readonly undelivered: string | null
    /** What did not get through was sent again, or is about to be. */
    readonly isSentAgain: boolean
    /** The key of the message of which this one tells that it did not get through. */
    readonly about: string | null
  }
/** A command as the visitor gave it. `run` is known once the gateway has recorded it. */
export type CommandItem = Placed & Sendable & { readonly kind: 'command'; readonly line: string; readonly run: RunState | null }
/** What came of a command, at its own place. `line` is the command it belongs to; `null` if that is not loaded. */
export type ResultItem = Placed & {
  readonly kind: 'result'
  readonly run: RunId
  readonly line: string | null
  readonly outcome: RunOutcome /** Starts the same command again; only when that is sensible. */
  readonly again: { readonly command: string; readonly args: Arguments } | null
  /** The choice made, for a result with choices or cards. */
  readonly answer: string | null
}
export type LinkItem = Placed & { readonly kind: 'link'; readonly link: LinkState }
export type NoticeItem = Placed & { readonly kind: 'notice'; readonly notice: Notice }
/** A command that ran in this page: known here only, gone with the page. */
export type LocalItem = Placed & {
  readonly kind: 'local'
  readonly line: string
  readonly state: 'working' | 'finished' | 'failed'
  readonly parts: readonly Part[]
}
export type TimelineItem = MessageItem | CommandItem | ResultItem | LinkItem | NoticeItem | LocalItem

/** Where a sent line stands in the log; `seq` is `null` for a command that ran in the page. */
export type Sent = { readonly seq: number | null; readonly at: string | null; readonly messageId: MessageId | null }

/** A command of the page: its result is shown to this visitor, in this page only. */
export type PageCommand = Omit<CommandSpec, 'args'> & {
  readonly args?: CommandSpec['args']
  /** Text (markdown), parts, or nothing. A throw is shown as failed, with the error's message. */
  run(args: Arguments): Promise<PageResult> | PageResult
}
/** `null`: what came of it shows by itself, the command leaves no trace. */
export type PageResult = string | readonly Part[] | null | undefined | void

export interface CommandRegistry {
  /**
   * Offers a command of the page.
   * @returns a function that takes it away again
   * @throws ParleyError `option.invalid` when the name is taken or not a command name
   */
  register(command: PageCommand): () => void
}

export interface Chat {
  readonly $timeline: ReadableAtom<readonly TimelineItem[]>
  readonly $status: ReadableAtom<'open' | 'closed'>
  readonly $participants: ReadableAtom<readonly Participant[]>
  /** Everything that can be typed now: built in, of the page, of the inbox; by name. */
  readonly $commands: ReadableAtom<readonly CommandSpec[]>
  /** What the inbox offers, also under a name that the page has taken. */
  readonly $inboxCommands: ReadableAtom<readonly CommandSpec[]>
  /** Events of others beyond what `markRead` was told. */
  readonly $unread: ReadableAtom<number>
  readonly $typing: ReadableAtom<readonly Participant[]>
  /** What is written and not sent: the same in all tabs of a browser. */
  readonly $draft: ReadableAtom<string>
  /** `false`: what waits is in the memory of this page only, because the browser keeps nothing; it is lost with the page. */
  readonly $isSaved: ReadableAtom<boolean>
  setDraft(text: string): void
  /** Is there older history than what `$timeline` holds? */
  readonly $hasEarlier: ReadableAtom<boolean>
  /**
   * Sends a line as the composer would: text, or `/command args`.
   * @returns settles when the gateway has it on disk
   * @throws ParleyError at once and before anything is stored or sent: `append.tooLarge`, `append.invalid` (empty),
   * `command.unknown`, `command.invalid`, `client.closed`; later, on a definite refusal, its code
   */
  send(line: string): Promise<Sent>
  /**
   * The same for a command with its arguments by name.
   * @param options `of: 'inbox'`: only a command of the inbox, never what the page or the SDK runs under this name; for
   * what was not typed by the visitor, such as the button of a card
   */
  run(command: string, args?: { readonly [name: string]: ArgumentValue }, options?: { readonly of?: 'inbox' }): Promise<Sent>
  /**
   * Values for an argument that says `completes`, as far as it is typed. It never rejects: what the gateway does not
   * know, is not asked for, or cannot be asked for now is an empty list. The newest call counts: the gateway answers an
   * older one that is under way with an empty list.
   */
  complete(command: string, argument: string, text: string): Promise<readonly Completion[]>
  /** Answers a message or a result with choices or cards. */
  answer(messageId: string, value: string, label?: string): Promise<Sent>
  /** Gives up a run of this visitor. What still comes of it is shown as late. */
  cancel(run: RunId): Promise<void>
  /** Sends what failed, or did not get through, again: as a new message at the end, an answer as the same answer. */
  retry(key: string): Promise<Sent>
  /**
   * Ends the conversation for everybody. All that was said before goes first; without a line it is asked for as soon as
   * there is one, for as long as this page lives.
   * @returns settles when the gateway has recorded it, at once when the conversation is over
   * @throws ParleyError `end.unsupported` by a gateway that cannot, `client.closed`
   */
  end(): Promise<void>
  /**
   * Begins a new conversation of the same visitor once this one is over; nothing of the old one is shown any more.
   * @returns settles when the new one is there
   * @throws ParleyError `client.closed`, or what ended the line
   */
  begin(): Promise<void>
  /** Takes a failed or pending item away for good. */
  discard(key: string): Promise<void>
  setTyping(): void
  markRead(): void
  /** Fetches a page of older history. @returns is there more? */
  loadEarlier(): Promise<boolean>
}

/** Events of the log by their type, and what else a page may want to know. */
export type ClientEvents = { [Type in EventType]: EventOf<Type> } & {
  /** Something that a developer should see and that settled no promise. */
  error: ParleyError
  /** The visitor was forgotten, here or in another tab: this client is closed, and a new one begins anew. */
  reset: null
}

export interface Client {
  readonly $connection: ReadableAtom<ConnectionStatus>
  /** `false`: the other side is in this page, and all that is said ends with it; nothing may be called stored. */
  readonly isDurable: boolean
  readonly commands: CommandRegistry
  readonly conversation: Chat
  /**
   * Opens the conversation and the line; from then on the client reconnects by itself.
   * @returns settles when first online; where nobody comes in without an identity, after `identify`: until then
   * `$connection` has the error `identity.required`
   * @throws ParleyError on a definite refusal (`origin.refused`, `inbox.unknown` …) or `client.closed`
   */
  connect(): Promise<void>
  /** @returns a function that stops listening */
  on<Type extends keyof ClientEvents>(type: Type, listener: (event: ClientEvents[Type]) => void): () => void
  /**
   * From now on the visitor is who this token names: one signed by your server, or one of the outside system that names
   * the visitors of this inbox, see the gateway's README. What they said before without a name is merged in, once. What
   * another person wrote here and has not sent stays with them. The same person with other roles gets the commands that fit.
   * @returns settles when online as this person; at once when the client has not connected yet, or nothing has changed
   * @throws ParleyError `identity.invalid`, `identity.expired`, `identity.unsupported`, `client.closed`
   */
  identify(token: string): Promise<void>
  /** What was counted of delivery so far. */
  counters(): Counters
  /** Ends the line for good. What was not acknowledged stays in the outbox. */
  close(): void
  /** Closes, and forgets who the visitor was and what was not sent, in all tabs: the next client begins a new conversation. */
  reset(): Promise<void>
}
