import { LIMITS } from './limits.js'

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Is this foreign value plain, finite and small? Runs before any schema, over everything that comes
 * from outside; without recursion, so a value 10^5 deep costs as little as a flat one.
 * @param mostValues default `LIMITS.values`
 * @returns what is wrong with it, or `null`
 */
export function findForeignFault(root: unknown, mostValues: number = LIMITS.values): string | null {
  // Two stacks side by side: an object for each value would cost more than the look at it.
  const values: unknown[] = [root]
  const depths: number[] = [0]
  let seen = 0
  while (values.length > 0) {
    const value = values.pop()
    const depth = depths.pop() ?? 0
    if (++seen > mostValues) return `more than ${mostValues} values`
    if (depth > LIMITS.depth) return `nested deeper than ${LIMITS.depth}`
    const fault = leafFault(value)
    if (fault) return fault
    if (typeof value !== 'object' || value === null) continue
    for (const key of Object.keys(value)) {
      if (FORBIDDEN_KEYS.has(key)) return `the key "${key}"`
      values.push((value as Readonly<Record<string, unknown>>)[key])
      depths.push(depth + 1)
    }
  }
  return null
}

function leafFault(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value) ? null : 'text with half a character'
    case 'number':
      return Number.isFinite(value) ? null : 'a number that is not finite'
    case 'boolean':
      return null
    case 'object':
      return value === null || Array.isArray(value) || isPlain(value) ? null : 'binary or another object that is not JSON'
    default:
      return `a value of type ${typeof value}`
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Lone surrogates cannot be stored as UTF-8 and would come back as something else. */
const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text)
