import { readFileSync } from 'node:fs'
import { countPlaywright, countVitest } from './counts.mjs'

/**
 * What `npm run check`, `npm test` and `npm run prove` consist of. A stage is one command.
 * `report` names the kind of its report; without one it counts as one check.
 * `needs` names stages without which it cannot say anything.
 */
const BOUNDARIES = 'e2e/boundaries.test.ts'
/** Real processes under faults: apart from the others, so that neither starves the other of the machine. They mostly wait, so three files go at a time. */
const FAULTS = 'e2e/faults/'
/** Takes all cores for itself, so nothing that looks at a clock runs beside it. */
const SIMULATION = 'e2e/simulation/simulation.test.ts'
const vitest = (...args) => ['vitest', 'run', '--config', 'e2e/tools/vitest.config.ts', '--reporter=default', '--reporter=json', ...args]

const PLAYWRIGHT = ['node', 'e2e/tools/ensure-browser.mjs', '--exec', 'playwright', 'test', '--config', 'e2e/playwright.config.ts']

const CHECK = [
  { name: 'build', command: ['node', 'e2e/tools/ensure-build.mjs'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['biome', 'ci', '--colors=off', '--max-diagnostics=40', '.'] },
  { name: 'unused', command: ['knip', '--config', '.knip.json', '--no-progress'] },
  { name: 'boundaries', command: vitest(BOUNDARIES), report: 'vitest' },
  { name: 'texts', command: ['node', 'e2e/tools/texts.mjs'] },
  { name: 'sizes', command: ['node', 'e2e/tools/sizes.mjs'], needs: ['build'] },
  { name: 'bundles', command: ['node', 'e2e/tools/bundles.mjs'], needs: ['build'] },
  { name: 'packages', command: ['node', 'e2e/tools/packages.mjs'], needs: ['build'] }
]

export const PLANS = {
  check: CHECK,
  test: [
    ...CHECK,
    { name: 'unit', command: vitest('--exclude', BOUNDARIES, '--exclude', `${FAULTS}**`, '--exclude', SIMULATION), report: 'vitest', needs: ['build'] },
    { name: 'simulation', command: vitest(SIMULATION), report: 'vitest' },
    { name: 'faults', command: vitest('--maxWorkers=3', FAULTS), report: 'vitest', needs: ['build'] },
    {
      name: 'browser',
      command: PLAYWRIGHT,
      report: 'playwright',
      needs: ['build']
    }
  ],
  prove: [
    { name: 'build', command: ['node', 'e2e/tools/ensure-build.mjs', '--no-types'] },
    { name: 'mutants', command: vitest('e2e/simulation/mutants.test.ts', 'e2e/simulation/history.test.ts'), report: 'vitest' },
    { name: 'simulation', command: vitest(SIMULATION), report: 'vitest' },
    { name: 'faults', command: vitest('--no-file-parallelism', FAULTS), report: 'vitest', needs: ['build'] },
    {
      name: 'browser',
      command: [...PLAYWRIGHT, '--workers=1', 'e2e/browser/outbox.spec.ts', 'e2e/browser/tabs.spec.ts'],
      report: 'playwright',
      needs: ['build']
    }
  ]
}

/** How each kind of runner is told where to write its report, and how the report is read. */
export const REPORTS = {
  vitest: { args: (file) => [`--outputFile.json=${file}`], env: () => ({}), count: countVitest },
  playwright: { args: () => [], env: (file) => ({ PARLEY_REPORT: file }), count: countPlaywright }
}

/** Counts of a stage's report; `null` for a stage without one. A report that is not there means that nothing ran. */
export function readCounts(kind, file) {
  if (kind === undefined) return null
  try {
    return REPORTS[kind].count(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    console.error(`the report of this stage cannot be read: ${error.message}`)
    return { passed: 0, failed: 0, skipped: 0 }
  }
}
