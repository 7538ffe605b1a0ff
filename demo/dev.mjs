/**
 * `npm run dev`: builds, starts the demo, and on every change of a source builds again and restarts it.
 * Pages listen at `/reload` of the demo site (served when PARLEY_DEV is 1) and reload when that line comes back.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WATCHED = ['packages', 'demo']
/** What the build and the running demo write themselves, and tests. */
const LEFT_OUT = /(?:^|[\\/])(?:dist|node_modules|\.parley|\.cache)(?:[\\/]|$)|\.test\.\w+$|\.db(?:-\w+)?$|~$/
/** Editors write a file in several steps; changes within this time belong together. */
const QUIET_MS = 120
/** A gateway drains for up to 5 s when asked to stop. */
const STOP_MS = 6_000

const say = (line) => console.log(`dev: ${line}`)
const runNode = (args, env) => spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } })

let server = null
let isClosing = false

async function build() {
  const [code] = await once(runNode(['e2e/tools/ensure-build.mjs', '--no-types']), 'exit')
  return code === 0
}

function start() {
  const child = runNode(['demo/dist/start.js'], { PARLEY_DEV: '1' })
  server = child
  child.on('exit', (code, signal) => {
    if (server !== child) return
    server = null
    say(`the demo ended with ${signal ?? `code ${code}`}; it starts again after the next change`)
  })
}

async function stop() {
  const child = server
  if (!child) return
  server = null
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited
  clearTimeout(timer)
}

async function rebuild(changed) {
  const [first, ...others] = [...changed]
  say(`${first}${others.length > 0 ? ` and ${others.length} more` : ''} changed`)
  if (!(await build())) return say('not restarted: the build failed')
  await stop()
  if (!isClosing) start()
}

/** Collects changes until it is quiet, then rebuilds; what changes meanwhile is for the next round. */
function watchSources() {
  const changed = new Set()
  let timer = null
  let isBusy = false
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(run, QUIET_MS)
  }
  const run = async () => {
    if (isBusy || changed.size === 0) return
    isBusy = true
    const names = [...changed].sort()
    changed.clear()
    try {
      await rebuild(names)
    } finally {
      isBusy = false
      if (changed.size > 0) soon()
    }
  }
  const note = (name) => {
    if (LEFT_OUT.test(name)) return
    changed.add(name)
    soon()
  }
  return WATCHED.map((folder) => watch(join(ROOT, folder), { recursive: true }, (_, name) => note(join(folder, name ?? ''))))
}

async function main() {
  const watchers = watchSources()
  const close = async () => {
    if (isClosing) return
    isClosing = true
    for (const watcher of watchers) watcher.close()
    await stop()
    process.exit(0)
  }
  process.on('SIGINT', close)
  process.on('SIGTERM', close)
  if (await build()) start()
  else say('the build failed; it is tried again after the next change')
  say(`watching ${WATCHED.join(' and ')}; Ctrl+C ends`)
}

await main()
