import type { Author, ConversationId, EventBodies, EventType, MessageId } from '@parley/protocol'
import type { NewEvent } from './records.js'

type Parts<Type extends EventType> = {
  readonly conversation: ConversationId
  readonly messageId: MessageId
  readonly type: Type
  readonly author: Author
  readonly body: EventBodies[Type]
  /** Now, in ms. */
  readonly now: number
}

/**
 * An event that the engine or a connector records, in the public log. Its messageId is its key: the
 * same one is recorded once, whatever it says the second time.
 */
export function newEvent<Type extends EventType>({ now, ...rest }: Parts<Type>): NewEvent {
  return { ...rest, log: 'public', at: new Date(now).toISOString(), device: null, digest: '' } as NewEvent
}
