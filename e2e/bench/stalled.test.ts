import { expect, test } from 'vitest'
import { runStalled } from './stalled.js'

const SEED = Number(process.env['PARLEY_SEED'] ?? 1)

test('F7: clients that stopped reading hold everything in the end, and nobody else misses anything', async () => {
  console.log(`stalled readers, seed ${SEED}`)
  const figures = await runStalled({ stalled: 5, readers: 20, perSecond: 200, textBytes: 256, talkMs: 400 }, SEED)
  const { caughtUp, lost, repeated, swapped } = figures
  expect({ caughtUp, lost, repeated, swapped }).toEqual({ caughtUp: 5, lost: 0, repeated: 0, swapped: 0 })
}, 120_000)

test('F7: so do those for whom megabytes wait', async () => {
  console.log(`stalled readers, long texts, seed ${SEED}`)
  const figures = await runStalled({ stalled: 1, readers: 2, perSecond: 80, textBytes: 30_000, talkMs: 1_000 }, SEED)
  const { caughtUp, lost, repeated, swapped } = figures
  expect({ caughtUp, lost, repeated, swapped }).toEqual({ caughtUp: 1, lost: 0, repeated: 0, swapped: 0 })
}, 120_000)
