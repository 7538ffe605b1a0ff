/** Checks with publint that each package can be used as its package.json promises: files are there, types and formats are right. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const PACKAGES = fileURLToPath(new URL('../../packages', import.meta.url))
/** The condition by which this repository finds its own sources. Nobody else sets it, so the sources are not published. */
const OWN_CONDITION = '@parley/source'

async function faultsOf(name) {
  const folder = join(PACKAGES, name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { messages } = await publint({ pkgDir: folder, pack: false, level: 'warning' })
  const faults = messages.filter((message) => !message.path.includes(OWN_CONDITION))
  return faults.map((message) => `${manifest.name}: ${formatMessage(message, manifest, { color: false })}`)
}

const names = readdirSync(PACKAGES)
const faults = (await Promise.all(names.map(faultsOf))).flat()
for (const fault of faults) console.error(fault)
console.log(`${names.length} packages, ${faults.length} faults`)
process.exitCode = faults.length === 0 && names.length > 0 ? 0 : 1
