import type { Chance } from '../chance.js'

/** A copy of a frame in which one thing is other than it was. */
export function mutated(frame: unknown, chance: Chance): unknown {
  if (Array.isArray(frame))
    return frame.length === 0 || chance.next() < 0.3 ? chance.pick(ODD) : frame.map((one, index) => (index === 0 ? mutated(one, chance) : one))
  if (typeof frame !== 'object' || frame === null) return chance.pick(ODD)
  const entries = Object.entries(frame)
  if (entries.length === 0) return { odd: chance.pick(ODD) }
  const [chosen] = chance.pick(entries)
  const way = chance.next()
  if (way < 0.25) return Object.fromEntries(entries.filter(([key]) => key !== chosen))
  return Object.fromEntries(entries.map(([key, value]) => [key, key === chosen ? (way < 0.6 ? chance.pick(ODD) : mutated(value, chance)) : value]))
}

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  ' ',
  '\u0000',
  '\uD800',
  'x'.repeat(5_000),
  '__proto__',
  '$where',
  [],
  [[]],
  {},
  { $ne: null }
]
