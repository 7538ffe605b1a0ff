import type { ConversationId, Json } from '@parley/protocol'
import type { ConnectorPort } from '@parley/engine'

/** What is remembered of a conversation: the bot's own state, and when it last gave one by a call of its own. */
type Notes = { readonly state: Json; readonly toldAt: number }

async function recall(port: ConnectorPort, conversation: ConversationId): Promise<Notes> {
  const notes = await port.conversation.recall(conversation)
  if (typeof notes !== 'object' || notes === null || !('state' in notes)) return { state: null, toldAt: 0 }
  return { state: notes.state ?? null, toldAt: typeof notes.toldAt === 'number' ? notes.toldAt : 0 }
}

/** What the bot gave last; `null` at first. */
export const stateOf = async (port: ConnectorPort, conversation: ConversationId): Promise<Json> => (await recall(port, conversation)).state

/**
 * Keeps what the bot gave; the last writer wins.
 * @param toldAt when a call of its own was signed: one that is older than the one before it came late, or again
 */
export async function keepState(
  port: ConnectorPort,
  conversation: ConversationId,
  { state, toldAt }: { readonly state: Json; readonly toldAt?: number }
): Promise<void> {
  const before = await recall(port, conversation)
  if (toldAt !== undefined && toldAt < before.toldAt) return
  await port.conversation.remember(conversation, { state, toldAt: toldAt ?? before.toldAt })
}
