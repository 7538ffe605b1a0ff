/**
 * Holds the size budgets of the root package.json, key "sizes": gzip bytes of some start files and
 * all that they import statically. `assets/manifest.json` stands for the newest release's entry.
 * 1 kB is 1,024 bytes. Fails when a budget is exceeded or a file is missing.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newestEntry } from './build/releases.mjs'
import { closure, gzipBytes, whyOver } from './weights.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path) => (existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : null)
const resolve = (specifier, importer) => join(dirname(importer), specifier)
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(2)} kB`.padStart(10)
const weigh = (paths) => paths.reduce((sum, path) => sum + gzipBytes(read(path)), 0)

/** A start file as the budget names it; without a build there is no entry to name. */
function startOf(path) {
  if (!path.endsWith('/manifest.json') || !existsSync(join(ROOT, path))) return path
  return join(dirname(path), newestEntry(join(ROOT, dirname(path))))
}

function check(budget) {
  const { loaded, later, missing } = closure(budget.files.map(startOf), read, resolve)
  const usedBytes = weigh(loaded)
  const over = whyOver(budget, usedBytes, missing)
  console.log(`${budget.name.padEnd(16)}${kilobytes(budget.holdBytes)}${kilobytes(usedBytes)}  ${over ?? 'held'}`)
  for (const path of loaded) console.log(`  ${kilobytes(weigh([path]))}  ${path}`)
  for (const path of later.filter(existsBelowRoot)) console.log(`  ${kilobytes(weigh([path]))}  ${path} (later, not counted)`)
  return over === null
}

const existsBelowRoot = (path) => read(path) !== null

const budgets = JSON.parse(read('package.json')).sizes ?? []
if (budgets.length === 0) throw new Error('package.json has no "sizes": there is nothing to hold')
console.log(`${'gzip'.padEnd(16)}${'hold'.padStart(10)}${'used'.padStart(10)}`)
const held = budgets.map(check)
process.exitCode = held.every(Boolean) ? 0 : 1
