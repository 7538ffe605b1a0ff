import type { Clock } from '@parley/sdk'
import { afterEach, expect, test, vi } from 'vitest'
import { countFaults, say } from './figures.js'
import { allowMs, LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { until } from './real-time.js'
import { createWorld, type World } from './world.js'

const DAY_MS = 86_400_000
const CAUGHT_UP_WITHIN_MS = 2_000

let world: World | null = null
afterEach(async () => {
  vi.restoreAllMocks()
  await world?.close()
  world = null
})

/** A machine that was asleep: its clock goes on, and no timer has run. */
function createJumpingClock(): Clock & { jump(ms: number): void } {
  let aheadMs = 0
  return {
    now: () => performance.now() + aheadMs,
    setTimer(delayMs, run) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
    jump(ms) {
      aheadMs += ms
    }
  }
}

/** The time of day is wrong by so much on this machine, for all that ask. */
function setTimeOfDay(offsetMs: number): void {
  const now = Date.now.bind(Date)
  vi.spyOn(Date, 'now').mockImplementation(() => now() + offsetMs)
}

test(`F6: a time of day that is wrong by a day and jumps changes nothing, seed ${SEED}`, { timeout: TIMEOUT_MS }, async () => {
  const clock = createJumpingClock()
  world = await createWorld({ seed: SEED, conversations: 2, devicesEach: 3, device: { clock } })
  await world.connect()
  for (const offsetMs of [DAY_MS, -DAY_MS, 0]) {
    vi.restoreAllMocks()
    setTimeOfDay(offsetMs)
    for (const device of world.devices) for (let count = 0; count < 10; count++) void device.send()
    if (offsetMs !== 0) for (const { proxy } of world.devices) proxy.cut()
    await world.converge(20_000)
    // Its token is long over by its own clock.
    clock.jump(DAY_MS)
    for (const { environment } of world.devices) environment.tell('wake')
  }
  await world.converge(20_000)
  const faults = await world.check()
  say('F6 clocks', SEED, countFaults(faults))
  expect(faults).toEqual([])
})

test(`F6: ${LOAD.missed.rows} missed rows are caught up within ${CAUGHT_UP_WITHIN_MS} ms`, { timeout: TIMEOUT_MS }, async () => {
  const { rows } = LOAD.missed
  world = await createWorld({ seed: SEED, conversations: 1, devicesEach: 1 })
  const [device] = world.devices
  const [conversation] = world.conversations
  if (!device) throw new Error('no device')
  await world.connect()
  await device.send()
  await world.converge(20_000)
  const { client, environment } = device
  environment.tell('networkLost')
  await until('it is offline', 5_000, () => client.$connection.get().state === 'offline')
  await world.gateway.order('say', { conversation, count: rows, name: 'missed' })
  environment.tell('networkBack')
  const backAt = performance.now()
  await until('it is online', 10_000, () => client.$connection.get().state === 'online')
  const onlineMs = performance.now() - backAt
  await until('all is shown', 20_000, () => device.shown() >= rows + 2)
  const totalMs = performance.now() - backAt
  const faults = await world.check()
  say('F6 missed', SEED, { rows, 'online ms': onlineMs, 'caught up ms': totalMs, ...countFaults(faults) })
  expect(faults).toEqual([])
  expect(totalMs).toBeLessThanOrEqual(allowMs(CAUGHT_UP_WITHIN_MS))
})
