import { expect, test } from 'vitest'
import { argumentsFromWords, checkArguments } from './command-arguments.js'
import type { CommandSpec } from './command.js'

const runFlow: CommandSpec = {
  name: 'run-flow',
  description: 'Runs a flow',
  args: [
    { name: 'flow', type: 'text', required: true, pattern: '[0-9a-f]{24}', wanted: 'a flow id is 24 hexadecimal digits' },
    { name: 'params', type: 'list' }
  ]
}
const order: CommandSpec = {
  name: 'order',
  description: 'Orders',
  args: [
    { name: 'count', type: 'number' },
    { name: 'size', type: 'choice', choices: ['small', 'large'] },
    { name: 'gift', type: 'boolean' }
  ]
}
const id = '58b41f5da9ee9d0018194bf3'

test('words become arguments by their place; a list takes the rest', () => {
  expect(argumentsFromWords(runFlow, [id, 'a', 'b'])).toEqual({ ok: true, args: { flow: id, params: ['a', 'b'] } })
  expect(argumentsFromWords(order, ['3', 'large', 'yes'])).toEqual({ ok: true, args: { count: 3, size: 'large', gift: true } })
  expect(argumentsFromWords(order, [])).toEqual({ ok: true, args: {} })
})

test.each([
  [runFlow, [], '/run-flow needs <flow>: a flow id is 24 hexadecimal digits. Usage: /run-flow <flow> [params…]'],
  [runFlow, ['../flows/1'], '<flow> of /run-flow cannot be "../flows/1": a flow id is 24 hexadecimal digits.'],
  [runFlow, [`${id}\n`], `<flow> of /run-flow cannot be "${id}\n": a flow id is 24 hexadecimal digits.`],
  [order, ['many'], '[count] of /order cannot be "many": a number is wanted.'],
  [order, ['Infinity'], '[count] of /order cannot be "Infinity": a number is wanted.'],
  [order, ['1', 'huge'], '[size] of /order cannot be "huge": one of small, large is wanted.'],
  [order, ['1', 'small', 'perhaps'], '[gift] of /order cannot be "perhaps": yes or no is wanted.'],
  [order, ['1', 'small', 'yes', 'more'], '/order takes 3 arguments, but "more" came on top. Usage: /order [count] [size] [gift]']
])('wrong words are refused with what was found and what is wanted (%#)', (spec, words, text) => {
  expect(argumentsFromWords(spec, words)).toEqual({ ok: false, text })
})

test('named arguments are checked the same way; names that every object has are no arguments', () => {
  expect(checkArguments(order, { count: 2 })).toEqual({ ok: true, args: { count: 2 } })
  expect(checkArguments(order, { toString: 1 })).toEqual({ ok: false, text: '/order has no argument "toString". Usage: /order [count] [size] [gift]' })
  expect(checkArguments(runFlow, { flow: 7 })).toMatchObject({ ok: false })
})
