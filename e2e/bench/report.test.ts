import { expect, test } from 'vitest'
import { judgeAll, table } from './report.js'
import { type Figure, judge } from './verdict.js'

const CPU: Figure = { id: 'cpu', what: 'CPU', unit: 'x', good: 'at most', hold: 1.6, aim: 1.3 }
const RATE: Figure = { id: 'rate', what: 'rate', unit: 'x', good: 'at least', hold: 0.6, aim: 0.8 }

test('a figure is judged by the side that is good', () => {
  expect([1.3, 1.31, 1.6, 1.61].map((value) => judge(CPU, value))).toEqual(['aim', 'hold', 'hold', 'MISSED'])
  expect([0.8, 0.79, 0.6, 0.59].map((value) => judge(RATE, value))).toEqual(['aim', 'hold', 'hold', 'MISSED'])
})

test('what was measured at another size is not judged', () => {
  expect(judge(CPU, 99, true)).toBe('beside')
})

test('the median of the pairs counts, and only what was measured is told', () => {
  const lines = judgeAll({ 'rooms.cpu': { values: [9, 1.5, 1.4], detail: 'plain 40 µs; Parley 60 µs' } })
  expect(lines).toEqual([{ id: 'rooms.cpu', value: 1.5, values: [9, 1.5, 1.4], verdict: 'hold', detail: 'plain 40 µs; Parley 60 µs' }])
  expect(table(lines).split('\n')).toEqual([
    'figure                                                           hold         aim    measured     verdict',
    '200 rooms of 2, durable acks: CPU per message               <= 1.60 x   <= 1.30 x      1.50 x        hold',
    '    plain 40 µs; Parley 60 µs'
  ])
})
