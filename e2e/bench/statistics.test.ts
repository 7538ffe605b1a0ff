import { expect, test } from 'vitest'
import { median, quantile } from './statistics.js'

test('a quantile is the value that this share does not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 99, 100])
  expect(quantile([7], 0.99)).toBe(7)
})

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([10, 1, 9])).toBe(9)
  expect(median([4, 1, 2, 100])).toBe(3)
})

test('nothing measured is no figure', () => {
  expect(() => median([])).toThrow(RangeError)
})
