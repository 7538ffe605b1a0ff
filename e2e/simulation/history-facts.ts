/** A message that somebody asked to have sent, and what became of it as far as they were told. */
export type Ask = {
  /** Whose order counts: one device with one life of its storage. */
  sender: string
  /** Told apart from all others by it, unless the same was said on purpose more than once. */
  readonly text: string
  /** Known once the outbox has taken it; from then on it must arrive. */
  messageId: string | null
  /** `gone`: the page that waited for the answer is no more. */
  outcome: { readonly kind: 'waiting' | 'gone' } | Told | Refused
  /** Discarded by the visitor, refused by the gateway, or lost with its storage: it may be in the log or not. */
  mayBeAbsent: boolean
  /** The page that heard the answer ended before it could write that down, so the next one asks again. */
  mayAskAgain: boolean
  /** Sends again what failed: the same message, not another one with the same words. */
  readonly isRetry: boolean
}
type Told = { readonly kind: 'sent'; readonly messageId: string; readonly seq: number; readonly conversation: string | null }
type Refused = { readonly kind: 'refused'; readonly code: string }

/** The gateway said: this is recorded, under this number. */
export type Acked = { readonly conversation: string; readonly messageId: string; readonly seq: number }

/** One row of a conversation's log, as it stands in the end. */
export type Row = {
  readonly conversation: string
  readonly seq: number
  readonly messageId: string
  readonly type: string
  /** Of a visitor: what was asked. `null` for all that gateway and bot say. */
  readonly text: string | null
  readonly run: string | null
  readonly isLate: boolean
}

/** One item of a list as a viewer saw it. `seq` is `null` while it is not confirmed. */
export type Shown = { readonly key: string; readonly seq: number | null; readonly status?: string }
/** From here on the viewer shows another life of the log (`reset`), or an `other` conversation. */
export type Frame = readonly Shown[] | 'reset' | 'other'

/** One page that showed a conversation: every list it ever showed, in order. */
export type Viewer = {
  readonly name: string
  readonly conversation: string
  readonly isLive: boolean
  readonly frames: readonly Frame[]
  /** Its storage failed before, or its tabs cannot speak to one another: what others left comes in whatever order. */
  readonly isShaken?: boolean
}

/** Handed to the connector. */
export type Delivered = { readonly conversation: string; readonly seq: number; readonly attempt: number }

/** Everything that one run of a world leaves behind. */
export type History = {
  readonly asks: readonly Ask[]
  readonly acks: readonly Acked[]
  readonly log: readonly Row[]
  readonly viewers: readonly Viewer[]
  readonly deliveries: readonly Delivered[]
  /** Rows that the operator lost by putting an old copy back: for these alone nothing was promised. */
  readonly lost: ReadonlySet<string>
  /** Keys of items that their visitor took away. */
  readonly discarded: ReadonlySet<string>
  /** An old copy of the log was put back, so viewers may be told to forget what they hold. */
  readonly isRestored: boolean
}

/** Kinds of events that have an item of their own in the list. */
const SHOWN_TYPES: ReadonlySet<string> = new Set([
  'message.created',
  'answer.given',
  'run.started',
  'run.finished',
  'run.failed',
  'conversation.closed',
  'participant.left',
  'link.requested',
  'link.completed',
  'link.refused',
  'link.expired'
])
export const isShown = (row: Row): boolean => SHOWN_TYPES.has(row.type)

export const isEnd = (row: Row): boolean => row.type === 'run.finished' || row.type === 'run.failed'
