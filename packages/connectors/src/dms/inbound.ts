import type { InboundAuthor } from '@parley/engine'
import type { Part } from '@parley/protocol'
import { cardParts, choiceParts, fileParts, linkParts, PLACEHOLDER, textParts } from './parts.js'
import type { DmsBody } from './types.js'
import { cutWords } from './words.js'

/** Their body → what happened here. */
export type DmsHappening =
  | { readonly kind: 'message'; readonly externalId: string; readonly parts: readonly Part[]; readonly from: InboundAuthor | null }
  | { readonly kind: 'typing'; readonly from: InboundAuthor | null; readonly forMs: number }
  | { readonly kind: 'end'; readonly from: InboundAuthor | null }

/** One indicator holds this long. Labb Chat Client shows it for 3 s, another web client of Pega for 10. */
const TYPING_FOR_MS = 10_000

/** An empty list: something that nobody is to see. Of an unknown type the caller logs the name. */
export function fromDms(body: DmsBody): readonly DmsHappening[] {
  switch (body.type) {
    case 'text':
      return message(body, [...textParts(body.text), ...fileParts(body.attachments)])
    case 'menu':
      return message(body, choiceParts(body.title, body.items))
    case 'carousel':
      return message(body, cardParts(body.title, body.cards))
    case 'link_button':
      return message(body, linkParts(body))
    case 'typing_indicator':
      return [{ kind: 'typing', from: authorOf(body), forMs: TYPING_FOR_MS }]
    case 'csr_end_session':
      return [{ kind: 'end', from: authorOf(body) }]
    case 'wait_time':
      // It has no id, so the same estimate is told once in a conversation.
      return [{ kind: 'message', externalId: `dms-wait:${body.waitTime}`, parts: [{ kind: 'text', text: waitText(body.waitTime) }], from: null }]
    case 'unknown':
      // Without an id it is no message, but something passing like an indicator.
      return body.messageId === null ? [] : message({ ...body, messageId: body.messageId }, [PLACEHOLDER])
    default:
      return body satisfies never
  }
}

/** The prefix keeps their ids apart from whatever else is recorded for the inbox. */
const message = (body: DmsBody & { readonly messageId: string }, parts: readonly Part[]): readonly DmsHappening[] => [
  { kind: 'message', externalId: `dms:${body.messageId}`, parts: parts.length > 0 ? parts : [PLACEHOLDER], from: authorOf(body) }
]

/** In which unit the number is, no source says, so it is shown as it came. */
const waitText = (waitTime: string): string => (waitTime ? `Estimated waiting time: ${waitTime}` : 'Please wait: somebody will answer you.')

/** Menus, carousels and link buttons are a bot's, unless a name of a service person stands beside. */
const SAID_BY_BOTS: ReadonlySet<DmsBody['type']> = new Set(['menu', 'carousel', 'link_button'])

/** Who says it; `null` for nobody in particular. */
function authorOf({ type, author, csrName }: DmsBody): InboundAuthor | null {
  const name = cutWords(author || csrName, 100)
  if (name === '') return null
  const role = csrName === '' && SAID_BY_BOTS.has(type) ? 'bot' : 'agent'
  return { key: `${role}:${name.toLowerCase()}`, name, role }
}
