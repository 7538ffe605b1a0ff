import type { Author, ConversationId } from '@parley/protocol'
import type { InboundAuthor } from './connector.js'
import type { Host } from './host.js'
import { botAuthor, externalMessageId, outsideAuthor } from './identity.js'
import { newEvent } from './new-event.js'
import { presentableText } from './presentable.js'
import type { Unit } from './store.js'

/** The longest name that is shown of somebody. */
const MOST_NAME = 100
type Sealed = Pick<Host, 'seal' | 'clock'>

/** Who speaks in a conversation on the answering side, for the inbox `inbox`. */
export const speakerOf = ({ seal }: Sealed, inbox: string, conversation: ConversationId, from: InboundAuthor | undefined): Author =>
  from ? outsideAuthor(seal, inbox, conversation, from) : botAuthor(seal, inbox, conversation)

/** They are there from now on, under this name. Recorded once: the name that somebody joined with stays. */
export function joinOf(host: Sealed, inbox: string, conversation: ConversationId, from: InboundAuthor | string): Unit {
  const { seal, clock } = host
  const isMachine = typeof from === 'string'
  const author = speakerOf(host, inbox, conversation, isMachine ? undefined : from)
  // The key under which the inbox's own side is recorded when a conversation opens.
  const key = isMachine ? `${conversation}:bot` : `${conversation}:joined:${author.id}`
  const name = presentableName(isMachine ? from : from.name) || (author.role === 'agent' ? 'Agent' : 'Assistant')
  const messageId = externalMessageId(seal, inbox, key)
  return {
    event: newEvent({ conversation, messageId, type: 'participant.joined', author, body: { participant: { ...author, name } }, now: clock.now() })
  }
}

/** Characters that show nothing, and such as turn the text around them. */
const INVISIBLE = /\p{Cc}|[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

/** Cut to what is shown, and whole characters only. */
const presentableName = (name: string): string => presentableText(presentableText(name.replace(INVISIBLE, '').trim()).slice(0, MOST_NAME))
