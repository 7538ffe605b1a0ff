import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { reasonOf } from '@parley/engine'
import { StartFault } from './start-fault.js'

const DEFAULT_NAMES = ['parley.config.js', 'parley.config.mjs', 'parley.config.json']

/** Which of the default names is there; `undefined` when none is. */
export const findConfigFile = (folder: string): string | undefined => DEFAULT_NAMES.find((name) => existsSync(resolve(folder, name)))

/**
 * What stands in the configuration file: JSON, or the default export of a module.
 * @param path as given by `--config`; without it the first of the default names that is there
 * @throws StartFault in one line
 */
export async function loadConfigFile(path: string | undefined, folder: string): Promise<unknown> {
  const found = path ?? findConfigFile(folder)
  if (found === undefined) throw new StartFault(`--config: found nothing, nor ${DEFAULT_NAMES.join(', ')} in ${folder}; wanted is the path of a configuration`)
  const file = resolve(folder, found)
  if (!existsSync(file)) throw new StartFault(`--config: found "${found}", which is not there; wanted is the path of a configuration`)
  return file.endsWith('.json') ? readJson(file, found) : readModule(file, found)
}

function readJson(file: string, name: string): unknown {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch (thrown) {
    // The parser's own words quote the file, and a secret may stand there.
    const position = /position (\d+)/.exec(reasonOf(thrown))?.[1]
    const place = position === undefined ? '' : ` (line ${text.slice(0, Number(position)).split('\n').length})`
    throw new StartFault(`--config: found "${name}", which is not JSON${place}; wanted is JSON without comments, or a .js file`)
  }
}

async function readModule(file: string, name: string): Promise<unknown> {
  const loaded = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw new StartFault(`--config: found "${name}", which does not load (${reasonOf(cause).split('\n')[0]}); wanted is a module with a default export`, {
      cause
    })
  })) as { default?: unknown }
  if (loaded.default === undefined) throw new StartFault(`--config: found "${name}" without a default export; wanted is "export default { … }"`)
  return loaded.default
}
