import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Folder } from './check-shape.js'
import type { TextFile } from './from-template.js'

const LEFT_OUT = /(?:^|\/)(?:node_modules|dist|\.[^/]+)(?:\/|$)/

/** All text of a folder, by path below it. */
export function filesIn(folder: string): readonly TextFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')).filter((path) => !LEFT_OUT.test(path))
  return paths.sort().map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
}

/** @param connectors where the repository's own stand @returns in one sentence why this is no connector's folder */
export function readFolder(folder: string, connectors: string): Folder | string {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    return `Found no folder ${folder}; wanted that of a connector, packages/connectors/src/webhook for example.`
  return { name: basename(folder), isInside: dirname(folder) === connectors, files: filesIn(folder), dependencies: dependenciesOf(folder) }
}

/** Of the package.json that is nearest. */
function dependenciesOf(folder: string): readonly string[] {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { readonly dependencies?: Readonly<Record<string, string>> }
    return Object.keys(dependencies).filter((name) => !name.startsWith('@parley/'))
  }
  // Without one, it has what connectors have.
  return dirname(folder) === folder ? ['valibot'] : dependenciesOf(dirname(folder))
}
