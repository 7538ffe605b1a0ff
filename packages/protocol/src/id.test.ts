import { expect, test } from 'vitest'
import { idFromBytes, RANDOM_ID } from './id.js'

test('bytes of every length become the same base64url that Node writes', () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 97 + length * 31) % 256)
    expect(idFromBytes(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
  }
})

test('sixteen bytes make an id as the schemas want it', () => {
  expect(idFromBytes(new Uint8Array(16).fill(255))).toMatch(RANDOM_ID)
})
