import type { Draft, ParleyEvent, ParticipantId } from '@parley/protocol'
import type { NewItem } from './outbox-item.js'

/** So many of the newest are sent again when a log has lost them. */
const MOST = 200

/**
 * What this visitor said, as far as the page still knows it: to be sent again when the log was put back to an older
 * copy. Commands are not among them: nobody wants one carried out a second time by itself.
 */
export function ownRows(events: readonly ParleyEvent[], you: ParticipantId | null): readonly NewItem[] {
  return events
    .filter((event) => event.author.id === you && (event.type === 'message.created' || event.type === 'answer.given'))
    .slice(-MOST)
    .map(({ messageId, type, body }) => ({ messageId, draft: { type, body } as Draft, after: 0, formerly: [], state: 'pending', error: null, seq: null }))
}
