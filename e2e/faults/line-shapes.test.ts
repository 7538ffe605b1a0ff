import { expect, test } from 'vitest'
import { createChance } from '../simulation/chance.js'
import { countFaults, percentile, say } from './figures.js'
import { LOAD, SEED, TIMEOUT_MS } from './loads.js'
import { pause } from './real-time.js'
import { inPieces, PAIRS, SHAPES, strikeAll } from './shapes.js'
import { createWorld } from './world.js'

const { pairs, messages, atOnce } = LOAD.shapes
/** Long enough for a dead line to be noticed and left while it is still dead. */
const STRUCK_FOR_MS = 5_500
const CONVERGE_WITHIN_MS = 20_000

const chance = createChance(SEED)
const shuffled = PAIRS.map((pair) => ({ pair, place: chance.fraction() }))
  .sort((one, other) => one.place - other.place)
  .map(({ pair }) => pair)
const cases = [...SHAPES.map((shape) => [shape]), ...shuffled.slice(0, pairs)]

test(`F3: ${messages} messages each come through ${SHAPES.length} bad lines and ${pairs} pairs of them, seed ${SEED}`, { timeout: TIMEOUT_MS }, async () => {
  const found: string[] = []
  const converged: number[] = []
  for (const [round, some] of inPieces(cases, atOnce).entries()) {
    console.log(`F3 shapes: from case ${round * atOnce + 1} of ${cases.length}`)
    const world = await createWorld({ seed: SEED + round, conversations: some.length, devicesEach: 2 })
    try {
      await world.connect()
      const ends = some.map((shapes, index) =>
        strikeAll(
          world.devicesOf(index).map(({ proxy }) => proxy),
          shapes
        )
      )
      for (let count = 0; count < messages; count++) {
        for (const [index] of some.entries()) void world.devicesOf(index)[count % 2]?.send()
        await pause(STRUCK_FOR_MS / messages)
      }
      for (const end of ends) await end()
      converged.push(await world.converge(CONVERGE_WITHIN_MS))
      found.push(
        ...(await world.check()).map((fault) => `${fault} (round ${round}: ${some.map((shapes) => shapes.map(({ name }) => name).join(' + ')).join(', ')})`)
      )
    } finally {
      await world.close()
    }
  }
  say('F3 shapes', SEED, { cases: cases.length, ...countFaults(found), 'converge p99 ms': percentile(converged, 0.99) })
  expect(found).toEqual([])
})
