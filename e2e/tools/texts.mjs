/** Looks through every text file of the repository; see `text-faults.mjs`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { textFaults } from './text-faults.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.parley', '.cache', 'test-results', 'playwright-report'])
const TEXT = /\.(?:[cm]?[jt]s|[jt]sx|json|md|html|css|ya?ml|txt|svg)$|(?:^|\/)(?:LICENSE|run|\.[\w.]+)$/
const BIGGEST_BYTES = 1_000_000

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : []
  })
}

const paths = filesIn(ROOT)
  .map((file) => relative(ROOT, file).split(sep).join('/'))
  .filter((path) => TEXT.test(path))
const faults = paths.flatMap((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return text.length > BIGGEST_BYTES ? [`${path}: more than ${BIGGEST_BYTES} bytes`] : textFaults(path, text)
})
for (const fault of faults) console.error(fault)
console.log(`${paths.length} files, ${faults.length} faults`)
process.exitCode = faults.length === 0 && paths.length > 0 ? 0 : 1
