import { copyFileSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { countFaults, say } from './figures.js'
import { LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { pause, until } from './real-time.js'
import { createWorld, type World, type WorldOptions } from './world.js'

const { messages } = LOAD.disk
/** Long enough that what can still be written is written, and that the rest has been tried more than once. */
const SPOILT_FOR_MS = 3_000
const HEALED_WITHIN_MS = 30_000
/** A few of these need a page of their own. */
const LONG = ` ${'x'.repeat(3_000)}`

/** A world for one test; what fails in it does not leave a process behind. */
async function inWorld(options: Partial<WorldOptions>, work: (world: World) => Promise<void>): Promise<void> {
  const world = await createWorld({ seed: SEED, conversations: 2, devicesEach: 2, ...options })
  try {
    await world.connect()
    await work(world)
  } finally {
    await world.close()
  }
}

const sendAll = (devices: World['devices'], more = ''): void => {
  for (let count = 0; count < messages; count++) for (const device of devices) void device.send(more)
}
const ackedOf = (devices: World['devices']): number => devices.reduce((sum, { acks }) => sum + acks.length, 0)
async function readiness({ gateway }: World): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/readyz`, { headers: { connection: 'close' } })
  await answer.text()
  return answer.status
}

test.concurrent.each(['full', 'readOnly', 'busy', 'fsync'])(
  'F9: while the disk is %s nothing is acknowledged that is not on it, and the gateway is well again by itself',
  { timeout: TIMEOUT_MS },
  (fault) =>
    inWorld({}, async (world) => {
      sendAll(world.devices)
      await world.converge(HEALED_WITHIN_MS)
      const before = ackedOf(world.devices)
      await world.gateway.order('disk', { fault })
      sendAll(world.devices, LONG)
      await pause(SPOILT_FOR_MS)
      const during = ackedOf(world.devices) - before
      const wanted = messages * world.devices.length
      // A full disk still has room within its pages; the others write nothing at all.
      expect(during).toBeLessThan(fault === 'full' ? wanted : 1)
      // … and so may still take the row by which the gateway looks whether it can write.
      if (fault !== 'full') expect(await readiness(world)).toBe(503)
      await world.gateway.order('disk', { fault: 'none' })
      const healMs = await world.converge(HEALED_WITHIN_MS)
      // It looks at its disk at most every two seconds.
      await pause(2_100)
      expect(await readiness(world)).toBe(200)
      const faults = await world.check()
      say(`F9 ${fault}`, SEED, { messages: 2 * wanted, 'acknowledged meanwhile': during, 'healed ms': healMs, ...countFaults(faults) })
      expect(faults).toEqual([])
    })
)

test.concurrent('F9: an old copy of the file that is put back loses at most what came after it, and is gone on with', { timeout: TIMEOUT_MS }, () =>
  inWorld({ gateway: { echoes: false }, device: { mayReset: true } }, async (world) => {
    const { gateway, devices } = world
    sendAll(devices)
    await world.converge(HEALED_WITHIN_MS)
    await gateway.kill('SIGTERM')
    const copy = `${gateway.file}.copy`
    copyFileSync(gateway.file, copy)
    await gateway.start()
    const known = new Set(devices.flatMap(({ acks }) => acks.map(({ messageId }) => messageId)))
    sendAll(devices)
    await world.converge(HEALED_WITHIN_MS)
    const later = devices.flatMap(({ acks }) => acks.filter(({ messageId }) => !known.has(messageId)))
    await gateway.kill('SIGKILL')
    // Acknowledged messages have left the outbox: what of them came after the copy is the operator's loss.
    const lost = new Set(devices.flatMap((device) => device.seenIds()).filter((id) => !known.has(id)))
    for (const end of ['', '-wal', '-shm']) rmSync(gateway.file + end, { force: true })
    copyFileSync(copy, gateway.file)
    await gateway.start()
    sendAll(devices)
    await world.rest(HEALED_WITHIN_MS)
    for (const [index] of world.conversations.entries()) {
      const [one, other] = world.devicesOf(index)
      // After a reset a client holds the newest page; the rest comes when it is asked for.
      for (const { client } of world.devicesOf(index)) while (await client.conversation.loadEarlier());
      await until('both show the same', HEALED_WITHIN_MS, () => one !== undefined && one.shown() === other?.shown() && one.shown() >= 4 * messages)
    }
    gateway.forgetDeliveries()
    const faults = await world.check({ lost, isRestored: true })
    say('F9 restore', SEED, { 'acknowledged after the copy': later.length, ...countFaults(faults) })
    expect(faults).toEqual([])
  })
)
