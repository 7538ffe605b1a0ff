import { type Json, type Part, safeLink, safeSource } from '@parley/protocol'
import { createBudget, cutJson, cutText } from './cut.js'

/** What a flow brought back, as people see it. Foreign text goes in, parts that every client takes come out. */
export function resultParts(value: Json): readonly Part[] {
  const budget = createBudget()
  const parts = partsOf(value, budget)
  return budget.isCut() ? [...parts, { kind: 'text', text: 'The result was too large to show in full; the end was left out.' }] : parts
}

type Budget = ReturnType<typeof createBudget>

function partsOf(value: Json, budget: Budget): readonly Part[] {
  if (value === null) return [{ kind: 'text', text: 'Done. The flow brought back no result.' }]
  if (typeof value === 'string') return [textPart(value, budget)]
  if (typeof value !== 'object') return [{ kind: 'text', text: String(value) }]
  if (isEmpty(value)) return [{ kind: 'text', text: 'Done. The flow brought back no result.' }]
  const link = lonelyLink(value)
  return [link ?? { kind: 'data', value: cutJson(value, budget) }]
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

function textPart(text: string, budget: Budget): Part {
  const address = text.trim()
  if (!/\s/.test(address) && /^https?:\/\//i.test(address) && address.length <= ADDRESS_CHARACTERS) {
    const picture = safeSource(address)
    if (picture && isPicture(picture)) return { kind: 'file', url: picture, name: fileName(picture), mediaType: pictureType(picture) }
    const link = safeLink(address)
    if (link) return { kind: 'link', url: link }
  }
  return { kind: 'text', text: text === '' ? 'Done. The flow brought back no result.' : cutText(text, budget) }
}

/** `{ url, title? }` and nothing else. */
function lonelyLink(value: object): Part | null {
  const { url, title, ...rest } = value as { url?: Json; title?: Json }
  if (typeof url !== 'string' || url.length > ADDRESS_CHARACTERS || !isEmpty(rest)) return null
  const link = safeLink(url)
  if (link === null || (title !== undefined && typeof title !== 'string')) return null
  return { kind: 'link', url: link, ...(title ? { title: cutText(title, createBudget()).slice(0, 500) } : {}) }
}

/** As the parts' schema has it. */
const ADDRESS_CHARACTERS = 4_096

const PICTURES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif'
}
const extension = (url: string): string => /\.([a-z]{3,4})$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? ''
const isPicture = (url: string): boolean => Object.hasOwn(PICTURES, extension(url))
const pictureType = (url: string): string => PICTURES[extension(url)] ?? 'application/octet-stream'

const fileName = (url: string): string => (new URL(url).pathname.split('/').at(-1) || 'picture').slice(-255)
