import type { CommandSpec, Completion } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createClient } from './client.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, seededRandom } from './testing/index.js'

const FLOW: CommandSpec = {
  name: 'flow',
  description: 'Controls flows.',
  args: [
    { name: 'flow', type: 'text', completes: true },
    { name: 'note', type: 'text' }
  ]
}
const FOUND: readonly Completion[] = [{ value: '58b41f5da9ee9d0018194bf3', label: 'Orders', description: 'Every hour' }, { value: 'x' }]

async function online(script: Partial<ReturnType<typeof createScriptedGateway>['script']> = {}) {
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock })
  Object.assign(gateway.script, { commands: [FLOW], features: ['complete'], complete: () => FOUND }, script)
  const { openSession, openTransport } = gateway
  const client = createClient({
    url: 'https://chat.example.com/',
    inbox: 'support',
    openSession,
    openTransport,
    clock,
    environment: createFakeEnvironment(),
    random: seededRandom(7),
    storage: { keys: { getItem: () => null, setItem: () => {}, removeItem: () => {} } }
  })
  const errors: unknown[] = []
  client.on('error', (error) => errors.push(error))
  void client.connect()
  await clock.advance(100)
  const asked = () => gateway.received().flatMap((incoming) => (incoming.name === 'complete' ? [incoming.payload] : []))
  return { clock, gateway, client, chat: client.conversation, asked, errors }
}

test('values for an argument are those that the gateway knows', async () => {
  const { clock, chat, asked } = await online()
  const values = chat.complete('flow', 'flow', 'Ord')
  await clock.advance(100)
  expect([await values, asked()]).toEqual([FOUND, [{ conversation: expect.any(String), command: 'flow', argument: 'flow', text: 'Ord' }]])
})

test.each<[string, readonly [string, string, string], Parameters<typeof online>[0]]>([
  ['a gateway that does not offer it', ['flow', 'flow', 'o'], { features: ['check'] }],
  ['an argument without known values', ['flow', 'note', 'o'], {}],
  ['an argument that is none', ['flow', 'toString', 'o'], {}],
  ['a command that is none', ['fly', 'flow', 'o'], {}],
  ['a command of the client itself', ['help', 'flow', 'o'], {}],
  ['a text that is too long', ['flow', 'flow', 'o'.repeat(201)], {}],
  ['a text with half a character', ['flow', 'flow', '\ud83d'], {}]
])('for %s nothing is asked, and there are none', async (_name, asking, script) => {
  const { chat, asked, errors } = await online(script)
  expect([await chat.complete(...asking), asked(), errors]).toEqual([[], [], []])
})

test('a command that the page has put in its place is not the gateway’s to complete', async () => {
  const { client, chat, asked } = await online()
  client.commands.register({ name: 'flow', description: 'Of the page.', args: [{ name: 'flow', type: 'text' }], run: () => 'done' })
  expect([await chat.complete('flow', 'flow', 'o'), asked()]).toEqual([[], []])
})

test.each([
  ['refuses', { refuseFrame: () => ({ code: 'command.forbidden' as const }) }],
  ['is busy', { refuseFrame: () => ({ code: 'append.busy' as const, retryInMs: 50 }) }],
  ['brings more than there may be', { complete: () => Array.from({ length: 21 }, () => ({ value: 'x' })) }],
  ['brings what is no value', { complete: () => [{ label: 'x' }] as unknown as readonly Completion[] }]
])('where the gateway %s there are none, and nobody is troubled', async (_name, script) => {
  const { clock, client, chat, errors } = await online(script)
  const values = chat.complete('flow', 'flow', 'o')
  await clock.advance(100)
  expect([await values, errors, client.$connection.get().state]).toEqual([[], [], 'online'])
})

test('before the line is up, and after it was lost or closed, there are none', async () => {
  const { clock, gateway, client, chat, errors } = await online()
  gateway.faults.fate = (name) => (name === 'complete' ? 'lose' : 'pass')
  const waiting = chat.complete('flow', 'flow', 'o')
  gateway.cut()
  await clock.advance(10)
  const offline = await chat.complete('flow', 'flow', 'o')
  client.close()
  expect([await waiting, offline, await chat.complete('flow', 'flow', 'o'), errors]).toEqual([[], [], [], []])
})
