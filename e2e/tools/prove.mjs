/**
 * The whole fault plan at full load.
 * Usage: node e2e/tools/prove.mjs [--seed N] [--worlds N] [stage …]
 * `--seed` decides all chance; default: a new one, printed. `--worlds` is how many worlds are simulated.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const MOST_SEED = 1_000_000
const RUN_STAGES = fileURLToPath(new URL('run-stages.mjs', import.meta.url))

const { values, positionals } = parseArgs({ options: { seed: { type: 'string' }, worlds: { type: 'string', default: '20000' } }, allowPositionals: true })
const seed = values.seed === undefined ? Math.floor(Math.random() * MOST_SEED) : Number(values.seed)
if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed: found ${values.seed}; a whole number from 0 on is wanted`)
console.log(`seed ${seed}`)

const child = spawn(process.execPath, [RUN_STAGES, 'prove', ...positionals], {
  stdio: 'inherit',
  env: { ...process.env, PARLEY_LOAD: 'prove', PARLEY_SEEDS: values.worlds, PARLEY_FIRST_SEED: String(seed), PARLEY_FAULT_SEED: String(seed) }
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  if (code !== 0) console.error(`Replay with: npm run prove -- --seed ${seed}${positionals.map((name) => ` ${name}`).join('')}`)
  process.exitCode = code ?? 1
})
