import { expect, test } from 'vitest'
import { shrink, simulate } from './simulate.js'
import { planSteps } from './steps.js'
import { simulateSeeds } from './workers.js'

/** What fits into every change. `npm run prove` asks for 20,000; more by hand and at night: `PARLEY_SEEDS=1000000`; other ones: `PARLEY_FIRST_SEED=20000`. */
const SEEDS = Number(process.env['PARLEY_SEEDS'] ?? 4_000)
const FIRST = Number(process.env['PARLEY_FIRST_SEED'] ?? 0)
const STEPS = 200
const PROGRESS_EVERY_MS = 10_000
/** A million worlds take hours. */
const LONGEST_MS = 12 * 3_600_000
const ONLY = process.env['PARLEY_SEED']

/** What a fault says, without whom and what it is about. */
const kindOf = (fault: string): string => fault.split(/\S*[\d"#]\S*/).reduce((longest, words) => (words.length > longest.length ? words : longest), '')

const REPLAY = 'Replay one with: PARLEY_SEED=<seed> npx vitest run --config e2e/tools/vitest.config.ts e2e/simulation/simulation.test.ts'

test.runIf(ONLY === undefined)(
  `nothing is lost, doubled or shown in another order, in ${SEEDS} worlds of ${STEPS} steps from seed ${FIRST}`,
  { timeout: LONGEST_MS },
  async () => {
    const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST + index)
    const startedAt = performance.now()
    let toldAt = startedAt
    function tell(done: number, failing: number): void {
      const now = performance.now()
      if (now - toldAt < PROGRESS_EVERY_MS && done < seeds.length) return
      toldAt = now
      const seconds = (now - startedAt) / 1_000
      console.log(`${done} of ${seeds.length} worlds in ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(1)} a second, ${failing} with faults`)
    }
    const failing = await simulateSeeds(seeds, { steps: STEPS, onProgress: tell })
    const lines = failing.map(({ seed, faults }) => `seed ${seed}: ${faults[0]}${faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''}`)
    expect(lines, `${failing.length} of ${seeds.length} worlds went wrong:\n${lines.slice(0, 20).join('\n')}\n${REPLAY}`).toEqual([])
  }
)

test.runIf(ONLY !== undefined)(`replays seed ${ONLY} alone`, { timeout: LONGEST_MS }, async () => {
  const seed = Number(ONLY)
  const { faults, trace } = await simulate(seed, STEPS)
  console.log(trace.join('\n'))
  if (faults.length > 0) {
    const fewest = await shrink(seed, planSteps(seed, STEPS), kindOf(faults[0] ?? ''))
    const small = await simulate(seed, fewest)
    console.log(`The fewest steps that still fail (${fewest.length}):\n${small.trace.join('\n')}\n\n${small.faults.join('\n')}`)
  }
  expect(faults).toEqual([])
})

test('the same seed gives the same world', async () => {
  expect(await simulate(3, 60)).toEqual(await simulate(3, 60))
})
