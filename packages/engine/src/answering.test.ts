import type { ConversationId, MessageId, RunId } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.js'
import { countingBytes, createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const words = (text: string) => [{ kind: 'text' as const, text }]
const message = (conversation: ConversationId, deviceSeq: number, text: string) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(`${deviceSeq} ${text}`),
  after: 0,
  type: 'message.created' as const,
  body: { parts: words(text) }
})

async function enter(world: World, visitor: string): Promise<ConversationId> {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  return entered.conversation
}

const receives = (...kinds: readonly string[]) => {
  const connector = scriptedConnector()
  return { ...connector, capabilities: { ...connector.capabilities, receives: kinds } } as ReturnType<typeof scriptedConnector>
}

/** What a client was shown beyond the opening: kinds, and what they say. */
const told = (client: TestClient) => client.events().flatMap(({ seq, type, body }) => (seq > 3 ? [[type, body]] : []))
const delivered = (world: World) => world.connector.delivered.map(({ event }) => event.type)

describe('a conversation that opens', () => {
  test('is told to a connector that wants to know, once, however often its visitor comes', async () => {
    const world = await createWorld({ connector: receives('conversation.opened') })
    await enter(world, 'anna')
    await enter(world, 'anna')
    await world.clock.advance(0)
    expect(delivered(world)).toEqual(['conversation.opened'])
  })

  test('is told after a crash that came before it was', async () => {
    const store = createMemoryStore({ bytes: countingBytes(2) })
    const crashed = await createWorld({ store, connector: receives('conversation.opened') })
    crashed.connector.onDeliver = () => new Promise(() => {})
    await enter(crashed, 'anna')
    const restarted = await createWorld({ store, connector: receives('conversation.opened') })
    await restarted.clock.advance(0)
    expect(delivered(restarted)).toEqual(['conversation.opened'])
  })

  test('and cannot be told, is nobody’s loss: the visitor reads nothing of it', async () => {
    const world = await createWorld({ connector: receives('conversation.opened') })
    world.connector.onDeliver = () => Promise.reject(new Error('no'))
    const client = await world.connect({ visitor: 'anna', conversation: await enter(world, 'anna') })
    await world.clock.advance(3_600_000)
    expect(told(client)).toEqual([])
    expect(await world.store.jobs()).toEqual([])
  })
})

describe('a visitor who ends the conversation', () => {
  test('rule 28: it is recorded once, cancels what runs, and reaches whoever answers', async () => {
    const base = scriptedConnector([{ name: 'work', description: 'Works', args: [] }])
    const connector = { ...base, capabilities: { ...base.capabilities, receives: ['run.started', 'conversation.closed'] as const } } as typeof base
    const world = await createWorld({ connector })
    const conversation = await enter(world, 'anna')
    const client = await world.connect({ visitor: 'anna', conversation })
    await client.send('append', {
      conversation,
      deviceSeq: 1,
      messageId: idOf<MessageId>('run'),
      after: 0,
      type: 'run.started',
      body: { command: 'work', args: {} }
    })
    const end = () => client.send('invoke', { id: idOf<MessageId>('end'), conversation, verb: 'end', args: {} })
    expect([await end(), await end()]).toEqual([{ ok: true }, { ok: true }])
    await world.clock.advance(0)
    expect(told(client).map(([type]) => type)).toEqual(['run.started', 'run.failed', 'conversation.closed'])
    expect(delivered(world).at(-1)).toBe('conversation.closed')
    expect(await client.send('append', message(conversation, 2, 'more'))).toMatchObject({ error: { code: 'conversation.closed' } })
    expect(await enter(world, 'anna')).not.toBe(conversation)
  })

  test('ends no other’s', async () => {
    const world = await createWorld()
    const mine = await enter(world, 'anna')
    const client = await world.connect({ visitor: 'anna', conversation: mine })
    const other = await enter(world, 'ben')
    expect(await client.send('invoke', { id: idOf<MessageId>('end'), conversation: other, verb: 'end', args: {} })).toEqual({
      error: { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' }
    })
    expect((await world.store.conversation(other))?.status).toBe('open')
  })
})

describe('what a connector learns and keeps', () => {
  test('who a named visitor is, with each delivery, and their conversation by it', async () => {
    const world = await createWorld({ subjects: { anna: 'customer-7' } })
    const entered = await world.engine.enter('test', { visitorKey: null, person: { subject: 'customer-7', name: 'Anna' } })
    if ('code' in entered) throw new Error(entered.code)
    const { conversation, visitor } = entered
    const port = world.connector.port()
    expect(await port.conversation.ofPerson('customer-7')).toEqual({ id: conversation, visitor, isOpen: true, person: { subject: 'customer-7', name: 'Anna' } })
    expect(await port.conversation.ofPerson('customer-8')).toBeNull()
    const client = await world.connect({ visitor: 'anna', conversation })
    await client.send('append', message(conversation, 1, 'hello'))
    await world.clock.advance(0)
    expect(world.connector.delivered.map(({ person }) => person)).toEqual([{ subject: 'customer-7', name: null }])
  })

  test('notes of a conversation, of its own inbox only, at most 64 KiB', async () => {
    const world = await createWorld()
    const conversation = await enter(world, 'anna')
    const { conversation: verbs } = world.connector.port()
    expect(await verbs.recall(conversation)).toBeNull()
    await verbs.remember(conversation, { step: 'two' })
    expect(await verbs.recall(conversation)).toEqual({ step: 'two' })
    await expect(verbs.remember(conversation, 'x'.repeat(65_536))).rejects.toThrow('remember: the notes have 65538 bytes; 65536 are the most')
    const elsewhere = idOf<ConversationId>('elsewhere')
    await verbs.remember(elsewhere, 'lost')
    expect([await verbs.find(elsewhere), await verbs.recall(elsewhere), await verbs.recent(elsewhere, { limit: 5 })]).toEqual([null, null, []])
  })

  test('what was said last', async () => {
    const world = await createWorld()
    const conversation = await enter(world, 'anna')
    const client = await world.connect({ visitor: 'anna', conversation })
    for (const number of [1, 2, 3]) await client.send('append', message(conversation, number, `m${number}`))
    const { conversation: verbs } = world.connector.port()
    expect((await verbs.recent(conversation, { limit: 2 })).map(({ seq }) => seq)).toEqual([5, 6])
    expect((await verbs.recent(conversation, { limit: 2, to: 4 })).map(({ seq }) => seq)).toEqual([3, 4])
    expect(await verbs.recent(conversation, { limit: 0 })).toEqual([])
  })

  test('what was said up to an event, by its number in the conversation that was merged since', async () => {
    const world = await createWorld()
    const old = await enter(world, 'anna')
    const client = await world.connect({ visitor: 'anna', conversation: old })
    for (const number of [1, 2]) await client.send('append', message(old, number, `m${number}`))
    const { conversation: verbs, append } = world.connector.port()
    const entered = await world.engine.enter('test', { visitorKey: null, person: { subject: 'customer-7', name: 'Anna' } })
    if ('code' in entered) throw new Error(entered.code)
    for (const externalId of ['a', 'b']) await append({ conversation: entered.conversation, externalId, parts: words(externalId) })
    await world.engine.enter('test', { visitorKey: world.key('anna'), person: { subject: 'customer-7', name: 'Anna' } })
    await append({ conversation: old, externalId: 'c', parts: words('c') })
    const upTo = async (to: number) =>
      (await verbs.recent(old, { limit: 2, to })).map(({ type, body }) =>
        type === 'message.created' && body.parts[0]?.kind === 'text' ? body.parts[0].text : type
      )
    // In the old one m1 is 4, m2 is 5; of what stands before them nothing went along, and there is no 9.
    expect([await upTo(5), await upTo(4), await upTo(3), await upTo(9)]).toEqual([
      ['m1', 'm2'],
      ['b', 'm1'],
      ['a', 'b'],
      ['m2', 'c']
    ])
  })

  test('that somebody types, once in a second', async () => {
    const world = await createWorld()
    const typing: unknown[] = []
    Object.assign(world.connector, { typing: (one: unknown) => typing.push(one) })
    const conversation = await enter(world, 'anna')
    const client = await world.connect({ visitor: 'anna', conversation })
    const type = async (waitMs: number) => {
      await client.send('signal', { conversation, signal: { kind: 'typing', by: idOf('anybody'), forMs: 3_000 } })
      await world.clock.advance(waitMs)
    }
    await type(500)
    await type(600)
    await type(0)
    expect(typing).toMatchObject([
      { conversation, forMs: 3_000, person: null },
      { conversation, forMs: 3_000, person: null }
    ])
  })
})

test('somebody who speaks for the inbox joins with the first word, once, and is the author', async () => {
  const world = await createWorld()
  const conversation = await enter(world, 'anna')
  const client = await world.connect({ visitor: 'anna', conversation })
  const { append } = world.connector.port()
  const from = { key: 'robin', name: ' Robin ', role: 'agent' as const }
  await append({ conversation, externalId: '1', parts: words('hello'), from })
  await append({ conversation, externalId: '2', parts: words('again'), from })
  await append({ conversation, externalId: '2', parts: words('again'), from })
  const [joined, first, second, ...more] = client.events().slice(3)
  const by = first?.author
  expect(by?.role).toBe('agent')
  expect([joined?.body, first?.body, second?.author, more]).toEqual([{ participant: { ...by, name: 'Robin' } }, { parts: words('hello') }, by, []])
})

test('commands that change reach everybody who is there', async () => {
  const world = await createWorld()
  const client = await world.connect({ visitor: 'anna', conversation: await enter(world, 'anna') })
  Object.assign(world.connector, { commands: [{ name: 'new', description: 'New', args: [] }] })
  world.connector.port().commandsChanged()
  expect(client.frames.at(-1)).toEqual({ name: 'commands', payload: { commands: [{ name: 'new', description: 'New', args: [] }] } })
})

describe('a conversation that is handed over', () => {
  async function handedOver() {
    const people = receives('message.created', 'handoff.completed', 'conversation.closed')
    const world = await createWorld({ connector: scriptedConnector([{ name: 'work', description: 'Works', args: [] }]), others: { people } })
    const conversation = await enter(world, 'anna')
    const client = await world.connect({ visitor: 'anna', conversation })
    expect(await world.connector.port().handOver(conversation, 'people')).toBe('recorded')
    await world.clock.advance(0)
    return { world, people, conversation, client, kinds: () => people.delivered.map(({ event }) => event.type) }
  }

  test('is answered by the other side from then on, which is told; commands stay with its own inbox', async () => {
    const { world, people, conversation, client, kinds } = await handedOver()
    expect(await world.connector.port().handOver(conversation, 'people')).toBe('known')
    await client.send('append', message(conversation, 1, 'a person?'))
    const run = { conversation, deviceSeq: 2, messageId: idOf<MessageId>('run'), after: 0, type: 'run.started', body: { command: 'work', args: {} } } as const
    await client.send('append', run)
    await world.clock.advance(0)
    expect([kinds(), delivered(world)]).toEqual([['handoff.completed', 'message.created'], ['run.started']])
    await people.port().append({ conversation, externalId: '1', parts: words('here I am') })
    const [joined, handoff] = told(client)
    expect(joined).toMatchObject(['participant.joined', { participant: { name: 'Scripted', role: 'bot' } }])
    expect(handoff).toEqual(['handoff.completed', { to: 'people', name: 'Scripted' }])
    expect(told(client).at(-1)).toEqual(['message.created', { parts: words('here I am') }])
    expect((await people.port().conversation.find(conversation))?.id).toBe(conversation)
  })

  test('is its own inbox’s again when the other side ends its part; the visitor’s conversation stays open', async () => {
    const { world, people, conversation, client } = await handedOver()
    await people.port().close(conversation, 'That was all')
    await client.send('append', message(conversation, 1, 'and now?'))
    await world.clock.advance(0)
    expect(told(client).slice(2)).toEqual([
      ['handoff.completed', { to: 'test', name: 'Scripted' }],
      ['message.created', { parts: words('and now?') }]
    ])
    expect(delivered(world)).toEqual(['message.created'])
    expect(await people.port().append({ conversation, externalId: 'late', parts: words('late') })).toBe('ended')
  })

  test('stays so after a restart, and its end reaches the other side', async () => {
    const { world, conversation, kinds } = await handedOver()
    const again = await world.connect({ visitor: 'anna', conversation, device: 'second' })
    await again.send('append', message(conversation, 1, 'still there?'))
    await again.send('invoke', { id: idOf<MessageId>('end'), conversation, verb: 'end', args: {} })
    await world.clock.advance(0)
    expect(kinds()).toEqual(['handoff.completed', 'message.created', 'conversation.closed'])
  })

  test('goes nowhere where there is no such inbox, and cannot be taken by one that does not answer', async () => {
    const { world, people, conversation } = await handedOver()
    expect(await people.port().handOver(conversation, 'nobody')).toBe('ended')
    expect(await world.connector.port().handOver(conversation, 'test')).toBe('ended')
    expect(await people.port().run.find('none' as RunId)).toBeNull()
  })
})
