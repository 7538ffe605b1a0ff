import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createPageSeal } from './page-seal.js'

function setUp() {
  const drawn: number[] = []
  const seal = createPageSeal({
    bytes(count) {
      drawn.push(count)
      return crypto.getRandomValues(new Uint8Array(count))
    }
  })
  return { seal, drawn }
}

test('a seal of a page gives the same for the same, and something else for whatever else', () => {
  const { seal } = setUp()
  const texts = [seal.sign('a', 'bc'), seal.sign('ab', 'c'), seal.digest('a'), seal.digest('bc'), seal.sign('digest', 'a'), setUp().seal.sign('a', 'bc')]
  expect(new Set(texts).size).toBe(6)
  expect(texts.every((text) => /^[A-Za-z0-9_-]{43}$/.test(text))).toBe(true)
  expect([seal.sign('a', 'bc'), seal.digest('a'), seal.equal('a', 'a'), seal.equal('a', 'b')]).toEqual([texts[0], texts[2], true, false])
})

test('its digest is the gateway’s, whatever the length and the letters', () => {
  const { seal } = setUp()
  const texts = [...Array.from({ length: 200 }, (_, length) => 'x'.repeat(length)), 'Grüße 👋🏽', 'ü'.repeat(40_000)]
  expect(texts.map((text) => seal.digest(text))).toEqual(texts.map((text) => createHash('sha256').update(text).digest('base64url')))
})

test('it draws one secret, when it is first needed, and keeps nothing of what it is given', () => {
  const { seal, drawn } = setUp()
  const before = [...drawn]
  for (let number = 0; number < 100; number++) seal.digest(`message ${number}`)
  for (let number = 0; number < 100; number++) seal.sign('purpose', `text ${number}`)
  expect([before, drawn]).toEqual([[], [32]])
})
