import { expect, test } from 'vitest'
import { nextPollMs } from './poll-decision.js'

test('the wait doubles with each failure in a row, up to a minute, and is never shorter than configured', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1_000].map((failures) => nextPollMs(2_000, failures))).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  expect(nextPollMs(60_000, 3)).toBe(60_000)
})
