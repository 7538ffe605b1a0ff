import { splitWords, type ArgumentSpec, type CommandSpec, type Completion } from '@parley/protocol'
import type { PaletteOption } from '../palette.js'

/** Where the caret stands among a command's arguments. */
export type ArgumentPlace = {
  readonly argument: ArgumentSpec
  readonly current: number
  /** The word at the caret without its quotes; empty where the next one begins. */
  readonly word: string
  /** All that stands before that word; `null` when it is quoted in a way that cannot be replaced. */
  readonly before: string | null
}

/**
 * Which argument the caret stands in: after a blank the next one begins; the last may be a list and goes on.
 * @param typed what stands behind the command's name
 * @returns `null` behind the last argument
 */
export function placeIn(spec: CommandSpec, typed: string): ArgumentPlace | null {
  const words = splitWords(typed)
  // One letter more begins a new word only behind a blank that no quote holds.
  const isNext = splitWords(`${typed}x`).length > words.length
  const position = isNext ? words.length : words.length - 1
  const last = spec.args.length - 1
  const current = Math.min(position, last)
  const argument = spec.args[current]
  if (!argument || (position > last && argument.type !== 'list')) return null
  const before = isNext ? typed : beforeLast(typed, words)
  return { argument, current, word: isNext ? '' : (words.at(-1) ?? ''), before: before === null ? null : `/${spec.name} ${before}` }
}

/** The text without its last word, whichever way that is quoted. */
function beforeLast(typed: string, words: readonly string[]): string | null {
  const word = words.at(-1) ?? ''
  const raw = [`"${word}"`, `'${word}'`, `"${word}`, `'${word}`, word].find((text) => {
    const before = typed.slice(0, typed.length - text.length)
    return typed.endsWith(text) && /^$|\s$/.test(before) && splitWords(before).length === words.length - 1
  })
  return raw === undefined ? null : typed.slice(0, typed.length - raw.length)
}

/** Values to take instead of the word at the caret. A word that is one of them needs no list any more: Enter sends it. */
export function valueOptions(values: readonly Completion[], { word, before }: ArgumentPlace): readonly PaletteOption[] {
  if (before === null || values.some(({ value }) => value === word)) return []
  return values.flatMap(({ value, label = value, description = '' }) => {
    const typed = asTyped(value)
    return typed === undefined ? [] : { key: value, label, rest: label === value ? '' : value, detail: description, insert: before + typed }
  })
}

/** A value with the quotes it needs to be read as one word; `undefined` where none do, as for a blank between both kinds of quotes. */
const asTyped = (value: string): string | undefined =>
  ['', '"', "'"].map((quote) => quote + value + quote).find((text) => splitWords(text).length === 1 && splitWords(text)[0] === value)
