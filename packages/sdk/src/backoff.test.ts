import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextDelayMs } from './backoff.js'

test('rule 6: every delay is between 500 ms and 30 s, and at most three times the one before', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.array(chance, { minLength: 1, maxLength: 50 }), (chances) => {
      let previousMs = 500
      for (const one of chances) {
        const delayMs = nextDelayMs(previousMs, () => one)
        expect(delayMs).toBeGreaterThanOrEqual(500)
        expect(delayMs).toBeLessThanOrEqual(Math.min(30_000, 3 * previousMs))
        previousMs = delayMs
      }
    })
  )
})

test('rule 6: clients dropped together do not come back together', () => {
  const delays = Array.from({ length: 10 }, (_, index) => nextDelayMs(500, () => index / 10))
  expect(delays).toEqual([500, 600, 700, 800, 900, 1_000, 1_100, 1_200, 1_300, 1_400])
})
