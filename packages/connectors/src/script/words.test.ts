import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds, keyOf, phraseOf, wordsOf } from './words.js'

const fits = (phrase: string, text: string): boolean => holds(wordsOf(text), phraseOf(phrase))

test.each([
  ['open', 'When are you OPEN?', true],
  ['open', 'I opened it', false],
  ['open', 'reopen', false],
  ['open*', 'I opened it', true],
  ['opening hours', 'Your opening hours, please', true],
  ['opening hours', 'Your opening, and the hours', false],
  ['deliver* date', 'the delivery date?', true],
  ['o’clock', "nine o'clock", true],
  ['straße', 'Welche STRASSE?', false],
  ['straße', 'Welche Straße?', true],
  ['ärger', 'ÄRGER!', true],
  ['日本', '日本 です', true],
  ['one', '', false]
])('%j in %j: %s', (phrase, text, is) => {
  expect(fits(phrase, text)).toBe(is)
})

test('signs that mean something to expressions are nothing but signs', () => {
  expect(wordsOf('(a+)+$ [z] \\d .* ^')).toEqual(['a', 'z', 'd'])
})

test('a text without words is known by itself, and nothing by nothing', () => {
  expect(['Show me!', ' 👍 ', '👎', '❤️', '☀️', '?', ' \n'].map(keyOf)).toEqual(['show me', '👍', '👎', '❤️', '☀️', '?', ''])
})

test('whatever a visitor writes is looked at within moments', () => {
  const phrases = Array.from({ length: 500 }, (_, index) => phraseOf(`a* b${index}* c*`))
  const started = performance.now()
  for (const text of ['a '.repeat(16_000), 'a'.repeat(32_000), '\u0301'.repeat(32_000), '!'.repeat(32_000)]) {
    const words = wordsOf(text)
    expect(phrases.some((phrase) => holds(words, phrase))).toBe(false)
  }
  expect(performance.now() - started).toBeLessThan(1_000)
})

test('a text holds each of its own words, whatever they are', () => {
  void fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
      const words = wordsOf(text)
      for (const word of words) expect(holds(words, [{ word, isOpen: false }])).toBe(true)
    })
  )
})
