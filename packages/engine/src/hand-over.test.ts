import type { ConversationId, MessageId } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.js'
import { countingBytes, createWorld, idOf, type ScriptedConnector, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const words = (text: string) => [{ kind: 'text' as const, text }]

async function bench(options: { readonly person?: { readonly subject: string; readonly name: string } } = {}) {
  const store = createMemoryStore({ bytes: countingBytes(2) })
  const people = scriptedConnector()
  const world = await createWorld({ store, others: { people }, subjects: options.person ? { anna: options.person.subject } : {} })
  const { person = null } = options
  const entered = await world.engine.enter('test', person ? { visitorKey: null, person } : { visitorKey: world.key('anna'), person })
  if ('code' in entered) throw new Error(entered.code)
  const { conversation } = entered
  const client = await world.connect({ visitor: 'anna', conversation })
  return { world, store, people, conversation, client, say: sayIn(client, conversation) }
}

const sayIn = (client: TestClient, conversation: ConversationId) => (deviceSeq: number, text: string) =>
  client.send('append', {
    conversation,
    deviceSeq,
    messageId: idOf<MessageId>(`${deviceSeq} ${text}`),
    after: 0,
    type: 'message.created',
    body: { parts: words(text) }
  })

const heard = ({ delivered }: ScriptedConnector) =>
  delivered.flatMap(({ event }) => (event.type === 'message.created' ? event.body.parts.map((part) => ('text' in part ? part.text : '')) : []))
const kinds = (client: TestClient) => client.events().flatMap(({ seq, type }) => (seq > 3 ? [type] : []))

describe('what waits while a conversation is handed over', () => {
  test('goes to whoever answers by then, under that inbox’s own key', async () => {
    const { world, people, conversation, say } = await bench()
    world.connector.onDeliver = async ({ conversation: id }) => void (await world.connector.port().handOver(id, 'people'))
    await Promise.all([say(1, 'a person?'), say(2, 'hello?'), say(3, 'anybody?')])
    await world.clock.advance(0)
    expect([heard(world.connector), heard(people)]).toEqual([['a person?'], ['hello?', 'anybody?']])
    expect(people.delivered.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      ['2 hello?', '3 anybody?'].map((name) => `${conversation}:${idOf(name)}:people`)
    )
    expect(await world.store.jobs()).toEqual([])
  })

  test('and could not be delivered before, is tried at the new side', async () => {
    const { world, people, conversation, say } = await bench()
    world.connector.onDeliver = () => Promise.reject(new Error('down'))
    await say(1, 'hello?')
    await world.clock.advance(0)
    await world.connector.port().handOver(conversation, 'people')
    await world.clock.advance(600_000)
    expect([heard(people), await world.store.jobs()]).toEqual([['hello?'], []])
  })

  test('an inbox that is no longer served after a restart answers nothing: the conversation is its own inbox’s again', async () => {
    const { world, store, conversation, say } = await bench()
    await world.connector.port().handOver(conversation, 'people')
    await world.engine.stop(0)
    const restarted = await createWorld({ store })
    const client = await restarted.connect({ visitor: 'anna', conversation })
    await sayIn(client, conversation)(1, 'still there?')
    await restarted.clock.advance(0)
    expect(heard(restarted.connector)).toEqual(['still there?'])
    expect(await say(2, 'late')).toMatchObject({ error: {} })
  })
})

test('two who hand over at once do it once', async () => {
  const { world, conversation, client } = await bench()
  const { handOver } = world.connector.port()
  expect(await Promise.all([handOver(conversation, 'people'), handOver(conversation, 'people')])).toEqual(['recorded', 'known'])
  expect(kinds(client)).toEqual(['participant.joined', 'handoff.completed'])
})

test('typing is told to the side that answers, and is shown as of who types there', async () => {
  const { world, people, conversation, client } = await bench()
  const told: string[] = []
  Object.assign(world.connector, { typing: () => told.push('test') })
  Object.assign(people, { typing: () => told.push('people') })
  const type = () => client.send('signal', { conversation, signal: { kind: 'typing', by: idOf('anybody'), forMs: 3_000 } })
  await type()
  await world.connector.port().handOver(conversation, 'people')
  await world.clock.advance(1_000)
  await type()
  await world.clock.advance(0)
  expect(told).toEqual(['test', 'people'])
  const from = { key: 'robin', name: 'Robin', role: 'agent' } as const
  people.port().typing(conversation, 4_000, from)
  const signal = client.frames.at(-1)
  await people.port().append({ conversation, externalId: '1', parts: words('hello'), from })
  expect(signal).toEqual({
    name: 'signal',
    payload: { conversation, signal: { kind: 'typing', by: client.events().at(-1)?.author.id, forMs: 4_000 } }
  })
})

describe('the side that took over', () => {
  const person = { subject: 'customer-7', name: 'Anna' }

  test('finds the conversation by the person, as long as it answers; nobody else does', async () => {
    const { world, people, conversation } = await bench({ person })
    const found = async ({ port }: ScriptedConnector) => (await port().conversation.ofPerson('customer-7'))?.id ?? null
    expect([await found(world.connector), await found(people)]).toEqual([conversation, null])
    await world.connector.port().handOver(conversation, 'people')
    expect([await found(world.connector), await found(people)]).toEqual([conversation, conversation])
    await people.port().close(conversation, '')
    expect([await found(world.connector), await found(people)]).toEqual([conversation, null])
  })

  test('keeps its own notes, apart from the own inbox’s', async () => {
    const { world, people, conversation } = await bench()
    await world.connector.port().handOver(conversation, 'people')
    await world.connector.port().conversation.remember(conversation, 'of test')
    await people.port().conversation.remember(conversation, 'of people')
    const recall = ({ port }: ScriptedConnector) => port().conversation.recall(conversation)
    expect([await recall(world.connector), await recall(people)]).toEqual(['of test', 'of people'])
    await people.port().handOver(conversation, 'test')
    expect([await recall(world.connector), await recall(people)]).toEqual(['of test', null])
  })
})

describe('rule 25: a stranger’s conversation that was handed over and becomes a named visitor’s', () => {
  async function merged() {
    const { world, people, conversation: old, client, say } = await bench()
    await say(1, 'a person?')
    await world.connector.port().handOver(old, 'people')
    await people.port().append({ conversation: old, externalId: '1', parts: words('here'), from: { key: 'robin', name: 'Robin', role: 'agent' } })
    await people.port().conversation.remember(old, { ticket: 7 })
    await world.clock.advance(0)
    const entered = await world.engine.enter('test', { visitorKey: world.key('anna'), person: { subject: 'customer-7', name: 'Anna' } })
    if ('code' in entered) throw new Error(entered.code)
    return { world, people, old, client, conversation: entered.conversation }
  }

  test('is still answered by the other side, which finds it under either id with what it remembers', async () => {
    const { people, old, conversation } = await merged()
    const { find, recall } = people.port().conversation
    const found = { id: conversation, isOpen: true, person: { subject: 'customer-7', name: 'Anna' } }
    expect([await find(old), await find(conversation)]).toMatchObject([found, found])
    expect([await recall(old), await recall(conversation)]).toEqual([{ ticket: 7 }, { ticket: 7 }])
  })

  test('names everybody in it, and who goes on', async () => {
    const { world, people, old, conversation } = await merged()
    await people.port().append({ conversation: old, externalId: '2', parts: words('and on') })
    const events = await eventsOf(world, conversation)
    const names = new Map(events.flatMap(({ type, body }) => (type === 'participant.joined' ? [[body.participant.id, body.participant.name ?? null]] : [])))
    expect(events.flatMap(({ type, author }) => (type === 'message.created' ? [names.get(author.id)] : []))).toEqual(['Anna', 'Robin', 'Scripted'])
  })
})

const eventsOf = async (world: World, conversation: ConversationId) =>
  (await world.store.read({ conversation, log: 'public', from: 1, to: 1_000 }, 1_000, 10_000_000)).filter((event) => event.type !== 'unknown')
