import type { Author, ConversationId } from '@parley/protocol'
import type { InboundAuthor } from './connector.js'
import type { Host } from './host.js'
import { botAuthor, externalMessageId, outsideAuthor } from './identity.js'
import { newEvent } from './new-event.js'
import { presentableText } from './presentable.js'
import type { Unit } from './store.js'

/** The longest name that is shown of somebody. */
const MOST_NAME = 100

/**
 * Who speaks on the answering side of an inbox: the inbox itself, or somebody who joins when they first do. The name
 * that they joined with stays.
 */
export function speakerOf(
  { seal, clock }: Pick<Host, 'seal' | 'clock'>,
  inbox: string,
  conversation: ConversationId,
  from: InboundAuthor | undefined
): {
  readonly author: Author
  /** To be written before what they say. */
  readonly joining: readonly Unit[]
} {
  if (!from) return { author: botAuthor(seal, inbox, conversation), joining: [] }
  const author = outsideAuthor(seal, inbox, conversation, from)
  const name = presentableText(from.name.trim()).slice(0, MOST_NAME) || (from.role === 'agent' ? 'Agent' : 'Assistant')
  const messageId = externalMessageId(seal, inbox, `${conversation}:joined:${author.id}`)
  const event = newEvent({
    conversation,
    messageId,
    type: 'participant.joined',
    author,
    body: { participant: { ...author, name: presentableText(name) } },
    now: clock.now()
  })
  return { author, joining: [{ event }] }
}
