import { LIMITS, PROTOCOL_VERSION, type ConversationId, type DeviceId, type LastAppends } from '@parley/protocol'
import type { OutboxItem } from './outbox-item.js'

/** Browsers take at most 64 KiB from a page that is leaving, for all its requests together. */
const MOST_BYTES = 60_000

type Parts = {
  readonly token: string
  readonly conversation: ConversationId
  readonly device: DeviceId
  readonly items: readonly OutboxItem[]
  readonly cursor: number
}

/**
 * What a page that is leaving sends once more, without a line (delivery rule 8): the first messages that are not
 * acknowledged, as many as fit. `null` when there are none. They stay in the outbox: nobody waits for the answer.
 */
export function lastAppends({ token, conversation, device, items, cursor }: Parts): string | null {
  const pending = items.filter((item) => item.state === 'pending').slice(0, LIMITS.lastAppends)
  for (let count = pending.length; count > 0; count--) {
    const appends = pending.slice(0, count).map(({ draft, deviceSeq, messageId, after, formerly }) => ({
      ...draft,
      conversation,
      deviceSeq,
      messageId,
      after: Math.min(after, cursor),
      ...(formerly.length > 0 ? { formerly } : {})
    }))
    const body = JSON.stringify({ v: PROTOCOL_VERSION, token, device, appends } satisfies LastAppends)
    if (new TextEncoder().encode(body).length <= MOST_BYTES) return body
  }
  return null
}
