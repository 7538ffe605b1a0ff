import { expect, test } from 'vitest'
import { createChance } from '../simulation/chance.js'
import { countFaults, percentile, say } from './figures.js'
import { waitsOf } from './device.js'
import { allowMs, LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { sendMessages } from './traffic.js'
import { planFaults, weather } from './weather.js'
import { createWorld } from './world.js'

const { conversations, devicesEach, messages, faults: count, overMs } = LOAD.randomFaults
const CONVERGE_WITHIN_MS = 10_000

test(`F1: ${messages} messages in ${conversations} conversations of ${devicesEach} devices come through ${count} random faults, seed ${SEED}`, {
  timeout: TIMEOUT_MS
}, async () => {
  const world = await createWorld({ seed: SEED, conversations, devicesEach })
  try {
    await world.connect()
    const plan = planFaults(createChance(SEED + 1), count, overMs, { devices: world.devices.length, conversations })
    await Promise.all([sendMessages(world.devices, world.chance, { messages, overMs, label: 'F1' }), weather(world, plan)])
    const convergeMs = await world.converge(TIMEOUT_MS / 2)
    const faults = await world.check()
    const waits = waitsOf(world.devices)
    const times = { 'converge ms': convergeMs, 'ack p50 ms': percentile(waits, 0.5), 'ack p99 ms': percentile(waits, 0.99) }
    say('F1', SEED, { messages: waits.length, faults: count, ...countFaults(faults), ...times })
    expect(faults).toEqual([])
    expect(waits.length).toBe(messages)
    expect(convergeMs).toBeLessThanOrEqual(allowMs(CONVERGE_WITHIN_MS))
  } finally {
    await world.close()
  }
})
