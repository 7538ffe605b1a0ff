import { expect, test } from 'vitest'
import { createTally } from './talk.js'

test('what was passed by a later message is lost, what came twice is doubled, what is still to come is neither', () => {
  const tally = createTally()
  for (let number = 0; number < 6; number++) tally.sent()
  tally.acked()
  for (const number of [1, 2, 2, 4]) tally.heard('anna', number)
  tally.heard('ben', 1)
  tally.showedTwice()
  expect(tally.count()).toEqual({ sent: 6, acked: 1, shown: 4, lost: 1, doubled: 2 })
})

test('nothing is lost before anything is heard', () => {
  const tally = createTally()
  tally.sent()
  expect(tally.count()).toEqual({ sent: 1, acked: 0, shown: 0, lost: 0, doubled: 0 })
})
