import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig } from './config.js'
import { configSchema } from './config-schema.js'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
const [example = '', bare = ''] = [...README.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, text = '']) => text)
const { inboxes } = JSON.parse(example) as { readonly inboxes: { readonly support: { readonly steps: object } } }

test('the page has a script that is taken as it stands', () => {
  expect(readConfig(inboxes.support)).toMatchObject({ ok: true, value: { thinkMs: 400, name: 'Larch & Loam' } })
})

test('the page has an inbox without a script, which is taken as it stands and has somebody to hand over to', () => {
  const { inboxes: all } = JSON.parse(bare) as { readonly inboxes: { readonly support: object } }
  const read = readConfig(all.support)
  expect(read.ok && read.value.steps.get('person')?.handOver?.inbox).toBe('people')
})

test('the page names every key there is, of the script and of its steps', () => {
  const [ofScript = '', ofStep = ''] = README.split('| key of a step |')
  const step = ['say', 'cards', 'layout', 'choices', 'handOver', 'otherwise', 'end', 'match']
  expect(Object.keys(configSchema.entries).filter((key) => key !== 'connector' && !ofScript.includes(`| \`${key}\` |`))).toEqual([])
  expect(step.filter((key) => !ofStep.includes(`\`${key}\``))).toEqual([])
  expect(readConfig({ fallback: 'a', steps: { a: { nonsense: 1 } } })).toMatchObject({ key: 'steps.a.nonsense', wanted: `one of ${step.join(', ')}` })
})
