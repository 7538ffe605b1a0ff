import { expect, test } from 'vitest'
import { runStorm, type StormLoad } from './storm.js'

const SEED = Number(process.env['PARLEY_SEED'] ?? 1)
const LOAD = { clients: 30, talkMs: 500 } as const

async function storm(load: Omit<StormLoad, 'clients' | 'talkMs'>) {
  console.log(`storm of ${load.server}, ${load.how}, seed ${SEED}`)
  return runStorm({ ...LOAD, ...load }, SEED)
}

test('F8: after a kill all are back and nothing is lost, repeated or out of order', async () => {
  const { said, back, lost, repeated, swapped } = await storm({ server: 'parley', how: 'kill' })
  expect({ back, lost, repeated, swapped }).toEqual({ back: 30, lost: 0, repeated: 0, swapped: 0 })
  expect(said).toBeGreaterThan(30)
}, 180_000)

test('F8: after a cut of all lines too', async () => {
  const { back, lost, repeated, swapped } = await storm({ server: 'parley', how: 'cut' })
  expect({ back, lost, repeated, swapped }).toEqual({ back: 30, lost: 0, repeated: 0, swapped: 0 })
}, 180_000)

test('plain Socket.IO comes back from the same kill, and loses messages', async () => {
  const { back, lost } = await storm({ server: 'plain', how: 'kill' })
  expect(back).toBe(30)
  expect(lost).toBeGreaterThan(0)
}, 180_000)
