import type { ConnectorPort } from '@parley/engine'
import type { ConversationId } from '@parley/protocol'

/**
 * Under which id DMS knows a conversation. Noted when it begins there and kept until it ends there, so that nobody becomes
 * another customer by giving a name half-way. Without a note DMS knows nothing of it: nobody types or leaves there.
 */
export interface CustomerNote {
  read(conversation: ConversationId): Promise<string | null>
  begin(conversation: ConversationId, customerId: string): Promise<void>
  /** Their side of it is over; what is said next begins another one. */
  end(conversation: ConversationId): Promise<void>
}

export function createCustomerNote({ conversation: notes, log, inbox }: ConnectorPort): CustomerNote {
  return {
    async read(conversation) {
      const found = await notes.recall(conversation)
      return typeof found === 'object' && found !== null && 'customer' in found && typeof found.customer === 'string' ? found.customer : null
    },
    async begin(conversation, customer) {
      try {
        await notes.remember(conversation, { customer })
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
