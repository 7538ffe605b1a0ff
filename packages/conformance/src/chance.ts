import { randomBytes } from 'node:crypto'
import { idFromBytes } from '@parley/protocol'

/** Chance that a seed repeats: what is tried is the same with the same seed. Ids are not of it, because they must be new in each run. */
export interface Chance {
  /** From 0 to below 1. */
  next(): number
  pick<Value>(values: readonly Value[]): Value
}

/** Mulberry32: one multiplication a number, and good enough to choose by. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    pick(values) {
      const value = values[Math.floor(next() * values.length)]
      if (value === undefined) throw new Error('there is nothing to pick from')
      return value
    }
  }
}

/** 16 new bytes as 22 characters. */
export const freshId = <Id extends string>(): Id => idFromBytes(randomBytes(16)) as Id
/** 32 new bytes as 43 characters, as a browser makes its key. */
export const freshKey = (): string => idFromBytes(randomBytes(32))
