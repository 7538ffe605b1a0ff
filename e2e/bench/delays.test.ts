import { expect, test } from 'vitest'
import { parleyDelays, plainDelays } from './delays.js'

test('plain Socket.IO waits one second, twice as long each time, five at most, half of it up or down', () => {
  const never = plainDelays(() => 0)
  expect([never.next(), never.next(), never.next(), never.next()]).toEqual([1_000, 2_000, 4_000, 5_000])
  never.reset()
  expect(never.next()).toBe(1_000)
  const values = [0.5, 0.2, 0.5, 0.9]
  const both = plainDelays(() => values.shift() ?? 0)
  expect([both.next(), both.next()]).toEqual([750, 2_500])
})

test("Parley's clients wait half a second at least and three times the last delay at most", () => {
  const delays = parleyDelays(() => 0.5)
  expect([delays.next(), delays.next()]).toEqual([1_000, 1_750])
  delays.reset()
  expect(delays.next()).toBe(1_000)
})
