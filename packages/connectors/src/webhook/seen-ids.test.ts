import { expect, test } from 'vitest'
import { createSeenIds } from './seen-ids.js'

test('an id is known for ten minutes after it was carried out, and no more than that is kept', () => {
  const seen = createSeenIds()
  seen.add('a', 0)
  seen.add('b', 500_000)
  expect([seen.has('a', 599_999), seen.has('a', 600_000), seen.has('b', 600_000), seen.has('c', 0)]).toEqual([true, false, true, false])
  seen.add('a', 600_000)
  expect([seen.has('a', 700_000), seen.has('b', 700_000)]).toEqual([true, true])
  for (let index = 0; index < 20_001; index++) seen.add(`flood ${index}`, 700_000)
  expect([seen.has('a', 700_000), seen.has('flood 0', 700_000), seen.has('flood 1', 700_000)]).toEqual([false, false, true])
})
