import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Print } from './check-connector.js'
import { fromTemplate, type TextFile } from './from-template.js'
import { readName } from './names.js'
import { filesIn } from './read-folder.js'
import { namesIn, withConnector } from './registry-text.js'

export type Target =
  /** Beside the others, and into the registry. */
  | { readonly kind: 'inside'; readonly name: string }
  /** A folder of its own, anywhere. */
  | { readonly kind: 'outside'; readonly folder: string }

/**
 * Copies the template under a new name.
 * @param connectors where the repository's own stand
 * @returns the exit code: 0 done, 2 nothing was changed
 */
export function newConnector(target: Target, connectors: string, print: Print): number {
  const names = readName(target.kind === 'inside' ? target.name : basename(target.folder))
  if (typeof names === 'string') return refuse(print, names)
  const registry = join(connectors, 'registry.ts')
  const before = readFileSync(registry, 'utf8')
  const folder = target.kind === 'inside' ? join(connectors, names.kebab) : target.folder
  if (existsSync(folder)) return refuse(print, `Found ${folder} already there; wanted the name of a connector that is new.`)
  if (target.kind === 'inside' && namesIn(before).includes(names.kebab))
    return refuse(print, `Found "${names.kebab}" in the registry already; wanted a name that is new.`)
  const registered = target.kind === 'inside' ? withConnector(before, names) : null
  const files = fromTemplate(filesIn(join(connectors, 'template')), names, target.kind === 'outside')
  writeAll(folder, files)
  if (registered !== null) writeFileSync(registry, registered)
  print(`${folder}: ${files.map(({ path }) => path).join(', ')}`)
  if (registered !== null) print(`${registry}: "${names.kebab}" is known to configurations`)
  print('')
  print('Next: write types.ts from their documentation, put recorded bodies into fixtures/, and follow what the tests say:')
  print(`  npm run connector -- check ${folder}`)
  return 0
}

function refuse(print: Print, sentence: string): number {
  print(sentence)
  return 2
}

function writeAll(folder: string, files: readonly TextFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
