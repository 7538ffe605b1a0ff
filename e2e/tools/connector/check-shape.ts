import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { readSource } from '../boundaries/read-source.js'
import { CONTRACT_VALUES, SHARED_BY_CONNECTORS } from '../boundaries/rules.js'
import type { Import } from '../boundaries/source-file.js'
import type { TextFile } from './from-template.js'

/** A connector's folder, and what it may lean on. */
export type Folder = {
  readonly name: string
  /** One of the repository's, beside the others. */
  readonly isInside: boolean
  readonly files: readonly TextFile[]
  /** Npm packages that whoever installs it gets. */
  readonly dependencies: readonly string[]
}
export type ShapeCheck = { readonly what: string; readonly faults: readonly string[] }

/** What a folder must hold before its contract is worth running, as sentences with the faults of each. */
export function checkShape(folder: Folder): readonly ShapeCheck[] {
  return [
    { what: 'the files are there', faults: fileFaults(folder) },
    { what: 'the README says how to set it up, what is mapped, and what is lost or limited', faults: readmeFaults(folder) },
    { what: 'imports stay within what a connector may know', faults: folder.files.flatMap((file) => importFaults(folder, file)) },
    { what: 'time, chance and the network come from the port', faults: folder.files.flatMap(globalFaults) },
    { what: 'fixtures are JSON, and each is read by a test', faults: fixtureFaults(folder) }
  ]
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.startsWith('fixtures/')
const isCode = (path: string): boolean => /\.tsx?$/.test(path)
const textOf = ({ files }: Folder, path: string): string | undefined => files.find((file) => file.path === path)?.text

const WANTED: Readonly<Record<string, string>> = {
  'index.ts': 'which wires the parts and is all that others import',
  'README.md': 'which says what is mapped, what is lost and which limits there are',
  'index.test.ts': 'which runs connectorContract'
}

function fileFaults(folder: Folder): readonly string[] {
  const missing = Object.entries(WANTED).flatMap(([path, why]) => (textOf(folder, path) === undefined ? [`${path} is missing, ${why}`] : []))
  const tests = folder.files.filter(({ path }) => /\.test\.tsx?$/.test(path))
  const hasContract = tests.some(({ text }) => /\bconnectorContract\(/.test(text))
  return hasContract || missing.some((line) => line.startsWith('index.test.ts'))
    ? missing
    : [...missing, 'no test calls connectorContract of @parley/engine/contracts']
}

const SECTIONS: Readonly<Record<string, RegExp>> = {
  // An example that can be copied says it, too.
  'how it is set up, "## Configuration" for example': /configur|set(?:ting)? it up|settings|script/i,
  'what is mapped, "## What is mapped" for example': /mapped|goes out|comes in|gets|answers|callback|understands/i,
  'what is lost or limited, "## What is lost" or "## Limits" for example': /lost|limit|not do|cannot/i
}

function readmeFaults(folder: Folder): readonly string[] {
  const readme = textOf(folder, 'README.md')
  if (readme === undefined) return []
  const headings = [...readme.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => heading)
  const missing = Object.entries(SECTIONS).flatMap(([section, pattern]) =>
    headings.some((heading) => pattern.test(heading)) || (section.startsWith('how') && readme.includes('```')) ? [] : [`README.md has no section on ${section}`]
  )
  return missing
}

function importFaults(folder: Folder, { path, text }: TextFile): readonly string[] {
  if (!isCode(path)) return []
  return readSource(path, text).imports.flatMap((wanted) => {
    const fault = importFault(folder, path, wanted)
    return fault === null ? [] : [`${path} imports ${wanted.specifier}: ${fault}`]
  })
}

const FOR_TESTS = new Set(['vitest', 'fast-check', '@parley/engine/contracts'])
/** Values that packages of ours have for connectors. */
const MAY_KNOW = new Set(['@parley/engine', '@parley/protocol', '@parley/protocol/schemas'])

function importFault(folder: Folder, path: string, { specifier, isType, names, isWhole }: Import): string | null {
  if (specifier.startsWith('.')) return relativeFault(folder, path, specifier)
  if (isBuiltin(specifier)) return null
  if (FOR_TESTS.has(specifier)) return isTest(path) ? null : 'only tests may'
  if (specifier === '@parley/connectors') return folder.isInside ? 'inside the package imports are relative' : null
  if (MAY_KNOW.has(specifier)) {
    const isContract = specifier !== '@parley/engine' || isType || (!isWhole && names.every((name) => CONTRACT_VALUES.includes(name)))
    return isContract || isTest(path) ? null : 'of the engine, connectors know the contract only'
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (specifier.startsWith('@parley/')) return 'connectors know the engine and the protocol only'
  return isTest(path) || folder.dependencies.includes(name) ? null : `no dependency of the package; there are ${folder.dependencies.join(', ') || 'none'}`
}

function relativeFault({ isInside, name }: Folder, path: string, specifier: string): string | null {
  const target = posix.join(posix.dirname(path), specifier)
  if (!target.startsWith('../')) return null
  if (!isInside) return 'it leads out of the folder; what stands beside connectors comes from @parley/connectors'
  const [, first = '', ...rest] = target.split('/')
  if (first === '..') return 'it leads out of the package'
  return rest.length === 0 || SHARED_BY_CONNECTORS[first]?.includes(name) ? null : 'connectors do not import one another'
}

/** What the port has in a form that tests can push. */
const FROM_PORT: Readonly<Record<string, string>> = {
  fetch: 'port.fetch, which is guarded against forbidden addresses',
  XMLHttpRequest: 'port.fetch, which is guarded against forbidden addresses',
  setTimeout: 'port.clock.setTimer',
  setInterval: 'port.clock.setTimer',
  setImmediate: 'port.clock.defer',
  performance: 'port.clock.now()',
  'Date.now': 'port.clock.now()',
  'Date()': 'port.clock.now()',
  'Math.random': 'port.randomId()',
  console: 'port.log',
  process: 'the configuration, where "env:NAME" stands for a variable'
}

function globalFaults({ path, text }: TextFile): readonly string[] {
  if (!isCode(path) || isTest(path)) return []
  return readSource(path, text).globals.flatMap((name) => (Object.hasOwn(FROM_PORT, name) ? [`${path} uses ${name}; wanted ${FROM_PORT[name]}`] : []))
}

function fixtureFaults(folder: Folder): readonly string[] {
  const fixtures = folder.files.filter(({ path }) => /^fixtures\/.+\.json$/.test(path))
  const tests = folder.files.filter(({ path }) => isTest(path) && isCode(path)).map(({ text }) => text)
  const isRead = (path: string): boolean => tests.some((text) => text.includes(posix.basename(path)) || text.includes(`'${posix.basename(path, '.json')}'`))
  const none =
    folder.files.some(({ path }) => path === 'inbound.ts') && fixtures.length === 0
      ? ['inbound.ts reads what is theirs, and fixtures/ has no recorded body of it']
      : []
  return [...none, ...fixtures.flatMap(({ path, text }) => jsonFault(path, text) ?? (isRead(path) ? [] : [`${path} is read by no test`]))]
}

function jsonFault(path: string, text: string): readonly string[] | null {
  try {
    JSON.parse(text)
    return null
  } catch (thrown) {
    return [`${path} is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`]
  }
}
