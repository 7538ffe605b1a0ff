import type { ConversationId, DeviceId, MessageId, RunId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const HELLO = { v: 1, log: 'public' as const }
const say = (conversation: ConversationId, deviceSeq: number, words: string) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(words),
  after: 0,
  type: 'message.created' as const,
  body: { parts: [{ kind: 'text' as const, text: words }] }
})
const command = (conversation: ConversationId, deviceSeq: number) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(`go ${deviceSeq}`),
  after: 0,
  type: 'run.started' as const,
  body: { command: 'go', args: {} }
})
const shown = (client: TestClient) => client.events().map((event) => [event.seq, event.type])
const texts = async (world: World, conversation: ConversationId) =>
  (await world.store.read({ conversation, log: 'public', from: 1, to: 1_000 }, 1_000, 10_000_000)).flatMap((event) =>
    event.type === 'message.created' ? event.body.parts.map((part) => ('text' in part ? part.text : '')) : []
  )

async function enter(world: World, key: string | null, subject?: string) {
  const entered = await world.engine.enter('test', {
    visitorKey: key === null ? null : world.key(key),
    person: subject === undefined ? null : { subject, name: subject }
  })
  if ('code' in entered) throw new Error(entered.code)
  return entered
}

/** Anna said one thing as a stranger. */
async function stranger(connector = scriptedConnector([{ name: 'go', description: 'Go', args: [] }])) {
  const world = await createWorld({ connector })
  const { conversation } = await enter(world, 'anna')
  const client = await world.connect({ visitor: 'anna', conversation })
  await client.send('append', say(conversation, 1, 'before'))
  return { world, old: conversation, client, connector }
}

test('an identified visitor is nobody’s key: the subject sent as a key names somebody else', async () => {
  const world = await createWorld()
  const identified = await enter(world, null, world.key('anna'))
  expect((await enter(world, 'anna')).visitor).not.toBe(identified.visitor)
  expect(await enter(world, 'ben', world.key('anna'))).toEqual(identified)
})

test('rule 25: what the stranger said stands in the conversation of the identity, and the name is shown', async () => {
  const { world } = await stranger()
  const { conversation } = await enter(world, 'anna', 'Anna')
  expect(await texts(world, conversation)).toEqual(['before'])
  const opening = await world.store.read({ conversation, log: 'public', from: 2, to: 2 }, 1, 10_000)
  expect(opening).toMatchObject([{ body: { participant: { name: 'Anna' } } }])
})

test('rule 25: of two who identify at once with one key exactly one merges', async () => {
  const { world } = await stranger()
  const [one, two] = await Promise.all([enter(world, 'anna', 'Anna'), enter(world, 'anna', 'Berta')])
  expect([...(await texts(world, one.conversation)), ...(await texts(world, two.conversation))]).toEqual(['before'])
})

test('rule 25: lines on the old conversation are told and closed, and frames for it are answered conversation.unknown', async () => {
  const { world, old, client } = await stranger()
  await enter(world, 'anna', 'Anna')
  expect([client.frames.at(-1), client.closedWith()]).toMatchObject([{ name: 'refuse', payload: { code: 'conversation.unknown' } }, 'conversation.unknown'])
  expect(await client.send('append', say(old, 2, 'late'))).toMatchObject({ error: { code: 'conversation.unknown' } })
  await expect(world.connect({ visitor: 'anna', conversation: old })).rejects.toThrow('conversation.unknown')
  expect((await texts(world, old)).includes('late')).toBe(false)
})

test('rule 25: an append in flight is either merged or answered conversation.unknown, never both, never lost as closed', async () => {
  const { world, old, client } = await stranger()
  const ack = client.send('append', say(old, 2, 'in flight'))
  const { conversation } = await enter(world, 'anna', 'Anna')
  await world.clock.advance(0)
  const isMerged = (await texts(world, conversation)).includes('in flight')
  expect(await ack).toMatchObject(isMerged ? { at: expect.any(String) } : { error: { code: 'conversation.unknown' } })
  expect(await world.store.lastDeviceSeq(old, idOf<DeviceId>('anna device'))).toBe(isMerged ? 2 : 1)
})

test('rule 25: a bot that knows the old conversation reaches the new one', async () => {
  const { world, old, connector } = await stranger()
  const { conversation } = await enter(world, 'anna', 'Anna')
  const answer = { conversation: old, externalId: 'answer-1', parts: [{ kind: 'text' as const, text: 'answer' }] }
  expect([await connector.port().append(answer), await connector.port().append(answer)]).toEqual(['recorded', 'known'])
  expect(await texts(world, conversation)).toEqual(['before', 'answer'])
  await connector.port().close(old, 'done')
  expect((await world.store.conversation(conversation))?.status).toBe('closed')
})

test('rule 25: a run begun before goes on and ends in the new conversation', async () => {
  const { world, old, client, connector } = await stranger()
  await client.send('append', command(old, 2))
  await world.clock.advance(0)
  const event = connector.delivered.at(-1)?.event
  const run = (event?.type === 'run.started' ? event.body.run : '') as RunId
  const { conversation } = await enter(world, 'anna', 'Anna')
  expect([await connector.port().run.accept(run), await connector.port().run.finish(run, [{ kind: 'text', text: 'done' }])]).toEqual(['recorded', 'recorded'])
  const rows = await world.store.read({ conversation, log: 'public', from: 4, to: 99 }, 99, 1_000_000)
  expect(rows.map(({ type }) => type)).toEqual(['message.created', 'run.started', 'run.progressed', 'run.finished'])
})

test('rule 25: what is being delivered while it is merged is delivered once, and what waits behind it goes on', async () => {
  const { world, old, client, connector } = await stranger()
  let release = (): void => {}
  connector.onDeliver = () => new Promise((resolve) => (release = resolve))
  const acks = [client.send('append', say(old, 2, 'slow')), client.send('append', say(old, 3, 'behind'))]
  await world.clock.advance(0)
  await Promise.all(acks)
  await enter(world, 'anna', 'Anna')
  connector.onDeliver = async () => {}
  release()
  await world.clock.advance(0)
  await world.clock.advance(0)
  const said = connector.delivered.map(({ event }) => event.messageId)
  expect(said).toEqual(['before', 'slow', 'behind'].map((words) => idOf<MessageId>(words)))
  expect(await world.store.jobs()).toEqual([])
})

/** F12: each visitor's frames for each visitor's conversation. */
test('F12: a token reaches the conversation of its own visitor and no other, by any frame', async () => {
  const world = await createWorld({ subjects: { A: 'subject A', B: 'subject B' } })
  const places = {
    anna: (await enter(world, 'anna')).conversation,
    A: (await enter(world, null, 'subject A')).conversation,
    B: (await enter(world, null, 'subject B')).conversation
  }
  const names = Object.keys(places) as (keyof typeof places)[]
  const reached: unknown[] = []
  for (const who of names) {
    const client = await world.connect({ visitor: who, conversation: places[who] })
    for (const whose of names) {
      const conversation = places[whose]
      const hello = await world.connect({ visitor: who, conversation, device: 'other' }).then(
        () => 'ok',
        () => 'refused'
      )
      const answers = [
        await client.send('append', say(conversation, 1, `${who} ${whose}`)),
        await client.send('read', { conversation, log: HELLO.log, from: 1, to: 2 }),
        await client.send('seen', { conversation, got: 1, read: 1 }),
        await client.send('invoke', { id: idOf<MessageId>('i'), conversation, verb: 'cancel', args: { run: idOf('r') } })
      ].map((answer) => (answer as { error?: { code: string } }).error?.code ?? 'ok')
      if (who !== whose) expect([hello, ...answers]).toEqual(['refused', ...Array.from({ length: 4 }, () => 'conversation.unknown')])
      else reached.push([hello, ...answers])
    }
  }
  expect(reached).toEqual(names.map(() => ['ok', 'ok', 'ok', 'ok', 'run.unknown']))
})

test('rule 25: who follows the target gets the merged rows live, without a hole', async () => {
  const world = await createWorld({ subjects: { A: 'subject A' } })
  const target = (await enter(world, null, 'subject A')).conversation
  const follower = await world.connect({ visitor: 'A', conversation: target })
  const old = (await enter(world, 'anna')).conversation
  const client = await world.connect({ visitor: 'anna', conversation: old })
  await client.send('append', say(old, 1, 'before'))
  await enter(world, 'anna', 'subject A')
  await world.clock.advance(0)
  expect(shown(follower)).toEqual([
    [1, 'conversation.opened'],
    [2, 'participant.joined'],
    [3, 'participant.joined'],
    [4, 'message.created']
  ])
})
