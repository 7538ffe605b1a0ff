import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandUsage, readLine, splitWords } from './command-line.js'

test.each([
  ['/help', { kind: 'command', name: 'help', words: [] }],
  ['/Run-Flow 58b41f5da9ee9d0018194bf3 a  b', { kind: 'command', name: 'run-flow', words: ['58b41f5da9ee9d0018194bf3', 'a', 'b'] }],
  ['/order "red shoes" \'size 40\'', { kind: 'command', name: 'order', words: ['red shoes', 'size 40'] }],
  ['//help', { kind: 'text', text: '/help' }],
  ['see /help', { kind: 'text', text: 'see /help' }],
  ['/', { kind: 'text', text: '/' }],
  ['/ 2', { kind: 'text', text: '/ 2' }],
  ['/1/2', { kind: 'text', text: '/1/2' }],
  ['/etc/passwd', { kind: 'text', text: '/etc/passwd' }]
])('rule 17: %s', (line, read) => {
  expect(readLine(line)).toEqual(read)
})

test('quotes hold blanks together, an empty pair is an empty word, an open one runs to the end', () => {
  expect(splitWords(`a "b c" '' "d e`)).toEqual(['a', 'b c', '', 'd e'])
  expect(splitWords("it's")).toEqual(["it's"])
})

test('words without blanks or quotes come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[^\s"']+$/)), (words) => {
      expect(splitWords(words.join('  '))).toEqual(words)
    })
  )
})

test('a usage line shows what is required and what is not', () => {
  const args = [
    { name: 'flow-id', type: 'text' as const, required: true },
    { name: 'params', type: 'list' as const }
  ]
  expect(commandUsage({ name: 'run-flow', description: '', args })).toBe('/run-flow <flow-id> [params…]')
})
