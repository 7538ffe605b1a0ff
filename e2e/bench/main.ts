/**
 * `npm run bench`: the figures to hold, as ratios to plain Socket.IO in the same run. Nothing of it is timed in
 * `npm test`. Usage: npm run bench -- [--quick | --full] [--only rooms,storm] [--json FILE] [--seed N] [--profile FOLDER]
 * Ends with 1 when a figure that must hold was missed.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { BENCHES } from './benches/index.js'
import type { Plan, Results } from './bench.js'
import { judgeAll, table } from './report.js'

function readArguments() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'string' },
      seed: { type: 'string', default: '1' },
      profile: { type: 'string' }
    }
  })
  return values
}

function chosen(only: string | undefined): (keyof typeof BENCHES)[] {
  const all = Object.keys(BENCHES) as (keyof typeof BENCHES)[]
  if (only === undefined) return all
  const names = only.split(',')
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name))
  if (unknown !== undefined) throw new Error(`--only: there is no bench ${unknown}; there are ${all.join(', ')}`)
  return all.filter((name) => names.includes(name))
}

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`

async function main(): Promise<void> {
  const { quick, full, only, json, seed, profile } = readArguments()
  const names = chosen(only)
  const startedAt = performance.now()
  const plan: Plan = {
    pairs: quick ? 3 : 5,
    fewPairs: quick ? 1 : full ? 5 : 3,
    share: quick ? 0.25 : 1,
    isFull: full,
    seed: Number(seed),
    nodeArguments: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    say: (text) => console.log(`      ${text}`)
  }
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, seed ${seed}, ${plan.pairs} pairs`)
  let results: Results = {}
  for (const [index, name] of names.entries()) {
    const benchAt = performance.now()
    console.log(`[${index + 1}/${names.length}] ${name}`)
    results = { ...results, ...(await BENCHES[name](plan)) }
    console.log(`      done in ${seconds(benchAt)}`)
  }
  const lines = judgeAll(results)
  console.log(`\n${table(lines)}\n`)
  const missed = lines.filter((line) => line.verdict === 'MISSED')
  console.log(`${lines.length - missed.length} held, ${missed.length} missed, ${seconds(startedAt)}`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, plan, figures: lines }, null, 2)}\n`)
  process.exitCode = missed.length === 0 ? 0 : 1
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.stack : error)
  process.exit(1)
})
