import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkBoundaries } from './tools/boundaries/check-boundaries.js'
import { readSource } from './tools/boundaries/read-source.js'
import { MAY_IMPORT } from './tools/boundaries/rules.js'
import type { SourceFile } from './tools/boundaries/source-file.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LEFT_OUT = /(?:^|\/)(?:node_modules|dist|test-results)(?:\/|$)/

function sourcesBelow(folder: string): readonly SourceFile[] {
  if (!existsSync(join(ROOT, folder))) return []
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return paths
    .filter((path) => /\.(?:tsx?|mjs|js)$/.test(path) && !path.endsWith('.d.mts') && !LEFT_OUT.test(path))
    .map((path) => readSource(path, readFileSync(join(ROOT, path), 'utf8')))
}

describe('the repository', () => {
  const files = [...sourcesBelow('packages'), ...sourcesBelow('demo'), ...sourcesBelow('e2e')]

  test('holds who may import whom', () => {
    expect(checkBoundaries(files).map((fault) => `${fault.path}: ${fault.rule}: ${fault.found}`)).toEqual([])
  })

  test('was really read: the seam between the parts is found', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(files.filter((file) => file.imports.some((wanted) => wanted.specifier === '@parley/protocol')).length).toBeGreaterThan(0)
  })

  test('has a row of rules for each package', () => {
    expect(readdirSync(join(ROOT, 'packages')).filter((name) => MAY_IMPORT[name] === undefined)).toEqual([])
  })
})

/** What the checker says of made-up files: path → text. */
function faultsOf(made: Readonly<Record<string, string>>): readonly string[] {
  return checkBoundaries(Object.entries(made).map(([path, text]) => readSource(path, text))).map((fault) => `${fault.rule}: ${fault.found}`)
}

describe('the checker finds', () => {
  test.each([
    ['packages/protocol/src/a.ts', "import { x } from '@parley/engine'", 'protocol does not import engine: @parley/engine'],
    ['packages/sdk/src/a.ts', "import type { X } from '@parley/engine'", 'sdk does not import engine: @parley/engine'],
    ['packages/sdk/src/a.test.ts', "import { x } from '@parley/widget'", 'sdk does not import widget: @parley/widget'],
    ['packages/engine/src/a.ts', "export { x } from '@parley/gateway'", 'engine does not import gateway: @parley/gateway'],
    ['packages/widget/src/a.tsx', "const x = await import('@parley/engine')", 'widget does not import engine: @parley/engine'],
    ['packages/unknown/src/a.ts', "import '@parley/protocol'", 'unknown does not import protocol: @parley/protocol'],
    ['packages/gateway/src/a.ts', "import { x } from '@parley/gateway'", 'inside a package imports are relative: @parley/gateway'],
    ['packages/connectors/src/oih/a.ts', "import { createEngine } from '@parley/engine'", 'of the engine, connectors know the contract only: @parley/engine'],
    ['packages/connectors/src/oih/a.ts', "import * as engine from '@parley/engine'", 'of the engine, connectors know the contract only: @parley/engine'],
    ['packages/connectors/src/oih/a.ts', "import { x } from '../script/x.js'", 'connectors do not import one another: ../script/x.js'],
    ['packages/connectors/src/oih/a.ts', "import { x } from '../dms/x.js'", 'connectors do not import one another: ../dms/x.js'],
    ['packages/connectors/src/dms/a.ts', "import { x } from '../lch/x.js'", 'connectors do not import one another: ../lch/x.js'],
    ['packages/connectors/src/dms/a.ts', "import { x } from 'node:crypto'", 'what may run in a page imports nothing of Node: node:crypto'],
    ['packages/sdk/src/a.ts', "import { x } from '../../protocol/src/x.js'", 'a relative import stays in its package: ../../protocol/src/x.js'],
    ['packages/gateway/src/a.test.ts', "import { x } from '../../../demo/x.js'", 'a relative import stays in its package: ../../../demo/x.js'],
    ['demo/start.ts', "import { x } from '../packages/gateway/src/x.js'", 'a relative import stays in its package: ../packages/gateway/src/x.js'],
    ['demo/start.ts', "import { x } from '@parley/gateway/dist/http.js'", 'packages are imported by public name: @parley/gateway/dist/http.js'],
    ['e2e/fixtures.ts', "import { x } from '@parley/gateway/src'", 'packages are imported by public name: @parley/gateway/src'],
    ['packages/sdk/src/a.ts', "import { join } from 'node:path'", 'what may run in a page imports nothing of Node: node:path'],
    ['packages/engine/src/a.ts', "import fs from 'fs'", 'what may run in a page imports nothing of Node: fs'],
    ['packages/connectors/src/script/a.ts', "import { x } from 'node:crypto'", 'what may run in a page imports nothing of Node: node:crypto'],
    ['packages/engine/src/a.ts', 'export const now = () => Date.now()', 'no time, chance or I/O of its own: Date.now'],
    ['packages/engine/src/a.ts', 'export const at = () => new Date().toISOString()', 'no time, chance or I/O of its own: Date()'],
    ['packages/engine/src/in-page/a.ts', 'export const now = () => Date.now()', 'no time, chance or I/O of its own: Date.now'],
    ['packages/protocol/src/a.ts', 'export const id = () => Math.random()', 'no time, chance or I/O of its own: Math.random'],
    ['packages/protocol/src/a.ts', 'setTimeout(() => undefined, 1)', 'no time, chance or I/O of its own: setTimeout'],
    ['packages/protocol/src/a.ts', "globalThis.fetch('/')", 'no time, chance or I/O of its own: globalThis'],
    ['packages/engine/src/a.ts', 'export const host = { fetch }', 'no time, chance or I/O of its own: fetch'],
    ['packages/engine/src/a.ts', 'export const log = (text: string) => console.log(text)', 'no time, chance or I/O of its own: console']
  ])('%s: %s', (path, text, fault) => {
    expect(faultsOf({ [path]: text })).toEqual([fault])
  })

  test('a ring of files, also one of types, and names it once', () => {
    const ring = {
      'packages/sdk/src/a.ts': "import type { B } from './b.js'",
      'packages/sdk/src/b.ts': "export * from './c.js'",
      'packages/sdk/src/c.tsx': "import './a.js'"
    }
    expect(faultsOf(ring)).toEqual(['no rings of files: packages/sdk/src/a.ts → packages/sdk/src/b.ts → packages/sdk/src/c.tsx → packages/sdk/src/a.ts'])
  })
})

describe('the checker lets pass', () => {
  test.each([
    ['packages/widget/src/a.ts', "import { createClient } from '@parley/sdk'\nimport { LIMITS } from '@parley/protocol'"],
    ['packages/gateway/src/a.ts', "import { createEngine } from '@parley/engine'\nimport { oih } from '@parley/connectors'\nimport fs from 'node:fs'"],
    [
      'packages/connectors/src/oih/a.ts',
      "import type { Connector } from '@parley/engine'\nimport { DeliveryFault, type Delivery } from '@parley/engine'\nimport { x } from './x.js'"
    ],
    ['packages/connectors/src/lch/a.ts', "import { x } from '../dms/x.js'"],
    ['packages/connectors/src/index.ts', "export { oih } from './oih/index.js'"],
    ['packages/connectors/src/oih/index.test.ts', "import { createEngine } from '@parley/engine'\nimport { connectorSuite } from '@parley/engine/contracts'"],
    ['packages/engine/src/a.test.ts', "import { join } from 'node:path'\nconsole.log(Date.now())"],
    ['packages/engine/src/a.ts', 'export const wait = (clock: { now(): number; setTimeout(): void }) => clock.setTimeout()'],
    ['packages/engine/src/a.ts', 'export const at = (ms: number) => new Date(ms).toISOString()\nexport type Fetch = typeof fetch'],
    ['packages/engine/src/in-page/page-host.ts', 'export const now = () => Date.now()'],
    ['packages/engine/src/a.ts', 'export function start({ fetch }: Port) { return fetch() }'],
    ['packages/protocol/src/a.ts', "export const text = \"import { x } from 'node:fs'\" // import 'node:fs'"],
    ['demo/start.ts', "import { start } from '@parley/gateway'\nimport { x } from './platforms/x.js'"],
    ['e2e/fixtures.ts', "import { x } from '../demo/platforms/x.js'\nimport { client } from '@parley/sdk/testing'"],
    ['e2e/simulation/run.ts', "import { x } from '../../packages/engine/src/x.js'"]
  ])('%s: %s', (path, text) => {
    expect(faultsOf({ [path]: text })).toEqual([])
  })
})
