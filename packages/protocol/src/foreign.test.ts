import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findForeignFault } from './foreign.js'

/** These are refused wherever they stand, and are tried below. */
const REFUSED_KEYS = /"(?:__proto__|constructor|prototype)":/

test('everything else that JSON can say, small and flat, has no fault', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3, stringUnit: 'grapheme' }), (json) => {
      fc.pre(!REFUSED_KEYS.test(json))
      expect(findForeignFault(JSON.parse(json))).toBeNull()
    })
  )
})

test.each([
  [JSON.parse('{"a":{"__proto__":1}}'), 'the key "__proto__"'],
  [{ constructor: 1 }, 'the key "constructor"'],
  [[{ prototype: 1 }], 'the key "prototype"'],
  [{ a: Number.NaN }, 'a number that is not finite'],
  [{ a: '\ud800' }, 'text with half a character'],
  [{ a: undefined }, 'a value of type undefined'],
  [{ a: new Uint8Array(1) }, 'binary or another object that is not JSON'],
  [Array.from({ length: 6_000 }, () => 0), 'more than 5000 values'],
  [JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'nested deeper than 32']
])('rule 22: a fault is named (%#)', (value, fault) => {
  expect(findForeignFault(value)).toBe(fault)
})
