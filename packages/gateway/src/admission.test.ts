import { expect, test } from 'vitest'
import { createAdmission, drainSpreadMs } from './admission.js'

/** Admission at 10 a second, 3 at once, under a clock that is pushed. */
function open() {
  let now = 1_000_000
  const admission = createAdmission({ clock: { now: () => now }, perSecond: 10, burst: 3 })
  return {
    take: (count: number) => Array.from({ length: count }, () => admission.take()),
    pass: (ms: number) => {
      now += ms
    }
  }
}

test('rule 10: lets in as many at once as its burst, exactly, and then as many as its rate', () => {
  const { take, pass } = open()
  expect(take(4)).toEqual([0, 0, 0, 500])
  pass(99)
  expect(take(1)).toEqual([500])
  pass(1)
  expect(take(2)).toEqual([0, 500])
  pass(60_000)
  expect(take(4)).toEqual([0, 0, 0, 500])
})

test('those who are refused together are told to come one after another, at the rate', () => {
  const { take } = open()
  take(3)
  expect(take(8)).toEqual([500, 500, 500, 500, 500, 600, 700, 800])
})

test('a clock that goes back adds nothing, and takes nothing', () => {
  const { take, pass } = open()
  take(3)
  pass(-60_000)
  expect(take(1)).toEqual([500])
  pass(100)
  expect(take(2)).toEqual([0, 500])
})

test('rule 6: clients that are sent away come back over the time in which they can be let in', () => {
  expect([0, 200, 5_000].map((clients) => drainSpreadMs(clients, 400))).toEqual([500, 1_000, 13_000])
})
