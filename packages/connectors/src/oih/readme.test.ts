import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commandUsage } from '@parley/protocol'
import { commandsOf } from './commands.js'
import { readConfig } from './config.js'
import { configSchema } from './config-schema.js'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')

/** The examples in JSON, each as it stands. */
const examples = [...README.matchAll(/^ *```json\n([\s\S]*?)^ *```/gm)].map(([, text = '']) => JSON.parse(text) as Readonly<Record<string, unknown>>)
const sections = examples.flatMap((example) => {
  const { inboxes } = example as { readonly inboxes?: { readonly flows?: Readonly<Record<string, unknown>> } }
  return inboxes?.flows ? [inboxes.flows] : example.connector === 'oih' ? [example] : []
})
/** As the gateway puts in what stands in the environment. */
const fillIn = (section: object): unknown => JSON.parse(JSON.stringify(section).replace(/"env:[A-Z_]+"/g, `"${'x'.repeat(40)}"`))

describe('the page of this connector', () => {
  test('has configurations that are taken as they stand', () => {
    expect(sections).toHaveLength(2)
    for (const section of sections) expect(readConfig(fillIn(section))).toMatchObject({ ok: true })
  })

  test('names every key there is, with its default', () => {
    const rows = new Map([...README.matchAll(/^\| (`[a-zA-Z`,. ]+) \| ([^|]+) \|/gm)].map(([, keys = '', shown = '']) => [keys, shown.trim()]))
    const named = [...rows.keys()].join(' ')
    const missing = Object.keys(configSchema.entries).filter((key) => key !== 'connector' && !named.includes(`\`${key}\``) && !named.includes(`\`${key}.`))
    expect(missing).toEqual([])
    const read = readConfig({ webhooksUrl: 'https://hub.example.com' })
    if (!read.ok) throw new Error(read.wanted)
    const numbers = ['runTimeoutMs', 'postTimeoutMs', 'startTimeoutMs', 'watchMs', 'pollMs'] as const
    expect(numbers.map((key) => [key, rows.get(`\`${key}\``)])).toEqual(numbers.map((key) => [key, String(read.value[key])]))
  })

  test('names every command there is', () => {
    const read = readConfig(fillIn({ ...sections[0], ...sections[1], signInOrigins: ['https://login.example.com'], commands: sections[0]?.commands }))
    if (!read.ok) throw new Error(`${read.key}: ${read.wanted}`)
    const usages = commandsOf(read.value).map(commandUsage)
    expect(usages).toEqual(['/run-flow <flow> [params…]', '/flows [search] [page]', '/flow <action> <flow>', '/auth [scope]', '/me [params…]'])
    for (const usage of usages) if (!usage.startsWith('/flow <')) expect(README).toContain(`\`${usage}\``)
    for (const action of ['status', 'watch', 'start', 'stop']) expect(README).toContain(`\`/flow ${action} <flow>\``)
  })
})
