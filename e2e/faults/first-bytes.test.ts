import { expect, test } from 'vitest'
import { countFaults, say } from './figures.js'
import type { Device } from './device.js'
import { LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { until } from './real-time.js'
import { inPieces } from './shapes.js'
import { createWorld } from './world.js'

const { most, every, atOnce } = LOAD.cuts
const CUT_WITHIN_MS = 15_000
const CONVERGE_WITHIN_MS = 20_000

/** Where the line is cut: on the way to the session, or on the socket's own line, in either direction. */
const PLACES = ['session up', 'socket up', 'socket down'] as const
type Case = { readonly bytes: number; readonly place: (typeof PLACES)[number] }
const sizes = Array.from({ length: most }, (_, index) => index + 1).filter((bytes) => (bytes + SEED) % every === 0)
const cases: readonly Case[] = sizes.flatMap((bytes) => PLACES.map((place) => ({ bytes, place })))

/** Cuts the device's next line after its first bytes, once. */
async function cutOnce({ client, proxy, send, name }: Device, { bytes, place }: Case): Promise<void> {
  if (place !== 'session up') await client.connect()
  const attempts: string[] = []
  const stop = client.$connection.listen(({ state }) => attempts.push(state))
  proxy.set(place === 'socket down' ? 'down' : 'up', { kind: 'limitData', bytes })
  if (place !== 'session up') proxy.cut()
  void send()
  // It tried, and it failed.
  await until(
    `${name} is cut after ${bytes} bytes, ${place}`,
    CUT_WITHIN_MS,
    () => attempts.lastIndexOf('waiting') > attempts.indexOf('connecting') && attempts.includes('connecting')
  )
  stop()
  proxy.clear()
}

test(`F3: a message comes through a cut after each of ${sizes.length} counts of first bytes up to ${most}, on ${PLACES.length} kinds of lines, seed ${SEED}`, {
  timeout: TIMEOUT_MS
}, async () => {
  const found: string[] = []
  for (const [round, some] of inPieces(cases, atOnce).entries()) {
    console.log(`F3 first bytes: from case ${round * atOnce + 1} of ${cases.length}`)
    const world = await createWorld({ seed: SEED + round, conversations: some.length, devicesEach: 1 })
    try {
      await Promise.all(some.flatMap((one, index) => world.devicesOf(index).map((device) => cutOnce(device, one))))
      await world.converge(CONVERGE_WITHIN_MS)
      found.push(...(await world.check()).map((fault) => `${fault} (bytes ${some.map(({ bytes, place }) => `${bytes} ${place}`).join(', ')})`))
    } finally {
      await world.close()
    }
  }
  say('F3 first bytes', SEED, { cuts: cases.length, ...countFaults(found) })
  expect(found).toEqual([])
})
