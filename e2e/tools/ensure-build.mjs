/**
 * Builds what is stale, and only that, with one line per bundle.
 * Usage: node e2e/tools/ensure-build.mjs [--force] [--no-types] [--only name,name]
 * `--force` builds all; `--no-types` leaves the .d.ts files out, which nothing needs to run.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BUNDLES, rollupOptions, typesOptions } from '../../rollup.config.js'
import { makeExecutable, removeOld, runBundle, sourcesIn } from './build/bundle.mjs'
import { digest, fileDigests, makeStamp, openStamps, whyStale } from './build/stamp.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TOOLS = ['rollup.config.js', 'tsconfig.json', 'package-lock.json', 'bundle', 'engine-io', 'releases', 'typescript-once'].map((name) =>
  name.includes('.') ? name : `e2e/tools/build/${name}.mjs`
)

const { values: flags } = parseArgs({ options: { force: { type: 'boolean' }, 'no-types': { type: 'boolean' }, only: { type: 'string' } } })
const digestOf = fileDigests(ROOT)
const tools = digest(TOOLS.map(digestOf).join())
const stamps = openStamps(join(ROOT, 'node_modules/.cache/parley/build.json'))

function chosenBundles() {
  if (flags.only === undefined) return BUNDLES
  const names = flags.only.split(',')
  const unknown = names.find((name) => !BUNDLES.some((bundle) => bundle.name === name))
  if (unknown) throw new Error(`--only: there is no bundle ${unknown}; there are ${BUNDLES.map((bundle) => bundle.name).join(', ')}`)
  return BUNDLES.filter((bundle) => names.includes(bundle.name))
}

function jobs() {
  const bundles = chosenBundles()
  const code = bundles.map((bundle) => ({
    name: bundle.name,
    options: () => rollupOptions(bundle),
    reads: bundle.reads ?? [],
    executable: bundle.executable && `${bundle.to}/${bundle.executable}.js`,
    keepsOld: bundle.kind === 'assets'
  }))
  const libraries = bundles.filter((bundle) => bundle.kind === 'library')
  if (flags['no-types'] || libraries.length === 0) return code
  // What a declaration says may come from any file of the package, so all of them count.
  const reads = libraries.flatMap((bundle) => sourcesIn(ROOT, bundle.from))
  return [...code, { name: flags.only === undefined ? 'types' : `types of ${flags.only}`, options: () => typesOptions(bundles), reads, keepsOld: false }]
}

async function build(job) {
  const before = stamps.get(job.name)
  const { inputs, outputs } = await runBundle(ROOT, job.options())
  const written = outputs.map((output) => output.path)
  if (!job.keepsOld) await removeOld(ROOT, before?.outputs ?? [], written)
  if (job.executable) await makeExecutable(join(ROOT, job.executable))
  stamps.set(job.name, makeStamp(tools, [...new Set([...inputs, ...job.reads])], written, digestOf))
  return outputs.reduce((sum, output) => sum + output.bytes, 0)
}

async function main() {
  const all = jobs()
  for (const [index, job] of all.entries()) {
    const place = `[${String(index + 1).padStart(2)}/${all.length}] ${job.name.padEnd(14)}`
    const reason = flags.force ? 'asked for' : whyStale(stamps.get(job.name), tools, digestOf)
    if (reason === null) {
      console.log(`${place} fresh`)
      continue
    }
    const startedAt = performance.now()
    const bytes = await build(job).catch((cause) => Promise.reject(new Error(`bundle ${job.name} failed`, { cause })))
    console.log(`${place} built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, ${(bytes / 1024).toFixed(1)} kB (${reason})`)
  }
}

main().catch((error) => {
  const { cause } = error
  console.error(cause ? `${error.message}: ${cause.message}` : error.message)
  if (cause?.loc?.file) console.error(`  at ${cause.loc.file}:${cause.loc.line}:${cause.loc.column}`)
  if (cause?.frame) console.error(cause.frame)
  // A build that was broken off leaves TypeScript's file watchers open, which would keep this process alive.
  process.exit(1)
})
