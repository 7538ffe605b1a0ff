import { readFileSync } from 'node:fs'
import * as protocol from '@parley/protocol'
import { expect, test } from 'vitest'
import type { GatewayOptions } from './client-options.js'
import * as testing from './testing/index.js'
import * as sdk from './index.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')

/** Example by a word of it. */
const exampleWith = (word: string): string => examples.find((code) => code.includes(word)) ?? ''

/** An example's lines as a function of what it imports and of what a test gives in addition. */
function runnable(code: string, names: readonly string[]): (...values: readonly unknown[]) => Promise<unknown> {
  const body = code.replace(/^import .*$/gm, '')
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (...text: string[]) => (...values: readonly unknown[]) => Promise<unknown>
  return new AsyncFunction(...names, body)
}

/** Collects what an example prints. */
function fakeConsole() {
  const printed: unknown[][] = []
  return { printed, console: { log: (...words: unknown[]) => printed.push(words), error: (...words: unknown[]) => printed.push(words) } }
}

test('the fifteen lines and the command work as written', async () => {
  const clock = testing.createFakeClock()
  const gateway = testing.createScriptedGateway({ clock })
  const { openSession, openTransport } = gateway
  const { printed, console } = fakeConsole()
  const createClient = (options: GatewayOptions) => sdk.createClient({ ...options, openSession, openTransport, clock })
  let isDone = false
  const done = runnable(`${exampleWith('chat.markRead()')}\n${exampleWith('commands.register')}`, ['createClient', 'console'])(createClient, console).then(
    () => (isDone = true)
  )
  for (let round = 0; round < 20 && !isDone; round++) await clock.advance(10)
  await done
  expect(printed.filter(([word]) => typeof word === 'string')).toEqual([
    ['idle', null],
    ['connecting', null],
    ['online', null]
  ])
  expect(printed.at(-1)).toEqual([null, 'local', [{ kind: 'text', text: 'Order **1042** is on its way.' }]])
  expect(gateway.events()).toMatchObject([{ type: 'message.created', body: { parts: [{ kind: 'text', text: 'Hello' }] } }])
})

test('the testing kit’s example works as written', async () => {
  const { printed, console } = fakeConsole()
  const names = ['createClient', 'createFakeClock', 'createFakeEnvironment', 'createScriptedGateway', 'seededRandom']
  const { createFakeClock, createFakeEnvironment, createScriptedGateway, seededRandom } = testing
  await runnable(exampleWith('createScriptedGateway'), [...names, 'console'])(
    sdk.createClient,
    createFakeClock,
    createFakeEnvironment,
    createScriptedGateway,
    seededRandom,
    console
  )
  expect(printed).toEqual([[expect.objectContaining({ seq: 1 }), 1]])
})

test('every error code it names is one', () => {
  const section = /## Errors\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
  const named = [...section.matchAll(/`([a-z]+\.[a-zA-Z]+)`/g)].map(([, code]) => code).filter((code) => code !== 'commands.register')
  expect(named.filter((code) => !protocol.isErrorCode(code))).toEqual([])
  expect(named.length).toBeGreaterThan(5)
})

test('the lines on who the visitor is work as written', async () => {
  const clock = testing.createFakeClock()
  const { openSession, openTransport } = testing.createScriptedGateway({ clock })
  const identified: sdk.OpenSession = async (request, signal) => ({ ...(await openSession(request, signal)), identified: request.identity !== undefined })
  const client = sdk.createClient({ url: 'http://test', inbox: 'any', openSession: identified, openTransport, clock })
  const token = `${btoa('{}')}.${btoa('{"sub":"anna"}')}.signature`
  await runnable(exampleWith('client.identify'), ['client', 'token'])(client, token)
  expect(client.$connection.get().state).toBe('closed')
})
