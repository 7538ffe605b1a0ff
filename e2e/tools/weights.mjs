import { gzipSync } from 'node:zlib'
import { parseAst } from 'rollup/parseAst'

/** What a page downloads for a start file: the file itself and all that it imports statically, over and over. */

/** Bytes on the wire: gzip at its default level 6, which is what servers that compress on the fly use. */
export const gzipBytes = (text) => gzipSync(text, { level: 6 }).length

/** The relative imports of a module, split by when they are fetched. */
export function importsOf(code) {
  const now = new Set()
  const later = new Set()
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return
    if (Array.isArray(node)) return node.forEach(visit)
    const source = node.source?.type === 'Literal' ? node.source.value : null
    if (source?.startsWith('.')) (node.type === 'ImportExpression' ? later : now).add(source)
    for (const [key, value] of Object.entries(node)) if (key !== 'type') visit(value)
  }
  visit(parseAst(code))
  return { now: [...now], later: [...later] }
}

/**
 * Walks the static imports from some start files.
 * @param read text of a file, or `null`
 * @param resolve `(specifier, importer) => path`
 * @returns `{ loaded: [path], later: [path], missing: [path] }`; `later` is fetched only on demand
 */
export function closure(starts, read, resolve) {
  const loaded = new Set()
  const later = new Set()
  const missing = new Set()
  const visit = (path) => {
    if (loaded.has(path)) return
    const code = read(path)
    if (code === null) return void missing.add(path)
    loaded.add(path)
    const imports = importsOf(code)
    for (const specifier of imports.later) later.add(resolve(specifier, path))
    for (const specifier of imports.now) visit(resolve(specifier, path))
  }
  starts.forEach(visit)
  return { loaded: [...loaded], later: [...later].filter((path) => !loaded.has(path)), missing: [...missing] }
}

/** @returns the reason why a budget is not held, or `null` */
export function whyOver(budget, usedBytes, missing) {
  if (missing.length > 0) return `missing: ${missing.join(', ')}`
  return usedBytes > budget.holdBytes ? `${usedBytes - budget.holdBytes} bytes over` : null
}
