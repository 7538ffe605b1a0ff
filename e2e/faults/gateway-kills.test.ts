import { expect, test } from 'vitest'
import { waitsOf } from './device.js'
import { countFaults, percentile, say } from './figures.js'
import { allowMs, LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { pause } from './real-time.js'
import { sendMessages } from './traffic.js'
import { createWorld, type World } from './world.js'

const { conversations, devicesEach, kills, everyMs, messagesPerS } = LOAD.kills
const FIRST_ACK_WITHIN_MS = 2_000

/** @returns when the gateway listened again after each kill */
async function killAgainAndAgain({ gateway }: World): Promise<readonly number[]> {
  const listenedAt: number[] = []
  for (let number = 1; number <= kills; number++) {
    // Counted from when it listened: on a busy machine it would else be killed before anybody came.
    await pause(everyMs)
    await gateway.kill('SIGKILL')
    await gateway.start()
    listenedAt.push(performance.now())
  }
  return listenedAt
}

/** From each restart to the first acknowledgement, of anybody or of one device. */
function firstAcks(listenedAt: readonly number[], ackedAt: readonly number[]): readonly number[] {
  return listenedAt.flatMap((at) => {
    const later = ackedAt.filter((time) => time >= at)
    return later.length === 0 ? [] : [Math.min(...later) - at]
  })
}

test(`F2: no acknowledged message is lost when the gateway is killed ${kills} times under ${messagesPerS} messages a second, seed ${SEED}`, {
  timeout: TIMEOUT_MS
}, async () => {
  const world = await createWorld({ seed: SEED, conversations, devicesEach })
  try {
    await world.connect()
    const overMs = (kills + 1) * everyMs
    const sending = sendMessages(world.devices, world.chance, { messages: (overMs / 1_000) * messagesPerS, overMs, label: 'F2' })
    const listenedAt = await killAgainAndAgain(world)
    await sending
    const convergeMs = await world.converge(TIMEOUT_MS / 2)
    const faults = await world.check()
    const acksOf = world.devices.map(({ timings }) => timings.map((timing) => timing.ackedAt))
    const first = firstAcks(listenedAt, acksOf.flat())
    const ofEach = acksOf.flatMap((acks) => firstAcks(listenedAt, acks))
    say('F2', SEED, {
      messages: waitsOf(world.devices).length,
      kills,
      ...countFaults(faults),
      'first ack p99 ms': percentile(first, 0.99),
      'of each device p50 ms': percentile(ofEach, 0.5),
      'of each device p99 ms': percentile(ofEach, 0.99),
      'converge ms': convergeMs
    })
    expect(faults).toEqual([])
    expect(first.length).toBe(kills)
    expect(percentile(first, 0.99)).toBeLessThanOrEqual(allowMs(FIRST_ACK_WITHIN_MS))
  } finally {
    await world.close()
  }
})
