import * as v from 'valibot'
import type { DmsAttachment, DmsButton, DmsCard, DmsItem } from './types.js'
import { address, longWords, shortWords } from './words.js'

/**
 * The lists in a body. No source says how a carousel looks inside, and the sources differ on the rest, so every value is
 * looked for under the names that chat APIs use for it, and what cannot be read is left out instead of refusing the message.
 */

type Names = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Names => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Some put a value into an object of its own: `{ "url": … }`, `{ "text": … }`. */
const plain = (value: unknown): unknown => (isObject(value) ? (value.url ?? value.text ?? value.value) : value)

/** The first of these names that holds words. */
function find(from: Names, names: readonly string[], schema: typeof shortWords | typeof address): string {
  for (const name of names) {
    const found = Object.hasOwn(from, name) ? v.parse(schema, plain(from[name])) : ''
    if (found !== '') return found
  }
  return ''
}

const TITLES = ['title', 'text', 'label', 'name', 'header'] as const
const TEXTS = ['subtitle', 'subTitle', 'description', 'text', 'body'] as const
const IMAGES = ['image_url', 'imageUrl', 'image', 'media_url', 'mediaUrl', 'picture', 'thumbnail'] as const
const BUTTONS = ['buttons', 'actions', 'items', 'options'] as const
const PAYLOADS = ['payload', 'postback', 'value'] as const
const ADDRESSES = ['url', 'link', 'uri', 'href'] as const
const FILE_NAMES = ['name', 'file_name', 'fileName', 'filename', 'title'] as const
const MEDIA_TYPES = ['media_type', 'mediaType', 'mime_type', 'mimeType', 'content_type', 'contentType', 'type'] as const

function readItem(value: unknown): readonly DmsItem[] {
  const from = isObject(value) ? value : { text: value }
  const text = find(from, ['text', 'title', 'label', 'name'], longWords)
  const payload = payloadOf(from)
  return text || payload ? [{ text: text || payload, payload: payload || text }] : []
}

/** A payload goes back as it came: it is neither trimmed nor cut. */
function payloadOf(from: Names): string {
  for (const name of PAYLOADS) {
    const found = Object.hasOwn(from, name) ? from[name] : undefined
    if (typeof found === 'string' && found !== '') return found
    if (typeof found === 'number') return String(found)
  }
  return ''
}

function readButton(value: unknown): readonly DmsButton[] {
  const from = isObject(value) ? value : { text: value }
  const url = find(from, ADDRESSES, address)
  const payload = payloadOf(from)
  const label = find(from, TITLES, shortWords) || payload || url
  return label ? [{ label, payload: payload || (url ? '' : label), url: payload ? '' : url }] : []
}

function readCard(value: unknown): readonly DmsCard[] {
  const from = isObject(value) ? value : { text: value }
  const title = find(from, TITLES, longWords)
  const text = find(from, TEXTS, longWords)
  const buttons = BUTTONS.flatMap((name) => (Array.isArray(from[name]) ? from[name].flatMap(readButton) : []))
  const own = readOwnButton(from)
  const card = { title, text: text === title ? '' : text, image: find(from, IMAGES, address), buttons: buttons.length ? buttons : own }
  return card.title || card.text || card.image || card.buttons.length ? [card] : []
}

/** A card without buttons that is one itself. */
function readOwnButton(from: Names): readonly DmsButton[] {
  const [url, payload, title] = [find(from, ADDRESSES, address), payloadOf(from), find(from, TITLES, shortWords)]
  return payload || url ? [{ label: title || payload || url, payload, url: payload ? '' : url }] : []
}

function readAttachment(value: unknown): readonly DmsAttachment[] {
  const from = isObject(value) ? value : { url: value }
  const url = find(from, ADDRESSES, address)
  return url ? [{ url, name: find(from, FILE_NAMES, shortWords), mediaType: find(from, MEDIA_TYPES, shortWords) }] : []
}

const ITEMS = 'a list of items, each with a text and a payload'
const CARDS = 'a list of cards'

export const items = v.pipe(
  v.array(v.unknown(), ITEMS),
  v.maxLength(1_000, ITEMS),
  v.transform((list) => list.flatMap(readItem))
)
export const cards = v.pipe(
  v.array(v.unknown(), CARDS),
  v.maxLength(1_000, CARDS),
  v.transform((list) => list.flatMap(readCard))
)
export const attachments = v.fallback(
  v.optional(
    v.pipe(
      v.array(v.unknown()),
      v.maxLength(1_000),
      v.transform((list) => list.flatMap(readAttachment))
    ),
    []
  ),
  []
)
