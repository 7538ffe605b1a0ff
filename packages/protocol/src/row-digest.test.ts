import { expect, test } from 'vitest'
import { digestRows } from './row-digest.js'

const rows = (...ids: readonly string[]) => ids.map((messageId, index) => ({ seq: index + 1, messageId }))

test('the same rows have the same digest, of 16 hex digits', () => {
  expect(digestRows(rows('a', 'b'))).toBe(digestRows(rows('a', 'b')))
  expect(digestRows(rows('a', 'b'))).toMatch(/^[0-9a-f]{16}$/)
  expect(digestRows([])).toMatch(/^[0-9a-f]{16}$/)
})

test('another row, another order, another number and one row less have other digests', () => {
  const digests = [
    rows('a', 'b', 'c'),
    rows('a', 'c', 'b'),
    rows('a', 'b'),
    rows('a', 'b', 'd'),
    rows('a', 'b', 'c').map((row) => ({ ...row, seq: row.seq + 1 }))
  ].map(digestRows)
  expect(new Set(digests).size).toBe(digests.length)
})

test('ten thousand short logs do not collide', () => {
  const digests = new Set(Array.from({ length: 10_000 }, (_, index) => digestRows(rows(`m${index}`, `n${index % 7}`))))
  expect(digests.size).toBe(10_000)
})
