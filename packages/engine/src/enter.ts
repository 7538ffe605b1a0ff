import type { ConversationId, ErrorCode, EventBodies, EventType, MessageId, WireError } from '@parley/protocol'
import type { Core } from './core.js'
import { botAuthor, externalMessageId, randomId, visitorAuthor, visitorFromKey } from './identity.js'
import { newEvent } from './new-event.js'
import type { ConversationRecord, NewEvent, VisitorId } from './records.js'

/** The visitor of this key, and their open conversation in the inbox; both made when they are not there. */
export async function enterInbox(
  core: Core,
  inbox: string,
  visitorKey: string | null
): Promise<{ readonly visitor: VisitorId; readonly conversation: ConversationId } | WireError> {
  const { host, store, connectors } = core
  const connector = connectors.get(inbox)
  if (!connector) return { code: 'inbox.unknown' satisfies ErrorCode, text: `There is no inbox "${inbox.slice(0, 60)}" here.` }
  // Without a key nobody can come back, so nobody else may, either.
  const visitor = visitorKey === null ? randomId<VisitorId>(host.chance) : visitorFromKey(host.seal, visitorKey)
  const now = host.clock.now()
  const fresh: ConversationRecord = { id: randomId<ConversationId>(host.chance), inbox, visitor, status: 'open', createdAt: new Date(now).toISOString() }
  const record = await store.openConversation(fresh, openingEvents(core, fresh, connector.capabilities.participant.name, now))
  return { visitor, conversation: record.id }
}

function openingEvents({ host }: Core, { id, inbox, visitor }: ConversationRecord, botName: string, now: number): NewEvent[] {
  const author = visitorAuthor(host.seal, visitor, id)
  const bot = botAuthor(host.seal, inbox, id)
  const event = <Type extends EventType>(key: string, type: Type, body: EventBodies[Type]): NewEvent => {
    const messageId: MessageId = externalMessageId(host.seal, inbox, `${id}:${key}`)
    return newEvent({ conversation: id, messageId, type, author, body, now })
  }
  return [
    event('opened', 'conversation.opened', { inbox }),
    event('visitor', 'participant.joined', { participant: author }),
    event('bot', 'participant.joined', { participant: { ...bot, name: botName } })
  ]
}
