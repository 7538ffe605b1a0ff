import type { Append, ConversationId, MessageId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const COMMANDS = [
  { name: 'look', description: 'looks', args: [] },
  {
    name: 'flow',
    description: 'controls',
    args: [{ name: 'verb', type: 'choice' as const, required: true, choices: ['list', 'stop'], choiceRoles: { stop: ['admin'] } }]
  },
  { name: 'rule', description: 'rules', args: [], roles: ['king', 'queen'] }
]

async function enter(world: World, visitor: string): Promise<{ conversation: ConversationId; client: TestClient }> {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  return { conversation: entered.conversation, client: await world.connect({ visitor, conversation: entered.conversation }) }
}

const command = (conversation: ConversationId, deviceSeq: number, name: string, args = {}): Append => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(`${deviceSeq} ${name}`),
  after: 0,
  type: 'run.started',
  body: { command: name, args }
})

const offered = (client: TestClient): unknown[] =>
  client.frames.flatMap((frame) =>
    frame.name === 'welcome' ? frame.payload.commands.map(({ name, args }) => [name, ...(args[0]?.choices ?? [])].join(' ')) : []
  )

test('rule 26: a visitor is offered what their roles allow, and no role’s name', async () => {
  const world = await createWorld({ connector: scriptedConnector(COMMANDS), roles: { anna: ['admin'], ben: ['queen'] } })
  const clients = await Promise.all(['anna', 'ben', 'cleo'].map(async (name) => (await enter(world, name)).client))
  expect(clients.map(offered)).toEqual([
    ['look', 'flow list stop'],
    ['look', 'flow list', 'rule'],
    ['look', 'flow list']
  ])
  expect(JSON.stringify(clients.map(({ frames }) => frames))).not.toMatch(/oles|king|queen|admin/)
})

test('rule 26: sent all the same, it is refused for good, takes its number, and reaches nobody', async () => {
  const world = await createWorld({ connector: scriptedConnector(COMMANDS), roles: { anna: ['page', 'scribe'] } })
  const { conversation, client } = await enter(world, 'anna')
  const acks = []
  for (const frame of [
    command(conversation, 1, 'rule'),
    command(conversation, 2, 'flow', { verb: 'stop' }),
    command(conversation, 3, 'flow', { verb: 'begin' }),
    command(conversation, 4, 'look')
  ])
    acks.push(await client.send('append', frame))
  expect(acks).toEqual([
    { error: { code: 'command.forbidden', text: '/rule is for the roles "king" or "queen"; you have the roles "page" and "scribe".' } },
    { error: { code: 'command.forbidden', text: '/flow with verb "stop" is for the role "admin"; you have the roles "page" and "scribe".' } },
    { error: { code: 'command.invalid', text: '<verb> of /flow cannot be "begin": one of list is wanted.' } },
    { seq: 4, at: expect.any(String) }
  ])
  await world.clock.advance(0)
  expect(world.connector.delivered.map(({ event }) => event.body)).toMatchObject([{ command: 'look' }])
})

test('rule 26: the same holds for the last messages of a page that leaves', async () => {
  const world = await createWorld({ connector: scriptedConnector(COMMANDS) })
  const { conversation } = await enter(world, 'anna')
  const last = { v: 1, token: world.key('anna'), device: idOf('anna device'), appends: [command(conversation, 1, 'rule')] }
  expect(await world.engine.appendLast(last)).toEqual([
    { error: { code: 'command.forbidden', text: '/rule is for the roles "king" or "queen"; you have no role.' } }
  ])
})

test('rule 26: whoever comes back with other roles finds the commands that fit; what was refused stays refused, what was taken stays taken', async () => {
  const roles: Record<string, readonly string[]> = { anna: ['king'] }
  const world = await createWorld({ connector: scriptedConnector(COMMANDS), roles })
  const { conversation, client } = await enter(world, 'anna')
  const taken = await client.send('append', command(conversation, 1, 'rule'))
  roles['anna'] = []
  const without = await world.connect({ visitor: 'anna', conversation })
  const refused = await without.send('append', command(conversation, 2, 'rule'))
  const repeated = await without.send('append', command(conversation, 1, 'rule'))
  roles['anna'] = ['king', 'admin']
  const again = await world.connect({ visitor: 'anna', conversation })
  expect([client, without, again].map(offered)).toEqual([
    ['look', 'flow list', 'rule'],
    ['look', 'flow list'],
    ['look', 'flow list stop', 'rule']
  ])
  expect([taken, repeated]).toEqual([{ seq: 4, at: expect.any(String) }, taken])
  expect(refused).toMatchObject({ error: { code: 'command.forbidden' } })
  expect(await again.send('append', command(conversation, 2, 'rule'))).toEqual({ error: { code: 'command.forbidden' } })
  expect(await again.send('append', command(conversation, 3, 'rule'))).toEqual({ seq: 5, at: expect.any(String) })
})
