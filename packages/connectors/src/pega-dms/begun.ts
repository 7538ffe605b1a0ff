import type { ConnectorPort } from '@parley/engine'
import type { ConversationId } from '@parley/protocol'

/** Whether DMS knows of a conversation: only then it is told that somebody types or has left, and the context has gone along. */
export interface Begun {
  is(conversation: ConversationId): Promise<boolean>
  begin(conversation: ConversationId): Promise<void>
  /** Their side of it is over; what is said next begins another one. */
  end(conversation: ConversationId): Promise<void>
}

export function createBegun({ conversation: notes, log, inbox }: ConnectorPort): Begun {
  const isBegun = async (conversation: ConversationId): Promise<boolean> => {
    const found = await notes.recall(conversation)
    return typeof found === 'object' && found !== null && 'begun' in found && found.begun === true
  }

  return {
    is: isBegun,
    async begin(conversation) {
      try {
        await notes.remember(conversation, { begun: true })
      } catch (thrown) {
        // What was said is with DMS: it must not go again for a note. The context goes along once more.
        log.warn(
          { inbox, conversation, reason: thrown instanceof Error ? thrown.message : String(thrown) },
          'that DMS knows of a conversation could not be noted'
        )
      }
    },
    end: (conversation) => notes.remember(conversation, null)
  }
}
