import type { CommandSpec } from './command.js'
import type { WireError } from './error.js'
import type { Draft, LogName, ParleyEvent } from './event.js'
import type { ConversationId, DeviceId, Epoch, MessageId, ParticipantId } from './id.js'
import type { ClientLimits } from './limits.js'
import type { Signal } from './signal.js'

/** Where a client stands in one log. `tail` is the messageId at `cursor`, `null` at cursor 0. */
export type Standing = {
  readonly id: ConversationId
  readonly log: LogName
  readonly epoch: Epoch | null
  readonly cursor: number
  readonly tail: MessageId | null
}

/** The CONNECT auth payload of every connect. */
export type Hello = { readonly v: number; readonly token: string; readonly device: DeviceId; readonly conversations: readonly Standing[] }

/** Highest seq a participant's clients hold (`got`) and have shown (`read`); merged by max. */
export type Receipt = { readonly participant: ParticipantId; readonly got: number; readonly read: number }

export type WelcomeConversation = {
  readonly id: ConversationId
  readonly log: LogName
  readonly epoch: Epoch
  /** Highest seq recorded. */
  readonly head: number
  /** First seq of the catch-up that follows. Beyond `cursor + 1` only for a client that holds nothing. */
  readonly from: number
  /** What the client holds is of another life of the log: forget it and take what follows. */
  readonly reset: boolean
  /** The last deviceSeq taken from this device. */
  readonly lastDeviceSeq: number
  /** Which participant the client is. */
  readonly you: ParticipantId
  readonly receipts: readonly Receipt[]
}

/** The first event after a connect. */
export type Welcome = {
  readonly v: number
  readonly conversations: readonly WelcomeConversation[]
  readonly commands: readonly CommandSpec[]
  readonly limits: ClientLimits
  /** Seconds until the token of this connection ends. */
  readonly expiresInS: number
  /** What this gateway can do beyond the frames of the first version. A client asks for nothing that is not named here. */
  readonly features?: readonly Feature[]
}

/**
 * `check`: the gateway compares digests of the log (rule 24). `complete`: it knows values for arguments (rule 27). `end`:
 * a visitor may end the conversation (rule 28).
 */
export type Feature = 'check' | 'complete' | 'end'

/** Please record this. Acked only after the commit. `after` is the highest seq seen when it was written. */
export type Append = Draft & {
  readonly conversation: ConversationId
  readonly deviceSeq: number
  readonly messageId: MessageId
  readonly after: number
  /** Conversations of this visitor that the same message may have reached before. If it stands in one of them, that is the answer. */
  readonly formerly?: readonly ConversationId[]
}
/** `elsewhere`: the message stands in one of `formerly`, under that conversation's number. */
export type AppendAck = { readonly seq: number; readonly at: string; readonly elsewhere?: true } | { readonly error: WireError }

/** Rows in order, live or caught up: one frame for both. */
export type Events = {
  readonly conversation: ConversationId
  readonly log: LogName
  readonly epoch: Epoch
  readonly from: number
  readonly events: readonly ParleyEvent[]
}

/** Please send the rows `from`..`to`, both included; they come as `events`. */
export type Read = { readonly conversation: ConversationId; readonly log: LogName; readonly from: number; readonly to: number }
export type Seen = { readonly conversation: ConversationId; readonly got: number; readonly read: number }

/** What is not an append. Idempotent by `id`. */
export type Invoke = { readonly id: MessageId; readonly conversation: ConversationId } & (
  | { readonly verb: 'cancel'; readonly args: { readonly run: string } }
  /** The visitor ends the conversation. */
  | { readonly verb: 'end'; readonly args: Readonly<Record<string, never>> }
)
export type Ack = { readonly ok: true } | { readonly error: WireError }

/** Do these rows read the same there? `digest` is `digestRows` of what the client holds from `from` to `to`, both included. */
export type Check = { readonly conversation: ConversationId; readonly log: LogName; readonly from: number; readonly to: number; readonly digest: string }

/** Which values are there for this argument of a command, as far as it is typed? For arguments that say `completes`. `text`: 200 characters at most. */
export type Complete = { readonly conversation: ConversationId; readonly command: string; readonly argument: string; readonly text: string }
/** `value` (at most 500 characters) is what the argument takes, `label` (200) how it is called, `description` (300) one line about it. */
export type Completion = { readonly value: string; readonly label?: string; readonly description?: string }
/** At most 20. */
export type CompleteAck = { readonly completions: readonly Completion[] } | { readonly error: WireError }

export type SignalFrame = { readonly conversation: ConversationId; readonly signal: Signal }
/** Leave in good order, at a random moment within `spreadMs`. */
export type Drain = { readonly spreadMs: number }
/** A definite no. */
export type Refuse = WireError

/** Frames of a client by name, with what answers each. */
export type ClientFrames = {
  append: { readonly payload: Append; readonly ack: AppendAck }
  read: { readonly payload: Read; readonly ack: Ack }
  seen: { readonly payload: Seen; readonly ack: Ack }
  invoke: { readonly payload: Invoke; readonly ack: Ack }
  check: { readonly payload: Check; readonly ack: Ack }
  complete: { readonly payload: Complete; readonly ack: CompleteAck }
  probe: { readonly payload: Record<string, never>; readonly ack: Ack }
  signal: { readonly payload: SignalFrame; readonly ack: Ack }
}
export type ClientFrameName = keyof ClientFrames

/** Frames of a gateway by name. */
export type ServerFrames = {
  welcome: Welcome
  events: Events
  signal: SignalFrame
  commands: { readonly commands: readonly CommandSpec[] }
  drain: Drain
  refuse: Refuse
}
export type ServerFrameName = keyof ServerFrames
export type ServerFrame = { [Name in ServerFrameName]: { readonly name: Name; readonly payload: ServerFrames[Name] } }[ServerFrameName]

/** Answer of `POST /session`. `identified`: the identity that was sent counts. */
export type SessionAnswer = { readonly token: string; readonly expiresInS: number; readonly conversation: ConversationId; readonly identified?: boolean }
/**
 * Body of `POST /session`. Without a key or an identity the conversation cannot be found again. `identity` is a token
 * signed by the host's own server, or one of the outside system where that names the visitors of the inbox; with a key
 * beside it, what this browser said before is merged in, once.
 */
export type SessionRequest = { readonly inbox: string; readonly visitorKey?: string; readonly identity?: string }

/** Body of `POST /append`: what a page that is leaving still sends, without a line. The same rules as for the frame hold. */
export type LastAppends = { readonly v: number; readonly token: string; readonly device: DeviceId; readonly appends: readonly Append[] }
/** Its answer, one ack for each, in order. */
export type LastAppendsAnswer = { readonly acks: readonly AppendAck[] }
