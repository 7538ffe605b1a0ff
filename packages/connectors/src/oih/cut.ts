import type { Json } from '@parley/protocol'

/**
 * Foreign JSON as every client takes it: well-formed text, finite numbers, no keys that mean something
 * to JavaScript, and no more than fits a frame. The idea: walk once, spend from one budget, and where it
 * is used up leave out the rest and remember that something was left out.
 */
export interface Budget {
  /** Spends so many characters. @returns may they still be written? */
  take(characters: number): boolean
  /** Spends one value in a list or object, and the characters around it. */
  takeValue(characters: number): boolean
  /** Something was left out. */
  cut(): void
  isCut(): boolean
  leftCharacters(): number
}

/** JSON of a result at most; a page of the log holds 256 KiB. */
const MOST_CHARACTERS = 200_000
/** A client refuses frames of more than 5,000 values in all. */
const MOST_VALUES = 3_000
/** A client refuses frames nested deeper than 32; the frame itself takes some. */
const MOST_DEPTH = 20

export function createBudget(): Budget {
  let characters = MOST_CHARACTERS
  let values = MOST_VALUES
  let wasCut = false
  function spend(count: number, valueCount: number): boolean {
    const isLeft = count <= characters && valueCount <= values
    if (!isLeft) wasCut = true
    characters -= isLeft ? count : 0
    values -= isLeft ? valueCount : 0
    return isLeft
  }

  return {
    take: (count) => spend(count, 0),
    takeValue: (count) => spend(count, 1),
    cut() {
      wasCut = true
    },
    isCut: () => wasCut,
    leftCharacters: () => characters
  }
}

/** The value as far as the budget goes; `null` stands for what was left out in between. */
export function cutJson(value: Json, budget: Budget, depth = 0): Json {
  if (typeof value === 'string') return cutText(value, budget)
  if (typeof value === 'number' && !Number.isFinite(value)) return budget.take(9) ? String(value) : null
  if (typeof value !== 'object' || value === null) return budget.take(String(value).length) ? value : null
  if (depth >= MOST_DEPTH) {
    budget.cut()
    return null
  }
  if (!budget.take(2)) return null
  return Array.isArray(value) ? cutList(value, budget, depth) : cutObject(value as { readonly [key: string]: Json }, budget, depth)
}

function cutList(list: readonly Json[], budget: Budget, depth: number): Json {
  const out: Json[] = []
  for (const item of list) {
    if (!budget.takeValue(1)) break
    out.push(cutJson(item, budget, depth + 1))
  }
  return out
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

function cutObject(value: { readonly [key: string]: Json }, budget: Budget, depth: number): Json {
  const out: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) budget.cut()
    else if (budget.takeValue(key.length + 4)) out[wellFormed(key)] = cutJson(item, budget, depth + 1)
    else break
  }
  return out
}

/** Text as far as the budget goes. */
export function cutText(text: string, budget: Budget): string {
  const most = budget.leftCharacters() - 2
  const kept = text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text
  if (kept !== text) budget.cut()
  return budget.take(Math.min(kept.length + 2, budget.leftCharacters())) ? wellFormed(kept) : ''
}

/** Halves of characters, which JSON may hold but no client takes, become the replacement sign. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

/** A short text for a line of its own, or `undefined` when there is none. */
export function shortText(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  return wellFormed(value.length > most ? `${value.slice(0, most - 1)}…` : value)
}
