import { fileURLToPath } from 'node:url'
import type { createClient as createClientOfToday } from '@parley/sdk'
import { expect, test } from 'vitest'
import { createChance } from '../simulation/chance.js'
import { countFaults, percentile, say } from './figures.js'
import { waitsOf } from './device.js'
import { LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { sendMessages } from './traffic.js'
import { planFaults, weather } from './weather.js'
import { createWorld, type WorldOptions } from './world.js'

const { conversations, devicesEach, messages, faults: count, overMs } = LOAD.releases
const FORMER = '0.1.0'
const former = (name: string): string => fileURLToPath(new URL(`../releases/${FORMER}/${name}`, import.meta.url))
const CONVERGE_WITHIN_MS = 60_000

/** A former gateway has its own connectors only; this one answers every word with what it can do. */
const NOWHERE = 'http://127.0.0.1:9'
const FLOWS = { connector: 'oih', webhooksUrl: NOWHERE, flowsUrl: NOWHERE, iamUrl: NOWHERE, secretsUrl: NOWHERE, token: 'madeup', commands: {} }

async function oldClient(): Promise<Partial<WorldOptions>> {
  const { createClient } = (await import(former('sdk.js'))) as { readonly createClient: typeof createClientOfToday }
  return { createClient }
}
const oldGateway = async (): Promise<Partial<WorldOptions>> => ({
  inbox: 'flows',
  gateway: { program: former('gateway.js'), inboxes: { flows: FLOWS } }
})

test.each([
  ['a client of that release against the gateway of today', oldClient],
  ['the client of today against a gateway of that release', oldGateway]
])(`F13: release ${FORMER}: %s, through ${count} random faults, seed ${SEED}`, { timeout: TIMEOUT_MS }, async (name, pairing) => {
  const world = await createWorld({ seed: SEED, conversations, devicesEach, ...(await pairing()) })
  try {
    await world.connect()
    const plan = planFaults(createChance(SEED + 1), count, overMs, { devices: world.devices.length, conversations })
    await Promise.all([sendMessages(world.devices, world.chance, { messages, overMs, label: 'F13' }), weather(world, plan)])
    const convergeMs = await world.converge(CONVERGE_WITHIN_MS)
    const faults = await world.check()
    const waits = waitsOf(world.devices)
    say(`F13 ${name}`, SEED, { messages: waits.length, ...countFaults(faults), 'converge ms': convergeMs, 'ack p99 ms': percentile(waits, 0.99) })
    expect(faults).toEqual([])
    expect(waits.length).toBe(messages)
  } finally {
    await world.close()
  }
})
