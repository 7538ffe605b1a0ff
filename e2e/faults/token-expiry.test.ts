import { expect, test } from 'vitest'
import { countFaults, percentile, say } from './figures.js'
import { waitsOf } from './device.js'
import { LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { createWorld } from './world.js'

const { expiries, devices } = LOAD.tokens
/** Longer than any token lives. */
const LATER_MS = 901_000
const CONVERGE_WITHIN_MS = 60_000

test(`F12: ${expiries} tokens end in mid-send, and nobody's message is lost or another's, seed ${SEED}`, { timeout: TIMEOUT_MS }, async () => {
  const world = await createWorld({ seed: SEED, conversations: devices, devicesEach: 1 })
  try {
    await world.connect()
    for (let round = 1; round <= expiries / devices; round++) {
      await world.gateway.order('clock', { aheadMs: round * LATER_MS })
      for (let count = 0; count < 10; count++) for (const device of world.devices) void device.send()
      // All that is on its way is cut, and the token of the next hello is over.
      for (const { proxy } of world.devices) proxy.cut()
      for (let count = 0; count < 5; count++) for (const device of world.devices) void device.send()
      await world.converge(CONVERGE_WITHIN_MS)
    }
    const faults = await world.check()
    say('F12 tokens', SEED, { expiries, ...countFaults(faults), 'ack p99 ms': percentile(waitsOf(world.devices), 0.99) })
    expect(faults).toEqual([])
  } finally {
    await world.close()
  }
})
