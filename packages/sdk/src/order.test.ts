import type { CommandSpec } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createClient } from './client.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, seededRandom } from './testing/index.js'

const GO: CommandSpec = { name: 'go', description: 'Goes.', args: [{ name: 'far', type: 'number' }] }

function setUp() {
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock })
  gateway.script.commands = [GO]
  const { openSession, openTransport } = gateway
  const client = createClient({
    url: 'https://chat.example.com',
    inbox: 'support',
    openSession,
    openTransport,
    clock,
    environment: createFakeEnvironment(),
    random: seededRandom(3),
    storage: {}
  })
  return { clock, gateway, client, chat: client.conversation }
}

/** What the gateway was asked to record, in the order of the device's numbers. */
const recorded = (gateway: ReturnType<typeof setUp>['gateway']) =>
  gateway.received().flatMap(({ name, payload }) => {
    if (name !== 'append') return []
    const { deviceSeq, type, body } = payload as { deviceSeq: number; type: string; body: { parts?: { text: string }[]; command?: string } }
    return [[deviceSeq, type === 'run.started' ? `/${body.command}` : body.parts?.[0]?.text]]
  })

test('a command and the words behind it keep their order, given in one breath', async () => {
  const { clock, gateway, client, chat } = setUp()
  await Promise.all([client.connect(), clock.advance(0)])
  const lines = [chat.send('/go 1'), chat.send('one'), chat.run('go', { far: 2 }), chat.send('two'), chat.answer('flows:question', 'yes'), chat.send('/go 3')]
  await Promise.all([...lines, clock.advance(0)])
  expect(recorded(gateway)).toEqual([
    [1, '/go'],
    [2, 'one'],
    [3, '/go'],
    [4, 'two'],
    [5, undefined],
    [6, '/go']
  ])
})

test('so they do when the command had to wait for the welcome', async () => {
  const { clock, gateway, client, chat } = setUp()
  const sent = [chat.send('/go 1'), chat.send('one')]
  await Promise.all([client.connect(), ...sent, clock.advance(0)])
  expect(recorded(gateway)).toEqual([
    [1, '/go'],
    [2, 'one']
  ])
})

test('what is refused, and what a command of the page takes its time for, hold nobody up', async () => {
  const { clock, gateway, client, chat } = setUp()
  await Promise.all([client.connect(), clock.advance(0)])
  client.commands.register({ name: 'slow', description: 'Takes for ever.', run: () => new Promise(() => {}) })
  const refused = expect(chat.send('/nowhere')).rejects.toMatchObject({ code: 'command.unknown' })
  void chat.send('/slow')
  await Promise.all([chat.send('on we go'), clock.advance(0)])
  await refused
  expect(recorded(gateway)).toEqual([[1, 'on we go']])
})
