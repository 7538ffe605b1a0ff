import type { Ack, ClientFrameName, ClientFrames, ConversationId, ServerFrame, Standing, WireError } from '@parley/protocol'
import type { ConnectionState } from '../api.js'
import type { OutboxNote } from '../outbox-contract.js'

/** How the leader's line is, as it travels. */
export type LineStatus = {
  readonly state: ConnectionState
  readonly attempt: number
  readonly retryInMs: number | null
  readonly error: WireError | null
}

/** What tabs of one chat tell one another. `from` and `to` are tabs; without `to` it is for all. */
export type TabMessage =
  /** Is there a leader? */
  | { readonly kind: 'who'; readonly from: string }
  /** I hold the line, and this is how it is. `line` counts the lines there were: another one has to be joined anew. */
  | {
      readonly kind: 'lead'
      readonly from: string
      readonly status: LineStatus
      readonly line: number
      readonly conversation: ConversationId | null
      readonly draft: string
    }
  /** Bring me up to date, from here on. */
  | { readonly kind: 'join'; readonly from: string; readonly standing: Standing }
  | { readonly kind: 'frame'; readonly from: string; readonly to: string | null; readonly frame: ServerFrame }
  /** Send this over the line for me. */
  | {
      readonly kind: 'ask'
      readonly from: string
      readonly id: string
      readonly name: ClientFrameName
      readonly payload: ClientFrames[ClientFrameName]['payload']
    }
  | { readonly kind: 'answer'; readonly to: string; readonly id: string; readonly ack: Ack | { readonly error: WireError } }
  /** Try to get a line, as soon as may be. */
  | { readonly kind: 'hurry' }
  /** Open a new session: the conversation of this one is over. */
  | { readonly kind: 'renew' }
  | { readonly kind: 'outbox'; readonly note: OutboxNote }
  /** `isOld`: for a tab that has none yet. */
  | { readonly kind: 'draft'; readonly text: string; readonly isOld?: true }
  | { readonly kind: 'read'; readonly to: number }
  /** The visitor is known by this token from now on; or is forgotten. */
  | { readonly kind: 'identified'; readonly token: string }
  | { readonly kind: 'reset' }

/** What concerns one chat as a whole, and not its line. */
export type ChatMessage = Extract<TabMessage, { readonly kind: 'outbox' | 'draft' | 'read' | 'identified' | 'reset' }>
