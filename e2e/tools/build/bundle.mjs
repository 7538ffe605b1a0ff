import { existsSync, readdirSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { rollup } from 'rollup'

/** Runs rollup for one bundle and tells what went in and what came out, as paths below `root`. */
export async function runBundle(root, options) {
  const below = (path) => relative(root, path).split(sep).join('/')
  const modules = new Set()
  const watchModules = {
    name: 'watch-modules',
    buildEnd() {
      for (const id of this.getModuleIds()) modules.add(id)
    }
  }
  const build = await rollup({ ...options, plugins: [...options.plugins, watchModules] })
  const { output } = await build.write(options.output)
  await build.close()
  const outputs = output.map((file) => ({ path: below(join(options.output.dir, file.fileName)), bytes: Buffer.byteLength(file.code ?? file.source) }))
  return {
    inputs: [...modules]
      .filter((id) => isAbsolute(id) && existsSync(id))
      .map(below)
      .sort(),
    outputs
  }
}

/** Removes what the last build wrote and this one did not. */
export async function removeOld(root, before, after) {
  for (const path of before) if (!after.includes(path)) await rm(join(root, path), { force: true })
}

export const makeExecutable = (path) => chmod(path, 0o755)

/** All TypeScript sources in a folder except tests, as paths below `root`. */
export function sourcesIn(root, folder) {
  if (!existsSync(join(root, folder))) return []
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')).sort()
}
