import { safeLink, type Json } from '@parley/protocol'

/**
 * JSON as a table for people. The idea: an object is a table of named rows, an array of objects a
 * table with headers, an array of plain values a list; a leaf shows what it means (address, picture,
 * date, yes/no), and so does an object that only names an address. Below depth 3 and beyond the row
 * limits, the raw text takes over.
 */
export type Shape =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'link'; readonly href: string; readonly text: string }
  | { readonly kind: 'picture'; readonly src: string }
  | { readonly kind: 'moment'; readonly iso: string }
  | { readonly kind: 'rows'; readonly rows: readonly DataRow[]; readonly more: number }
  | { readonly kind: 'grid'; readonly columns: readonly Column[]; readonly rows: readonly (readonly Shape[])[]; readonly more: number }
  | { readonly kind: 'list'; readonly items: readonly Shape[]; readonly more: number }

export type Column = { readonly label: string; readonly isNumeric: boolean }
/** Where the label stands: wide values are below it, and some need none. */
export type DataRow = { readonly label: string; readonly place: 'beside' | 'above' | 'none'; readonly value: Shape }

const MAX_DEPTH = 3
/** Rows of one table; a page of a chat is no spreadsheet. */
const MAX_ROWS = 50
const MAX_COLUMNS = 8
const MAX_TEXT = 2_000
const MAX_TITLE = 80

type JsonObject = { readonly [key: string]: Json }
const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** @param depth how many tables are around this value already */
export function shapeOf(value: Json, depth = 0): Shape {
  if (Array.isArray(value)) return shapeOfArray(value as readonly Json[], depth)
  if (isObject(value)) return shapeOfObject(value, depth)
  if (value === null || value === '') return { kind: 'nothing' }
  if (typeof value === 'boolean') return { kind: 'flag', value }
  return typeof value === 'string' ? shapeOfText(value) : { kind: 'number', text: String(value) }
}

/** @returns the heading an object brings along as its `title`, beside other things */
export function titleIn(value: Json): string | null {
  if (!isObject(value) || Object.keys(value).length < 2 || linkIn(value)) return null
  const { title } = value
  return typeof title === 'string' && title.length <= MAX_TITLE && shapeOfText(title).kind === 'text' && title.trim() ? title : null
}

/** The same without its title, which stands above. */
export const withoutTitle = (value: Json): Json => (isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'title')) : value)

const ADDRESS_KEYS = ['url', 'href']
const NAME_KEYS = ['title', 'label', 'name']

/** An object that is an address and its name, and nothing else, is one link. */
function linkIn(value: JsonObject): Shape | null {
  const keys = Object.keys(value)
  const [address, name] = [ADDRESS_KEYS, NAME_KEYS].map((known) => value[known.find((key) => keys.includes(key)) ?? ''])
  if (keys.length !== 2 || typeof address !== 'string' || typeof name !== 'string') return null
  const href = address.length <= MAX_TEXT ? safeLink(address) : null
  return href ? { kind: 'link', href, text: name.trim() ? cut(name) : address } : null
}

function shapeOfObject(value: JsonObject, depth: number): Shape {
  const entries = Object.entries(value)
  const link = linkIn(value)
  if (entries.length === 0 || link) return link ?? { kind: 'nothing' }
  if (depth >= MAX_DEPTH) return rawText(value)
  const rows = entries.slice(0, MAX_ROWS).map(([key, inner]) => rowOf(key, shapeOf(inner, depth + 1)))
  return { kind: 'rows', rows, more: entries.length - rows.length }
}

/** Headings that say no more than the table below them. */
const OBVIOUS = /^(?:data|items|rows|results?|entries|records|values|list|body)$/i

const rowOf = (key: string, value: Shape): DataRow => ({
  label: humanise(key),
  place: isWide(value) ? (OBVIOUS.test(key) ? 'none' : 'above') : 'beside',
  value
})

/** A table within a table takes the whole width. */
const isWide = (shape: Shape): boolean => shape.kind === 'rows' || shape.kind === 'grid' || (shape.kind === 'list' && shape.items.some(isWide))

function shapeOfArray(values: readonly Json[], depth: number): Shape {
  if (values.length === 0) return { kind: 'nothing' }
  if (depth >= MAX_DEPTH) return rawText(values)
  const shown = values.slice(0, MAX_ROWS)
  const more = values.length - shown.length
  const columns = columnsOf(shown)
  if (!columns) return { kind: 'list', items: shown.map((one) => shapeOf(one, depth + 1)), more }
  const rows = shown.map((row) => columns.map((column) => shapeOf((isObject(row) ? row[column] : null) ?? null, depth + 1)))
  return { kind: 'grid', columns: columns.map((key, index) => ({ label: humanise(key), isNumeric: isNumeric(rows.map((row) => row[index])) })), rows, more }
}

/** Numbers and gaps, and at least one number. */
const isNumeric = (cells: readonly (Shape | undefined)[]): boolean =>
  cells.some((cell) => cell?.kind === 'number') && cells.every((cell) => cell?.kind === 'number' || cell?.kind === 'nothing')

/** The keys of all rows, when each row is an object and they are few enough to stand side by side. */
function columnsOf(rows: readonly Json[]): readonly string[] | null {
  const columns = new Set<string>()
  for (const row of rows) {
    if (!isObject(row) || linkIn(row)) return null
    for (const key of Object.keys(row)) columns.add(key)
    if (columns.size > MAX_COLUMNS) return null
  }
  return columns.size > 0 ? [...columns] : null
}

const WEB_ADDRESS = /^https?:\/\/\S+$/i
const PICTURE_PATH = /\.(?:png|jpe?g|gif|webp|avif|svg)$/i
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

function shapeOfText(text: string): Shape {
  const href = text.length <= MAX_TEXT && WEB_ADDRESS.test(text) ? safeLink(text) : null
  if (href) return PICTURE_PATH.test(new URL(href).pathname) ? { kind: 'picture', src: href } : { kind: 'link', href, text }
  if (text.length <= 40 && DATE.test(text) && !Number.isNaN(Date.parse(text))) return { kind: 'moment', iso: text }
  return { kind: 'text', text: cut(text) }
}

const rawText = (value: Json): Shape => ({ kind: 'text', text: cut(JSON.stringify(value)) })
const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)

const ACRONYMS = new Set(['id', 'url', 'uri', 'ip', 'api', 'json', 'html', 'http', 'vat', 'iban', 'uuid'])

/** `firstName`, `first_name`, `first-name` → `First name`; `userId` → `User ID`. */
export function humanise(key: string): string {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter(Boolean)
  if (words.length === 0) return key
  const said = words.map((word) => (ACRONYMS.has(word.toLowerCase()) ? word.toUpperCase() : isShouted(word) ? word : word.toLowerCase())).join(' ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** A word of capitals only is a name of its own (`SKU`), unless all of the key is written so. */
const isShouted = (word: string): boolean => word.length > 1 && word.length < 5 && word === word.toUpperCase() && /[A-Z]/.test(word)
