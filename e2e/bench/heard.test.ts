import { expect, test } from 'vitest'
import { createHeard } from './heard.js'

const PAIR = [['listener', 'sender']] as const

function faultsOf(numbers: readonly number[], said = 3) {
  const heard = createHeard()
  for (let count = 0; count < said; count++) heard.say('sender')
  for (const number of numbers) heard.hear('listener', 'sender', number)
  return heard.faults(PAIR)
}

test('what was heard once and in order is no fault', () => {
  expect(faultsOf([1, 2, 3])).toEqual({ said: 3, lost: 0, repeated: 0, swapped: 0 })
})

test('what is lost, repeated or out of order is counted', () => {
  expect(faultsOf([1, 3])).toEqual({ said: 3, lost: 1, repeated: 0, swapped: 0 })
  expect(faultsOf([1, 2, 2, 3])).toEqual({ said: 3, lost: 0, repeated: 1, swapped: 0 })
  expect(faultsOf([2, 1, 3])).toEqual({ said: 3, lost: 0, repeated: 0, swapped: 1 })
  expect(faultsOf([])).toEqual({ said: 3, lost: 3, repeated: 0, swapped: 0 })
})
