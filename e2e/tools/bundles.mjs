/** Looks through everything that is built for pages; see `bundle-faults.mjs`. Fails when a fault or no bundle is found. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUNDLES } from '../../rollup.config.js'
import { bundleFaults } from './bundle-faults.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOR_PAGES = new Set(['page', 'assets', 'script'])

function filesOf({ kind, to, input }) {
  if (kind !== 'assets') return Object.keys(input).map((name) => `${to}/${name}.js`)
  const names = existsSync(join(ROOT, to)) ? readdirSync(join(ROOT, to)) : []
  return names.filter((name) => name.endsWith('.js')).map((name) => `${to}/${name}`)
}

function faultsOf(path) {
  if (!existsSync(join(ROOT, path))) return [`${path}: missing`]
  return bundleFaults(readFileSync(join(ROOT, path), 'utf8')).map((fault) => `${path}: ${fault}`)
}

const bundles = BUNDLES.filter((bundle) => FOR_PAGES.has(bundle.kind))
const files = bundles.flatMap(filesOf)
const empty = bundles.filter((bundle) => filesOf(bundle).length === 0).map((bundle) => `${bundle.name}: nothing built`)
const faults = [...empty, ...files.flatMap(faultsOf)]
for (const fault of faults) console.error(fault)
console.log(`${files.length} files for pages, ${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
