/**
 * Runs the stages of a plan one after the other, all of them even if one fails, and ends with the
 * line `N passed, N failed`.
 * Usage: node e2e/tools/run-stages.mjs check|test [stage …]
 * Stages named after the plan restrict it to them.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { add, judge, NOTHING } from './counts.mjs'
import { PLANS, REPORTS, readCounts } from './stages.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter)

let child = null
let interruptedBy = null
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interruptedBy = signal
    child?.kill(signal)
  })
}

/** Runs one command with its output shown; settles with its exit code, `null` when it was killed or never began. */
function runCommand([command, ...args], env) {
  return new Promise((resolve) => {
    child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH, ...env },
      shell: process.platform === 'win32'
    })
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`)
      resolve(null)
    })
    child.on('exit', resolve)
  })
}

async function runStage(stage, folder) {
  const file = join(folder, `${stage.name}.json`)
  const report = REPORTS[stage.report]
  const exitCode = await runCommand([...stage.command, ...(report?.args(file) ?? [])], report?.env(file))
  return judge(exitCode, readCounts(stage.report, file))
}

function chosenStages([planName, ...names]) {
  const plan = PLANS[planName]
  if (!plan) throw new Error(`give one of: ${Object.keys(PLANS).join(', ')}`)
  const unknown = names.find((name) => !plan.some((stage) => stage.name === name))
  if (unknown) throw new Error(`${planName} has no stage ${unknown}; it has ${plan.map((stage) => stage.name).join(', ')}`)
  return names.length === 0 ? plan : plan.filter((stage) => names.includes(stage.name))
}

function describe(name, counts, seconds) {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  return `${counts.failed > 0 ? 'FAIL' : 'ok  '} ${name.padEnd(12)} ${String(counts.passed).padStart(5)} passed, ${counts.failed} failed${skipped}, ${seconds.toFixed(1)} s`
}

async function main() {
  const stages = chosenStages(process.argv.slice(2))
  const folder = mkdtempSync(join(tmpdir(), 'parley-reports-'))
  const lines = []
  const broken = new Set()
  let total = NOTHING
  for (const stage of stages) {
    console.log(`\n── ${stage.name}`)
    const missing = interruptedBy ?? stage.needs?.find((need) => broken.has(need))
    if (missing) console.error(`not run, because of ${missing}`)
    const startedAt = performance.now()
    const counts = missing ? judge(null, null) : await runStage(stage, folder)
    if (counts.failed > 0) broken.add(stage.name)
    total = add(total, counts)
    lines.push(describe(stage.name, counts, (performance.now() - startedAt) / 1000))
  }
  rmSync(folder, { recursive: true })
  console.log(`\n${lines.join('\n')}\n`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
}

main().catch((error) => {
  console.error(error.message)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
})
