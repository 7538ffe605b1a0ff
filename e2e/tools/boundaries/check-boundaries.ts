import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { findRings } from './find-rings.js'
import { CONTRACT_VALUES, isForTests, MAY_IMPORT, PAGE_CONNECTORS, SHARED_BY_CONNECTORS, WITH_IO, WITHOUT_IO, WITHOUT_NODE } from './rules.js'
import type { Fault, Import, SourceFile } from './source-file.js'

/**
 * Holds the rules of `rules.ts` against files. The idea: every import is either of a file (relative),
 * of a package of ours, or of something else, and each kind has its few rules.
 */
export function checkBoundaries(files: readonly SourceFile[]): readonly Fault[] {
  const faults = files.flatMap((file) => [...file.imports.flatMap((wanted) => importFaults(file.path, wanted)), ...globalFaults(file)])
  return [...faults, ...findRings(files).map((ring) => ({ path: ring[0] ?? '', rule: 'no rings of files', found: ring.join(' → ') }))]
}

/** The tests drive the demo and its stand-ins, and the tools read the table of bundles. */
const E2E_REACHES: readonly string[] = ['demo', 'rollup.config.js']

/** `packages/sdk`, or the top folder: `demo`, `e2e`. */
const homeOf = (path: string): string => path.split('/', path.startsWith('packages/') ? 2 : 1).join('/')
const packageName = (path: string): string | null => /^packages\/([^/]+)\//.exec(path)?.[1] ?? null
const connectorName = (path: string): string | null => /^packages\/connectors\/src\/([^/]+)\//.exec(path)?.[1] ?? null

function importFaults(path: string, wanted: Import): readonly Fault[] {
  const complain = (rule: string): Fault => ({ path, rule, found: wanted.specifier })
  // The simulation looks into every part, by any way.
  if (path.startsWith('e2e/simulation/')) return []
  if (wanted.specifier.startsWith('.')) return relativeFaults(path, wanted).map(complain)
  if (wanted.specifier.startsWith('@parley/')) return packageFaults(path, wanted).map(complain)
  return isBuiltin(wanted.specifier) ? nodeFaults(path).map(complain) : []
}

function relativeFaults(path: string, wanted: Import): readonly string[] {
  const target = posix.join(posix.dirname(path), wanted.specifier)
  const [from, to] = [homeOf(path), homeOf(target)]
  if (from !== to && !(from === 'e2e' && E2E_REACHES.includes(to))) return ['a relative import stays in its package']
  const [connector, other] = [connectorName(path), connectorName(target)]
  if (!connector || !other || connector === other) return []
  return SHARED_BY_CONNECTORS[other]?.includes(connector) ? [] : ['connectors do not import one another']
}

function packageFaults(path: string, wanted: Import): readonly string[] {
  const [, to = '', ...rest] = wanted.specifier.split('/')
  const from = packageName(path)
  const deep = rest.length > 1 || rest[0] === 'src' || rest[0] === 'dist' ? ['packages are imported by public name'] : []
  if (from === null) return deep
  // A package that imports itself by name would get its own built copy.
  if (from === to) return [...deep, 'inside a package imports are relative']
  if (!MAY_IMPORT[from]?.includes(to)) return [...deep, `${from} does not import ${to}`]
  return from === 'connectors' && to === 'engine' && !isForTests(path) ? [...deep, ...contractFaults(wanted)] : deep
}

function contractFaults(wanted: Import): readonly string[] {
  if (wanted.isType || wanted.specifier === '@parley/engine/contracts') return []
  const isContract = !wanted.isWhole && wanted.names.every((name) => CONTRACT_VALUES.includes(name))
  return isContract ? [] : ['of the engine, connectors know the contract only']
}

function nodeFaults(path: string): readonly string[] {
  if (isForTests(path)) return []
  const name = packageName(path)
  const connector = connectorName(path)
  const isForPages = name !== null && (WITHOUT_NODE.includes(name) || (connector !== null && mayRunInPage(connector)))
  return isForPages ? ['what may run in a page imports nothing of Node'] : []
}

const mayRunInPage = (connector: string): boolean => PAGE_CONNECTORS.includes(connector) || Object.hasOwn(SHARED_BY_CONNECTORS, connector)

function globalFaults(file: SourceFile): readonly Fault[] {
  const name = packageName(file.path)
  if (name === null || !WITHOUT_IO.includes(name) || WITH_IO.includes(file.path) || isForTests(file.path)) return []
  return file.globals.map((found) => ({ path: file.path, rule: 'no time, chance or I/O of its own', found }))
}
