import { afterEach, expect, test } from 'vitest'
import { countFaults, say } from './figures.js'
import { LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { until } from './real-time.js'
import { createWorld, type World } from './world.js'

const PENDING_WITHIN_MS = 8_000
/** Rule 7: a ping every 15 s, and 10 s for its answer. Half a second is for timers and processes. */
const IDLE_WITHIN_MS = 25_000 + 500
/** So long it is looked on, to say how late it was. */
const LOOK_FOR_MS = 90_000
const WAYS = ['up', 'down', 'both'] as const

let world: World | null = null
afterEach(async () => {
  await world?.close()
  world = null
})

/** Lets each device's line die in its own way. @returns how long each took to leave it, in ms */
async function leave(devices: World['devices'], withinMs: number): Promise<readonly number[]> {
  return Promise.all(
    devices.map(async ({ client, proxy, name }, index) => {
      proxy.set(WAYS[index % WAYS.length] ?? 'both', { kind: 'timeout' })
      return until(`${name} leaves its line`, withinMs, () => client.$connection.get().state !== 'online')
    })
  )
}

test(`F3: a dead line is left within ${PENDING_WITHIN_MS} ms when something waits to be sent`, { timeout: TIMEOUT_MS }, async () => {
  world = await createWorld({ seed: SEED, conversations: 1, devicesEach: 3 })
  await world.connect()
  const leaving = leave(world.devices, PENDING_WITHIN_MS)
  for (const { send } of world.devices) void send()
  const times = await leaving
  for (const { proxy } of world.devices) proxy.clear()
  await world.converge(20_000)
  const faults = await world.check()
  say('F3 dead line, pending', SEED, { ...Object.fromEntries(WAYS.map((way, index) => [`${way} ms`, times[index] ?? 0])), ...countFaults(faults) })
  expect(faults).toEqual([])
})

test.runIf(LOAD.deadLine.isIdleMeasured)('F3: a dead line is left within 25 s when nothing waits', { timeout: TIMEOUT_MS }, async () => {
  world = await createWorld({ seed: SEED, conversations: 1, devicesEach: 3 })
  await world.connect()
  const times = await leave(world.devices, LOOK_FOR_MS)
  const ofEach = Object.fromEntries(WAYS.map((way, index) => [`${way} ms`, times[index] ?? 0]))
  say('F3 dead line, idle', SEED, ofEach)
  expect(Object.entries(ofEach).filter(([, ms]) => ms > IDLE_WITHIN_MS)).toEqual([])
})
