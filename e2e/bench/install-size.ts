import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Manifest = {
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
export type InstallSize = { readonly bytes: number; readonly packages: number; readonly largest: readonly { readonly name: string; readonly bytes: number }[] }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What `npm install` of this package brings on this platform: it and all that it needs, as they stand in `node_modules`. */
export function installBytes(name: string): InstallSize {
  const found = new Map<string, { readonly name: string; readonly bytes: number }>()
  collect(name, ROOT, found)
  const sizes = [...found.values()].sort((a, b) => b.bytes - a.bytes)
  return { bytes: sizes.reduce((sum, one) => sum + one.bytes, 0), packages: sizes.length, largest: sizes.slice(0, 3) }
}

function collect(name: string, from: string, found: Map<string, { readonly name: string; readonly bytes: number }>): void {
  const folder = findPackage(name, from)
  // What is optional is not there on other platforms.
  if (folder === null || found.has(folder)) return
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  found.set(folder, { name, bytes: publishedBytes(folder, manifest) })
  for (const needed of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) collect(needed, folder, found)
}

function findPackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(candidate)) return realpathSync(candidate)
    if (dirname(folder) === folder) return null
  }
}

/** Our own packages stand here with their sources, of which only `files` are published; the others are as they came. */
function publishedBytes(folder: string, { files }: Manifest): number {
  if (folder.includes(`${join('/', 'node_modules')}/`)) return bytesIn(folder)
  return ['package.json', ...(files ?? [])].reduce((sum, file) => sum + bytesIn(join(folder, file)), 0)
}

function bytesIn(path: string): number {
  if (!existsSync(path)) return 0
  const status = lstatSync(path)
  if (!status.isDirectory()) return status.size
  // Packages inside are counted when they are asked for.
  return readdirSync(path).reduce((sum, entry) => (entry === 'node_modules' ? sum : sum + bytesIn(join(path, entry))), 0)
}
