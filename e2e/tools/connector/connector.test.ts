import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { checkConnector } from './check-connector.js'
import { checkShape } from './check-shape.js'
import { readName } from './names.js'
import { newConnector, type Target } from './new-connector.js'
import { readFolder } from './read-folder.js'

const CONNECTORS = fileURLToPath(new URL('../../../packages/connectors/src', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'parley-kit-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What the command makes and says. */
function make(target: Target, connectors = CONNECTORS): { readonly code: number; readonly said: string } {
  const said: string[] = []
  const code = newConnector(target, connectors, (line) => void said.push(line))
  return { code, said: said.join('\n') }
}
async function check(folder: string): Promise<{ readonly code: number; readonly faults: readonly string[]; readonly last: string }> {
  const said: string[] = []
  const code = await checkConnector(folder, CONNECTORS, (line) => void said.push(line))
  return { code, faults: said.filter((line) => /^(?:✗| {4})/.test(line)), last: said.at(-1) ?? '' }
}

/** The registry, and the template beside it, to be changed. */
function copyOfConnectors(name: string): string {
  const folder = join(scratch, name)
  mkdirSync(folder)
  for (const path of ['registry.ts', 'template']) cpSync(join(CONNECTORS, path), join(folder, path), { recursive: true })
  return folder
}

describe('a new connector', () => {
  test('stands beside the others under its name, and in the registry in the order of the alphabet', () => {
    const connectors = copyOfConnectors('registered')
    const { code, said } = make({ kind: 'inside', name: 'my-bot' }, connectors)
    expect(code).toBe(0)
    expect(said).toContain('npm run connector -- check')
    const registry = readFileSync(join(connectors, 'registry.ts'), 'utf8')
    const before = readFileSync(join(CONNECTORS, 'registry.ts'), 'utf8')
    const line = "  'my-bot': async () => (await import('./my-bot/index.js')).myBot,\n"
    expect(registry).toContain(line)
    expect(registry.replace(line, '')).toBe(before)
    const names = [...registry.matchAll(/^ {2}'?([a-z0-9-]+)'?: async/gm)].map(([, name]) => name)
    expect(names).toEqual([...names].sort())
    const index = readFileSync(join(connectors, 'my-bot/index.ts'), 'utf8')
    expect(index).toContain('export const myBot: ConnectorModule<Config>')
    expect(readFileSync(join(connectors, 'my-bot/README.md'), 'utf8')).toMatch(/^# My Bot\n[\s\S]*"connector": "my-bot"[\s\S]*env:MY_BOT_TOKEN/)
    const all = readFolder(join(connectors, 'my-bot'), connectors)
    expect(JSON.stringify(all)).not.toMatch(/template/i)
    expect(typeof all === 'string' ? all : checkShape(all).flatMap(({ faults }) => faults)).toEqual([])
  })

  test('is refused where there is one, and under a name that is none; then nothing is changed', () => {
    const connectors = copyOfConnectors('refused')
    make({ kind: 'inside', name: 'my-bot' }, connectors)
    const before = readFileSync(join(connectors, 'registry.ts'), 'utf8')
    expect(make({ kind: 'inside', name: 'my-bot' }, connectors)).toEqual({
      code: 2,
      said: `Found ${join(connectors, 'my-bot')} already there; wanted the name of a connector that is new.`
    })
    expect(make({ kind: 'inside', name: 'webhook' }, connectors)).toEqual({
      code: 2,
      said: 'Found "webhook" in the registry already; wanted a name that is new.'
    })
    for (const name of ['My-Bot', 'my--bot', '-bot', '1bot', 'bot.js', '', 'x'.repeat(33), 'class', 'constructor']) {
      expect(make({ kind: 'inside', name }, connectors)).toEqual({ code: 2, said: readName(name) })
    }
    expect(readFileSync(join(connectors, 'registry.ts'), 'utf8')).toBe(before)
  })

  test('outside the repository passes the check as it was made', { timeout: 60_000 }, async () => {
    const folder = join(scratch, 'my-bot')
    expect(make({ kind: 'outside', folder }).code).toBe(0)
    expect(await check(folder)).toMatchObject({ code: 0, faults: [], last: expect.stringMatching(/^my-bot holds all \d+ sentences\.$/) })
  })
})

/** What somebody does to the template, and the sentence that must name it. */
type Change = { readonly path: string; readonly from: string; readonly to: string }
const BROKEN: readonly (readonly [what: string, change: Change, fault: RegExp])[] = [
  [
    'answers whoever calls',
    { path: 'receive.ts', from: 'if (!isTheirs(request, config.secret)) return answer(401)', to: 'isTheirs(request, config.secret)' },
    /with the secret of somebody else says nothing/
  ],
  [
    'says a repeat twice',
    { path: 'receive.ts', from: 'externalId, parts, ...(', to: 'externalId: port.randomId(), parts, ...(' },
    /however often it comes|recorded once|once/
  ],
  [
    'breaks at what is no JSON',
    { path: 'receive.ts', from: 'catch {\n    return undefined\n  }', to: 'catch (thrown) {\n    throw thrown\n  }' },
    /signed and broken is told so/
  ],
  [
    'logs its token',
    { path: 'deliver.ts', from: 'conversation: delivery.conversation, status }', to: 'conversation: delivery.conversation, status, token }' },
    /shows no secret/
  ],
  ['cannot be loaded', { path: 'index.ts', from: "from './receive.js'", to: "from './received.js'" }, /index\.test\.ts can be loaded/]
]
const MISSHAPEN: readonly (readonly [what: string, change: Change, fault: string])[] = [
  [
    'looks at its own clock',
    { path: 'deliver.ts', from: 'const TIMEOUT_MS = 10_000', to: 'const TIMEOUT_MS = Date.now()' },
    'deliver.ts uses Date.now; wanted port.clock.now()'
  ],
  [
    'asks past the guard',
    { path: 'deliver.ts', from: 'await port.fetch(', to: 'await fetch(' },
    'deliver.ts uses fetch; wanted port.fetch, which is guarded against forbidden addresses'
  ],
  ['has a fixture that is no JSON', { path: 'fixtures/webhook-end.json', from: '{', to: '{{' }, 'fixtures/webhook-end.json is no JSON: '],
  [
    'looks into another connector',
    { path: 'verify.ts', from: "from './types.js'", to: "from '../webhook/types.js'" },
    'verify.ts imports ../webhook/types.js: it leads out of the folder; what stands beside connectors comes from @parley/connectors'
  ],
  [
    'wants more of the engine than the contract',
    { path: 'index.ts', from: 'DeliveryFault }', to: 'DeliveryFault, createEngine }' },
    'index.ts imports @parley/engine: of the engine, connectors know the contract only'
  ],
  [
    'leans on what nobody installs',
    { path: 'verify.ts', from: "from 'node:crypto'", to: "from 'left-pad'" },
    'verify.ts imports left-pad: no dependency of the package; there are valibot'
  ],
  ['says nothing of what is lost', { path: 'README.md', from: '## What is lost', to: '## More' }, 'README.md has no section on what is lost or limited'],
  ['has no contract', { path: 'index.test.ts', from: 'connectorContract(\n', to: 'describe(\n' }, 'no test calls connectorContract of @parley/engine/contracts']
]

/** A copy with one change. */
let copies = 0
function broken({ path, from, to }: Change): string {
  const folder = join(scratch, `broken-${++copies}`)
  expect(make({ kind: 'outside', folder }).code).toBe(0)
  const file = join(folder, path)
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replaceAll(from, to).replace(/## Limits/, path === 'README.md' ? '## Rest' : '## Limits'))
  return folder
}

describe('a connector that', () => {
  test.each(BROKEN.map(([what, change, fault]) => ({ what, change, fault })))(
    '$what fails the check by a sentence that says so',
    { timeout: 60_000 },
    async ({ change, fault }) => {
      const { code, faults } = await check(broken(change))
      expect(code).toBe(1)
      expect(faults.join('\n')).toMatch(fault)
    }
  )

  test.each(MISSHAPEN.map(([what, change, fault]) => ({ what, change, fault })))('$what is told: $fault', ({ change, fault }) => {
    const folder = readFolder(broken(change), CONNECTORS)
    const faults = typeof folder === 'string' ? [folder] : checkShape(folder).flatMap((one) => one.faults)
    expect(faults.map((one) => one.slice(0, fault.length))).toContain(fault)
  })
})

test('a folder that is not there is told so', async () => {
  expect(await check(join(scratch, 'nowhere'))).toMatchObject({ code: 2, last: expect.stringMatching(/^Found no folder .*; wanted that of a connector/) })
})

test('those that there are have the shape', () => {
  for (const name of ['template', 'oih', 'pega-dms', 'script', 'labb-chat-hook']) {
    const folder = readFolder(join(CONNECTORS, name), CONNECTORS)
    expect(typeof folder === 'string' ? folder : checkShape(folder).flatMap(({ faults }) => faults)).toEqual([])
  }
})
