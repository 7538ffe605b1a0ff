import { splitWords, type CommandSpec } from '@parley/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeIn, valueOptions } from './argument-place.js'

const RUN: CommandSpec = {
  name: 'run-flow',
  description: 'Runs',
  args: [
    { name: 'flow-id', type: 'text', required: true },
    { name: 'params', type: 'list' }
  ]
}
const SAY: CommandSpec = { name: 'say', description: 'Says', args: [{ name: 'text', type: 'text' }] }
const placesOf = (spec: CommandSpec, ...all: readonly string[]) =>
  all.map((typed) => {
    const place = placeIn(spec, typed)
    return place && [place.current, place.word, place.before]
  })
const inserts = (spec: CommandSpec, typed: string, ...values: readonly string[]) => {
  const place = placeIn(spec, typed)
  return place
    ? valueOptions(
        values.map((value) => ({ value })),
        place
      ).map(({ insert }) => insert)
    : null
}

describe('the argument at the caret', () => {
  test('is that of the word that is being written, and a list goes on', () => {
    expect(placesOf(RUN, '', '58', '58 ', '58 a b c')).toEqual([
      [0, '', '/run-flow '],
      [0, '58', '/run-flow '],
      [1, '', '/run-flow 58 '],
      [1, 'c', '/run-flow 58 a b ']
    ])
  })

  test('is none behind the last', () => {
    expect(placesOf(SAY, 'a ', 'a b')).toEqual([null, null])
  })

  test('is one word within quotes, open or closed, whatever blanks it holds', () => {
    expect(placesOf(SAY, '"', '"a b', '"a b ', "'a b'", 'it\'s"')).toEqual([
      [0, '', '/say '],
      [0, 'a b', '/say '],
      [0, 'a b ', '/say '],
      [0, 'a b', '/say '],
      [0, 'it\'s"', '/say ']
    ])
    expect(placesOf(RUN, `"a 'b" c`)).toEqual([[1, 'c', `/run-flow "a 'b" `]])
  })

  test('whatever is typed, what stands before a word and that word make up the line', () => {
    const letter = fc.constantFrom('a', 'b', ' ', '"', "'", '\n')
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 12 }), (typed) => {
        const place = placeIn(RUN, typed)
        if (!place || place.before === null) return
        const behind = splitWords(place.before.slice('/run-flow '.length))
        const words = splitWords(typed)
        expect([...behind, ...(words.length > behind.length ? [place.word] : [])]).toEqual(words)
      })
    )
  })
})

describe('values', () => {
  test('take the place of the word, with the quotes that they need', () => {
    expect(inserts(RUN, 'x "so', 'plain', 'two words', 'say "hi"', "it's", 'a "b" \'c\'')).toEqual([
      '/run-flow x plain',
      '/run-flow x "two words"',
      `/run-flow x 'say "hi"'`,
      `/run-flow x it's`
    ])
  })

  test('are offered no more once one is written', () => {
    expect([inserts(SAY, 'a', 'a', 'ab'), inserts(SAY, '"a b"', 'a b')]).toEqual([[], []])
  })

  test('that are put in are read back as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '-'), minLength: 1 }), (value) => {
        for (const insert of inserts(SAY, '', value) ?? []) expect(splitWords(insert.slice('/say '.length))).toEqual([value])
      })
    )
  })

  test('show their label, themselves and what they are', () => {
    const place = placeIn(SAY, '')
    const values = [{ value: '58b4', label: 'Sync', description: 'active' }, { value: 'x' }]
    expect(place && valueOptions(values, place)).toEqual([
      { key: '58b4', label: 'Sync', rest: '58b4', detail: 'active', insert: '/say 58b4' },
      { key: 'x', label: 'x', rest: '', detail: '', insert: '/say x' }
    ])
  })
})
