import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SUCCESS } from './answers.js'
import { readConfig } from './config.js'
import { configSchema } from './config-schema.js'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')

test('the page has a configuration that is taken as it stands, and names every key with its default', () => {
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(README) ?? []
  const read = readConfig(JSON.parse(example.replace('env:DMS_URL', 'https://incoming.example.com/messages')))
  if (!read.ok) throw new Error(`${read.key}: found ${read.found}, wanted ${read.wanted}`)
  const [, keys = ''] = /^\| key \|.*\n([\s\S]*?)\n\n/m.exec(README) ?? []
  const rows = new Map([...keys.matchAll(/^\| `(\w+)` \| ([^|]+) \| /gm)].map(([, key = '', shown = '']) => [key, shown.trim()]))
  expect(Object.keys(configSchema.entries).filter((key) => key !== 'connector' && !rows.has(key))).toEqual([])
  const { name, context, webhookAuth } = read.value
  expect([rows.get('name'), rows.get('context'), rows.get('webhookAuth')]).toEqual([`\`${name}\``, `\`${JSON.stringify(context)}\``, `\`${webhookAuth}\``])
})

test('the page tells the answer that Pega gets', () => {
  expect(README).toContain(`| ${SUCCESS.status} \`${SUCCESS.body}\` |`)
})
