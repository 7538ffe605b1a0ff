/** All chance of a simulated world: the same again from the same seed (mulberry32). */
export interface Chance {
  /** From 0 up to, not including, 1. */
  fraction(): number
  bytes(count: number): Uint8Array
  /** Happens with this probability. */
  is(probability: number): boolean
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  /** @throws RangeError when there is nothing to pick */
  pick<Value>(values: readonly Value[]): Value
}

export function createChance(seed: number): Chance {
  // Neighbouring seeds must not begin alike.
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0

  function word(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const fraction = (): number => word() / 4_294_967_296
  const between = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1))

  return {
    fraction,
    bytes(count) {
      const bytes = new Uint8Array(count)
      for (let index = 0; index < count; index++) bytes[index] = word() & 255
      return bytes
    },
    is: (probability) => fraction() < probability,
    between,
    pick(values) {
      if (values.length === 0) throw new RangeError('there is nothing to pick from')
      return values[between(0, values.length - 1)] as (typeof values)[number]
    }
  }
}
