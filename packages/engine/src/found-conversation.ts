import type { ConversationId } from '@parley/protocol'
import type { ConnectorPerson } from './connector.js'
import type { Core } from './core.js'
import type { ConversationRecord, VisitorId } from './records.js'

/**
 * The conversation that an inbox's connector means: its own, or one that was handed to it. Outside they may know it by
 * the id that it had before it was merged into another one. Of all others nothing is told.
 */
export async function findConversation({ store }: Pick<Core, 'store'>, inbox: string, id: ConversationId): Promise<ConversationRecord | null> {
  const record = await standingConversation({ store }, id)
  return record && (record.inbox === inbox || record.answering === inbox) ? record : null
}

/** The conversation, or the one that it was merged into: where it stands now. */
export async function standingConversation({ store }: Pick<Core, 'store'>, id: ConversationId): Promise<ConversationRecord | null> {
  const record = await store.conversation(id)
  return record?.mergedInto ? standingConversation({ store }, record.mergedInto) : record
}

/** Whose side answers now. */
export const answeringInbox = ({ inbox, answering }: Pick<ConversationRecord, 'inbox' | 'answering'>): string => answering ?? inbox

/** Who a visitor is, by the newest word of whoever names them; `null` for somebody without a name. */
export async function personOf({ store }: Pick<Core, 'store'>, visitor: VisitorId): Promise<ConnectorPerson | null> {
  const record = await store.person(visitor)
  return record && { subject: record.subject, name: record.name }
}
