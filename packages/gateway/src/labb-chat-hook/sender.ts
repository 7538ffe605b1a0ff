import { type ClientBody, writeClientBody } from '@parley/connectors'
import type { Append, AppendAck, ConversationId, MessageId } from '@parley/protocol'

/** What became of one message: on disk, not taken for the reason in the sentence, or it came too late for this conversation. */
export type Sent = { readonly kind: 'stored' } | { readonly kind: 'refused'; readonly text: string } | { readonly kind: 'over' }

/** Puts one chat's messages into the log, one after the other. */
export interface Sender {
  send(body: ClientBody): Promise<Sent>
  /** Settles when nothing is under way. */
  idle(): Promise<void>
}

export type SenderOptions = {
  readonly conversation: ConversationId
  append(frame: Append): Promise<AppendAck>
  digest(text: string): string
  waitMs(ms: number): Promise<void>
}

/** As many as of any client may wait for their commit. */
const MOST_WAITING = 100
const MOST_TRIES = 5
const STORED: Sent = { kind: 'stored' }
const refused = (text: string): Sent => ({ kind: 'refused', text })
export const TOO_MANY = 'Too many messages at once. Send this one again in a moment.'
const NOT_STORED = 'The message could not be stored now. Send it again in a moment.'

export function createSender({ conversation, append, digest, waitMs }: SenderOptions): Sender {
  let deviceSeq = 1
  let waiting = 0
  let tail: Promise<unknown> = Promise.resolve()

  /** The same message again has the same id, so it is there once; two that differ are two, whatever id their client gave them. */
  function frameOf(text: string): Append {
    const messageId = digest(`${conversation} ${text}`).slice(0, 22) as MessageId
    return { conversation, deviceSeq, messageId, after: 0, type: 'message.created', body: { parts: [{ kind: 'text', text }] } }
  }

  async function put(text: string, tries = 1): Promise<Sent> {
    const ack = await append(frameOf(text))
    if (!('error' in ack)) {
      deviceSeq += 1
      return STORED
    }
    const { code, text: why, expected, retryInMs } = ack.error
    switch (code) {
      case 'append.busy':
        if (tries >= MOST_TRIES) return refused(NOT_STORED)
        await waitMs(retryInMs ?? 1_000)
        return put(text, tries + 1)
      case 'append.gap':
        if (tries >= MOST_TRIES || expected === undefined) return refused(NOT_STORED)
        deviceSeq = expected
        return put(text, tries + 1)
      case 'conversation.closed':
      case 'conversation.unknown':
        return { kind: 'over' }
      default:
        // A definite no took its number.
        deviceSeq += 1
        return refused(why ?? 'The message is not taken.')
    }
  }

  return {
    async send(body) {
      if (waiting >= MOST_WAITING) return refused(TOO_MANY)
      waiting += 1
      const text = writeClientBody(body)
      const mine = tail.then(() => put(text))
      tail = mine.catch(() => {})
      try {
        return await mine
      } finally {
        waiting -= 1
      }
    },
    async idle() {
      await tail
    }
  }
}
