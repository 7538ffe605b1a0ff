import type { Draft, ParticipantId } from '@parley/protocol'
import type { Log } from './cursor.js'

/**
 * What did not get through, as this visitor says it once more: a message names the one that it repeats, an answer is given
 * again. `null` for everything else, and for what was sent again already.
 */
export function repeatOf({ events, conversation }: Log, key: string, you: ParticipantId | null): Draft | null {
  if (conversation.undelivered[key]?.isSentAgain !== false) return null
  const event = events.find(({ messageId, author }) => messageId === key && author.id === you)
  if (event?.type === 'answer.given') return { type: event.type, body: event.body }
  return event?.type === 'message.created' ? { type: event.type, body: { parts: event.body.parts, about: event.messageId } } : null
}
