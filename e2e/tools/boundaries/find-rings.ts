import { posix } from 'node:path'
import type { SourceFile } from './source-file.js'

/**
 * Rings of files that import one another, types included: who reads one of them has to read all.
 * Depth first; a file met again while it is still being walked closes a ring. Each ring is given
 * once, with its first file repeated at the end.
 */
export function findRings(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const rings: string[][] = []
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at !== -1) return void rings.push([...trail.slice(at), path])
    if (done.has(path)) return
    for (const wanted of byPath.get(path)?.imports ?? []) {
      const target = fileOf(path, wanted.specifier, byPath)
      if (target) walk(target, [...trail, path])
    }
    done.add(path)
  }
  for (const file of files) walk(file.path, [])
  return rings
}

/** `./x.js` is `x.ts` or `x.tsx`; `./x.mjs` is itself. */
function fileOf(from: string, specifier: string, known: ReadonlyMap<string, unknown>): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const target = posix.join(posix.dirname(from), specifier)
  return [target, target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx'), target.replace(/\.mjs$/, '.mts')].find((path) => known.has(path))
}
