import type { Json, Part } from '@parley/protocol'
import { readServerFrame } from '@parley/protocol/schemas'
import { expect, test } from 'vitest'
import { presentableParts, presentableText } from './presentable.js'

const data = (value: Json): Part[] => [{ kind: 'data', value }]
const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)])

/** Would a client take the row? */
function isTaken(parts: readonly Part[]): boolean {
  const id = 'A'.repeat(22)
  const event = { seq: 1, messageId: 'flows:1:end', type: 'message.created', author: { id, role: 'bot' }, at: '2026-01-31T12:00:00.000Z', body: { parts } }
  return readServerFrame('events', { conversation: id, log: 'public', epoch: id, from: 1, events: [event] }).ok === true
}

test('parts that a client takes stay as they are', () => {
  const parts: Part[] = [{ kind: 'text', text: 'hello 🙂' }, ...data({ a: [1, 2, { b: null }] })]
  expect(presentableParts(parts)).toEqual(parts)
})

test.each([
  ['too deep', data(nested(40))],
  ['half a character', [{ kind: 'text', text: '\ud83d' }] as Part[]],
  ['a forbidden key', data(JSON.parse('{"__proto__": 1}'))]
])('%s becomes a sentence, because no client would take the row', (_name, parts) => {
  expect(isTaken(parts)).toBe(false)
  const shown = presentableParts(parts)
  expect(shown).toMatchObject([{ kind: 'text', text: expect.stringContaining('This answer cannot be shown: it holds') }])
  expect(isTaken(shown)).toBe(true)
})

test('whatever depth is let through, a client takes it', () => {
  for (let depth = 20; depth < 40; depth++) expect(isTaken(presentableParts(data(nested(depth))))).toBe(true)
})

test('a text keeps its whole characters and is cut between them', () => {
  expect(presentableText('a\ud83db')).toBe('a\ufffdb')
  expect(presentableText('🙂'.repeat(3_000))).toMatch(/^(?:🙂)+…$/u)
})

test('a row with too many values for one answer becomes a sentence, too', () => {
  expect(presentableParts(data(Array.from({ length: 6_000 }, () => 0)))).toEqual([
    { kind: 'text', text: 'This answer cannot be shown: it holds more than 5000 values.' }
  ])
})
