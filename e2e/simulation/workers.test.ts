import { expect, test } from 'vitest'
import { MUTANTS } from './mutants.js'
import { simulate } from './simulate.js'
import { simulateSeeds } from './workers.js'

const STEPS = 40
const MUTANT = 'no dedupe'

test('several processes find what one finds, each seed once', { timeout: 600_000 }, async () => {
  const seeds = Array.from({ length: 60 }, (_, index) => index)
  const progress: number[] = []
  const found = await simulateSeeds(seeds, { steps: STEPS, mutant: MUTANT, processes: 2, onProgress: (done) => progress.push(done) })
  const expected = []
  for (const seed of seeds) {
    const { faults } = await simulate(seed, STEPS, MUTANTS[MUTANT]?.())
    if (faults.length > 0) expected.push({ seed, faults })
  }
  expect(expected.length).toBeGreaterThan(0)
  expect(found).toEqual(expected)
  expect(progress.at(-1)).toBe(seeds.length)
  expect(progress).toHaveLength(2)
})

test('a process that ends before its task fails the whole run', { timeout: 600_000 }, async () => {
  await expect(simulateSeeds([7, 8], { steps: STEPS, mutant: 'none of that name' })).rejects.toThrow('a process ended with 1 while it simulated seeds 7 to 8')
})
