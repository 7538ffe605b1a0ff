import type { Clock } from '@parley/engine'
import { expect, test } from 'vitest'
import { createPressure } from './socket-pressure.js'

const MIB = 1_048_576

/** A counter, its one timer, and how often the connection was cut. */
function open() {
  const timers = new Set<{ readonly ms: number; readonly run: () => void }>()
  const clock: Pick<Clock, 'setTimer'> = {
    setTimer(ms, run) {
      const timer = { ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    }
  }
  let cuts = 0
  let fulls = 0
  const pressure = createPressure(clock, { onFull: () => fulls++, onSlow: () => cuts++ })
  return { pressure, timers: () => [...timers], cuts: () => cuts, fulls: () => fulls }
}

/** Whether a promise has settled when all that could settle did. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

test('rule 10: a line is full above 1 MiB, not at it, whether the bytes wait or are under way', () => {
  const { pressure, fulls } = open()
  pressure.given(MIB / 2)
  pressure.handedOver()
  pressure.given(MIB / 2)
  expect([pressure.isFull(), pressure.waitingBytes()]).toEqual([false, MIB])
  pressure.given(1)
  pressure.given(1)
  expect([pressure.isFull(), fulls()]).toEqual([true, 1])
})

test('a full line has room again when less than 256 KiB wait, and not before', async () => {
  const { pressure, timers } = open()
  pressure.given(MIB + 1)
  const drained = pressure.drained()
  pressure.handedOver()
  pressure.given(MIB / 4)
  pressure.taken()
  expect([pressure.isFull(), await isSettled(drained)]).toEqual([true, false])
  pressure.handedOver()
  pressure.taken()
  expect([pressure.isFull(), await isSettled(drained), pressure.waitingBytes(), timers()]).toEqual([false, true, 0, []])
  expect(await isSettled(pressure.drained())).toBe(true)
})

test('rule 10: above 4 MiB the connection is cut, once, and whoever waits is let go', async () => {
  const { pressure, cuts, timers } = open()
  pressure.given(4 * MIB)
  const drained = pressure.drained()
  expect(cuts()).toBe(0)
  pressure.given(1)
  pressure.given(MIB)
  expect([cuts(), await isSettled(drained), timers()]).toEqual([1, true, []])
})

test('rule 10: a full line that takes nothing for 30 s is cut; each taking begins the time anew', () => {
  const { pressure, cuts, timers } = open()
  pressure.given(MIB + 1)
  const [first] = timers()
  expect(timers().map(({ ms }) => ms)).toEqual([30_000])
  pressure.handedOver()
  pressure.given(MIB)
  pressure.taken()
  const [second] = timers()
  expect([timers().length, second === first]).toEqual([1, false])
  second?.run()
  expect([cuts(), pressure.isFull()]).toEqual([1, false])
})

test('a connection that ends leaves no timer and nobody waiting', async () => {
  const { pressure, cuts, timers } = open()
  pressure.given(MIB + 1)
  const drained = pressure.drained()
  pressure.end()
  pressure.given(5 * MIB)
  expect([await isSettled(drained), timers(), cuts()]).toEqual([true, [], 0])
})
