import { type Card, type CardAction, type Part, safeSource, type TextPart } from '@parley/protocol'
import { mediaTypeOf, nameInAddress } from './file-names.js'
import type { DmsAttachment, DmsButton, DmsCard, DmsItem } from './types.js'
import { cutWords } from './words.js'

/** Stands for something that cannot be shown. */
export const PLACEHOLDER: TextPart = { kind: 'text', text: '…' }

export const textParts = (text: string): readonly Part[] => (text === '' ? [] : [{ kind: 'text', text }])

/** Limits of the protocol's parts. */
const MOST_CHOICES = 50
const MOST_CARDS = 50
const MOST_ACTIONS = 6
const VALUE_CHARACTERS = 500

/**
 * A menu; a long one in several pieces. An item whose payload is too long to come back whole is a line
 * of text: picked by its words, it still reaches them.
 */
export function choiceParts(title: string, items: readonly DmsItem[]): readonly Part[] {
  const fitting = items.filter(({ payload }) => payload.length <= VALUE_CHARACTERS)
  const rest = items.filter((item) => !fitting.includes(item)).map(({ text }) => `- ${text}`)
  const pieces = chunks(fitting, MOST_CHOICES).map((piece, index): Part => {
    const choices = piece.map(({ text, payload }) => ({ value: payload, label: cutWords(text, VALUE_CHARACTERS) }))
    return { kind: 'choices', choices, ...(title && index === 0 ? { text: title } : {}) }
  })
  return [...textParts(pieces.length === 0 ? title : ''), ...pieces, ...textParts(rest.join('\n'))]
}

/** A carousel; what has no card to show becomes its text. */
export function cardParts(title: string, list: readonly DmsCard[]): readonly Part[] {
  const pieces = chunks(list.flatMap(cardsOf), MOST_CARDS).map(
    (cards, index): Part => ({ kind: 'cards', cards, ...(title && index === 0 ? { text: title } : {}) })
  )
  return pieces.length > 0 ? pieces : textParts(title)
}

/** One card, or several of one title where it has more buttons than a card takes. */
function cardsOf(card: DmsCard): readonly Card[] {
  const title = cutWords(card.title || card.text || 'Picture', 300)
  const text = card.title ? cutWords(card.text, 2_000) : ''
  const image = safeSource(card.image)
  const first: Card = { title, ...(text ? { text } : {}), ...(image ? { image } : {}) }
  const [actions = [], ...more] = chunks(card.buttons.flatMap(actionOf), MOST_ACTIONS)
  return [actions.length > 0 ? { ...first, actions } : first, ...more.map((others) => ({ title, actions: others }))]
}

function actionOf({ label: words, payload, url }: DmsButton): readonly CardAction[] {
  const label = cutWords(words, 100)
  if (payload) return payload.length <= VALUE_CHARACTERS ? [{ label, value: payload }] : []
  return isWeb(url) ? [{ label, url }] : []
}

export function linkParts({ title, label, url }: { readonly title: string; readonly label: string; readonly url: string }): readonly Part[] {
  // Nobody is led anywhere but to the web; the words are shown all the same.
  if (!isWeb(url)) return textParts(title || label)
  const words = cutWords(label || title, 500)
  return [...textParts(label ? title : ''), { kind: 'link', url, ...(words ? { title: words } : {}) }]
}

const NOT_SHOWN: TextPart = { kind: 'text', text: 'An attachment is not shown: its address is not one of the web.' }
/** A message has 100 parts at most, and its text is one of them. */
const MOST_FILES = 90

export function fileParts(attachments: readonly DmsAttachment[]): readonly Part[] {
  const more = attachments.length - MOST_FILES
  return [...attachments.slice(0, MOST_FILES).map(filePart), ...textParts(more > 0 ? `${more} more attachments are not shown.` : '')]
}

function filePart({ url, name, mediaType }: DmsAttachment): Part {
  if (!isWeb(url)) return NOT_SHOWN
  const last = nameInAddress(url)
  return { kind: 'file', url, name: cutWords(name || last, 255), mediaType: mediaTypeOf(mediaType, [name, last]) }
}

const isWeb = (url: string): boolean => safeSource(url) !== null

const chunks = <Item>(list: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size))
