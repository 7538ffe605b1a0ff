import { type ConversationId, digestRows, type Epoch, type MessageId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createMemoryStore } from './memory-store.js'
import { countingBytes, createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const text = (words: string) => ({ parts: [{ kind: 'text' as const, text: words }] })
const message = (conversation: ConversationId, deviceSeq: number, words: string) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(`${deviceSeq} ${words}`),
  after: 0,
  type: 'message.created' as const,
  body: text(words)
})

async function enter(world: World, visitor: string): Promise<ConversationId> {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  return entered.conversation
}

async function chat(visitor = 'anna'): Promise<{ world: World; conversation: ConversationId; client: TestClient }> {
  const world = await createWorld()
  const conversation = await enter(world, visitor)
  return { world, conversation, client: await world.connect({ visitor, conversation }) }
}

const shown = (client: TestClient) => client.events().map((event) => [event.seq, event.type])

test('a new visitor is welcomed first, then gets the opening of the conversation', async () => {
  const { client } = await chat()
  expect(client.frames.map((frame) => frame.name)).toEqual(['welcome', 'events'])
  expect(shown(client)).toEqual([
    [1, 'conversation.opened'],
    [2, 'participant.joined'],
    [3, 'participant.joined']
  ])
})

test('the same visitor comes back to the same conversation, another one to another', async () => {
  const world = await createWorld()
  const [first, again, other] = [await enter(world, 'anna'), await enter(world, 'anna'), await enter(world, 'ben')]
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

test('rule 6: an append is acknowledged with its number and shown to all lines of the conversation, in order', async () => {
  const { world, conversation, client } = await chat()
  const other = await world.connect({ visitor: 'anna', conversation, device: 'second' })
  const acks = await Promise.all([1, 2, 3].map((n) => client.send('append', message(conversation, n, `m${n}`))))
  expect(acks).toMatchObject([{ seq: 4 }, { seq: 5 }, { seq: 6 }])
  expect(shown(other)).toEqual(shown(client))
  expect(shown(other).slice(3)).toEqual([4, 5, 6].map((seq) => [seq, 'message.created']))
})

test('rule 8: the same message sent again gets the old number and is recorded once', async () => {
  const { conversation, client } = await chat()
  const first = await client.send('append', message(conversation, 1, 'once'))
  expect(await client.send('append', message(conversation, 1, 'once'))).toEqual(first)
  expect(client.events().filter((event) => event.type === 'message.created')).toHaveLength(1)
})

test('rule 8: a skipped number is answered with the one that is expected', async () => {
  const { conversation, client } = await chat()
  expect(await client.send('append', message(conversation, 3, 'early'))).toEqual({ error: { code: 'append.gap', expected: 1 } })
})

test('rule 8: other content under a used number is a conflict and changes nothing', async () => {
  const { conversation, client } = await chat()
  await client.send('append', message(conversation, 1, 'true'))
  const forged = { ...message(conversation, 1, 'true'), body: text('forged') }
  expect(await client.send('append', forged)).toMatchObject({ error: { code: 'append.conflict' } })
  expect(JSON.stringify(client.events())).not.toContain('forged')
})

test('rule 9: a refused message takes its number, and the next one goes on', async () => {
  const { conversation, client } = await chat()
  const unknown = {
    conversation,
    deviceSeq: 1,
    messageId: idOf<MessageId>('x'),
    after: 0,
    type: 'run.started' as const,
    body: { command: 'nowhere', args: {} }
  }
  expect(await client.send('append', unknown)).toMatchObject({ error: { code: 'command.unknown', text: 'There is no command /nowhere here.' } })
  expect(await client.send('append', unknown)).toMatchObject({ error: { code: 'command.unknown' } })
  expect(await client.send('append', message(conversation, 2, 'next'))).toMatchObject({ seq: 4 })
})

test('rule 9: a discarded message takes its number', async () => {
  const { conversation, client } = await chat()
  const discard = { conversation, deviceSeq: 1, messageId: idOf<MessageId>('x'), after: 0, type: 'void' as const, body: {} }
  expect(await client.send('append', discard)).toMatchObject({ error: { code: 'append.discarded' } })
  expect(await client.send('append', message(conversation, 2, 'next'))).toMatchObject({ seq: 4 })
})

test('rule 10: a client that comes back gets what it missed and nothing twice', async () => {
  const { world, conversation, client } = await chat()
  await client.send('append', message(conversation, 1, 'seen'))
  const held = client.events()
  client.session.end()
  const writer = await world.connect({ visitor: 'anna', conversation, device: 'writer' })
  await writer.send('append', message(conversation, 1, 'missed'))
  const back = await world.connect({ visitor: 'anna', conversation, epoch: world.store.epoch, cursor: 4, tail: held.at(-1)?.messageId ?? null })
  expect(shown(back)).toEqual([[5, 'message.created']])
  expect(back.frames[0]).toMatchObject({ name: 'welcome', payload: { conversations: [{ from: 5, reset: false, lastDeviceSeq: 1, head: 5 }] } })
})

test('rule 10: a client of another life of the log is reset and gets the log anew', async () => {
  const { world, conversation } = await chat()
  const back = await world.connect({ visitor: 'anna', conversation, epoch: idOf<Epoch>('old'), cursor: 40, tail: idOf<MessageId>('gone') })
  expect(back.frames[0]).toMatchObject({ payload: { conversations: [{ reset: true, from: 1 }] } })
  expect(shown(back)).toHaveLength(3)
})

test('a long log is caught up in pages of at most 200, without a hole', async () => {
  const { world, conversation, client } = await chat()
  for (let n = 1; n <= 450; n++) {
    if (n % 20 === 0) await world.clock.advance(1_000)
    await client.send('append', message(conversation, n, `m${n}`))
  }
  const tail = client.events()[0]?.messageId ?? null
  const back = await world.connect({ visitor: 'anna', conversation, device: 'b', epoch: world.store.epoch, cursor: 1, tail })
  await world.clock.advance(0)
  expect(back.events().map((event) => event.seq)).toEqual(Array.from({ length: 452 }, (_, index) => index + 2))
  expect(Math.max(...back.frames.map((frame) => (frame.name === 'events' ? frame.payload.events.length : 0)))).toBe(200)
})

test('a stranger’s conversation cannot be reached: not by hello, not by any frame', async () => {
  const world = await createWorld()
  const annas = await enter(world, 'anna')
  const bens = await enter(world, 'ben')
  await expect(world.connect({ visitor: 'ben', conversation: annas })).rejects.toThrow('conversation.unknown')
  await expect(world.connect({ visitor: 'ben', conversation: idOf<ConversationId>('nowhere') })).rejects.toThrow('conversation.unknown')
  const ben = await world.connect({ visitor: 'ben', conversation: bens })
  const answers = [
    await ben.send('append', message(annas, 1, 'intruder')),
    await ben.send('read', { conversation: annas, log: 'public', from: 1, to: 5 }),
    await ben.send('seen', { conversation: annas, got: 1, read: 1 }),
    await ben.send('invoke', { id: idOf<MessageId>('i'), conversation: annas, verb: 'cancel', args: { run: idOf('r') } })
  ]
  expect(answers).toEqual(answers.map(() => ({ error: { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' } })))
})

test.each([
  ['an unknown name', 'explode', {}],
  ['null', 'append', null],
  ['text', 'append', 'hello'],
  ['an empty object', 'append', {}],
  ['a forbidden key', 'seen', JSON.parse('{"conversation":"x","__proto__":{"got":1}}')],
  ['binary', 'append', new Uint8Array(8)]
])('rule 3: %s as a frame is refused and ends the line', async (_name, name, payload) => {
  const { client } = await chat()
  expect(await client.session.receive(name, payload)).toMatchObject({ error: { code: 'frame.malformed' } })
  expect(client.closedWith()).toBe('frame.malformed')
  expect(client.frames.at(-1)).toMatchObject({ name: 'refuse', payload: { code: 'frame.malformed' } })
})

test('a value 10^5 deep is refused like any other', async () => {
  const { client } = await chat()
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  expect(await client.session.receive('append', deep)).toMatchObject({ error: { code: 'frame.malformed' } })
})

test('rule 21: who sends faster than allowed is told when to go on, and loses nothing', async () => {
  const { world, conversation, client } = await chat()
  const acks = []
  for (let n = 1; n <= 41; n++) acks.push(await client.send('append', message(conversation, n, `m${n}`)))
  expect(acks[40]).toEqual({ error: { code: 'append.busy', retryInMs: 50 } })
  await world.clock.advance(50)
  expect(await client.send('append', message(conversation, 41, 'm41'))).toMatchObject({ seq: 44 })
})

test('rule 21: one visitor has one allowance over all connections, also over those that follow one another', async () => {
  const { world, conversation, client } = await chat()
  const open = (device: string) => world.connect({ visitor: 'anna', conversation, device })
  const send = async (from: typeof client, name: string, count: number) => {
    const acks = []
    for (let n = 1; n <= count; n++) acks.push(await from.send('append', message(conversation, n, `${name}${n}`)))
    return acks.filter((ack) => typeof ack === 'object' && ack !== null && 'seq' in ack).length
  }
  const [second, third] = [await open('second'), await open('third')]
  expect([await send(client, 'a', 40), await send(second, 'b', 39), await send(third, 'c', 2)]).toEqual([40, 39, 1])
  third.session.end()
  const fourth = await open('fourth')
  expect(await fourth.send('append', message(conversation, 1, 'd1'))).toEqual({ error: { code: 'append.busy', retryInMs: 25 } })
  const other = await enter(world, 'berta')
  const stranger = await world.connect({ visitor: 'berta', conversation: other })
  expect(await stranger.send('append', message(other, 1, 'e1'))).toMatchObject({ seq: 4 })
})

test('a token that ends closes its connection with the code that makes the client renew it', async () => {
  const world = await createWorld()
  const conversation = await enter(world, 'anna')
  const client = await world.connect({ visitor: 'anna', conversation, expiresInS: 30 })
  await world.clock.advance(29_000)
  expect(client.closedWith()).toBeNull()
  await world.clock.advance(11_000)
  expect(client.closedWith()).toBe('auth.expired')
})

test('when the disk fails nothing is acknowledged and nothing shown, and afterwards all is well', async () => {
  const { world, conversation, client } = await chat()
  const commit = world.store.commit
  world.store.commit = () => Promise.reject(new Error('SQLITE_FULL'))
  expect(await client.send('append', message(conversation, 1, 'm'))).toEqual({ error: { code: 'append.busy', retryInMs: 1_000 } })
  expect(shown(client)).toHaveLength(3)
  world.store.commit = commit
  expect(await client.send('append', message(conversation, 1, 'm'))).toMatchObject({ seq: 4 })
})

test('typing reaches the other lines of the conversation under the sender’s own name, never the sender', async () => {
  const { world, conversation, client } = await chat()
  const other = await world.connect({ visitor: 'anna', conversation, device: 'second' })
  await client.send('signal', { conversation, signal: { kind: 'typing', by: idOf('somebody else'), forMs: 3_000 } })
  const you = client.frames[0]?.name === 'welcome' ? client.frames[0].payload.conversations[0]?.you : null
  expect(other.frames.at(-1)).toEqual({ name: 'signal', payload: { conversation, signal: { kind: 'typing', by: you, forMs: 3_000 } } })
  expect(client.frames.some((frame) => frame.name === 'signal')).toBe(false)
})

test('read positions only go up and are told at the next welcome', async () => {
  const { world, conversation, client } = await chat()
  await client.send('seen', { conversation, got: 3, read: 2 })
  await client.send('seen', { conversation, got: 1, read: 3 })
  const next = await world.connect({ visitor: 'anna', conversation, device: 'b' })
  expect(next.frames[0]).toMatchObject({ payload: { conversations: [{ receipts: [{ got: 3, read: 3 }] }] } })
})

test('stopping tells every client to drain, finishes what is under way and closes the lines', async () => {
  const connector = scriptedConnector()
  const world = await createWorld({ connector })
  const conversation = await enter(world, 'anna')
  const client = await world.connect({ visitor: 'anna', conversation })
  const ack = client.send('append', message(conversation, 1, 'last'))
  await world.engine.stop(2_000)
  expect(await ack).toMatchObject({ seq: 4 })
  expect(client.frames.some((frame) => frame.name === 'drain' && frame.payload.spreadMs === 2_000)).toBe(true)
  expect(client.closedWith()).toBe('drain')
})

test('rule 8: a stray frame of an old device does not store a message a second time', async () => {
  const { world, conversation, client } = await chat()
  const renumbered = await world.connect({ visitor: 'anna', conversation, device: 'new' })
  const first = await renumbered.send('append', message(conversation, 1, 'once'))
  expect(await client.send('append', message(conversation, 1, 'once'))).toEqual(first)
  expect(await client.send('append', message(conversation, 2, 'next'))).toMatchObject({ seq: 5 })
  expect(client.events().filter((event) => event.type === 'message.created')).toHaveLength(2)
})

test('rule 8: a former conversation counts only if it is this visitor’s; a stranger’s is as if it were not there', async () => {
  const world = await createWorld()
  const [annas, bens] = [await enter(world, 'anna'), await enter(world, 'ben')]
  const anna = await world.connect({ visitor: 'anna', conversation: annas })
  const sent = message(annas, 1, 'once')
  const first = (await anna.send('append', sent)) as { seq: number; at: string }
  await world.connector.port().close(annas, 'done')
  const next = await enter(world, 'anna')
  const [again, ben] = [await world.connect({ visitor: 'anna', conversation: next }), await world.connect({ visitor: 'ben', conversation: bens })]
  const acks = await Promise.all([
    again.send('append', { ...sent, conversation: next, formerly: [annas] }),
    again.send('append', message(next, 2, 'behind it'))
  ])
  expect(acks).toMatchObject([{ ...first, elsewhere: true }, { seq: 4 }])
  expect(await ben.send('append', { ...sent, conversation: bens, formerly: [annas, idOf<ConversationId>('nowhere')] })).toEqual({
    seq: 4,
    at: expect.any(String)
  })
})

test('rule 24: a check of the log says whether the rows read the same', async () => {
  const { world, conversation, client } = await chat()
  await client.send('append', message(conversation, 1, 'm'))
  const digest = digestRows(client.events())
  const check = { conversation, log: 'public' as const, from: 1, to: 4, digest }
  expect(client.frames[0]).toMatchObject({ payload: { features: ['check', 'end'] } })
  expect(await client.send('check', check)).toEqual({ ok: true })
  expect(await client.send('check', { ...check, to: 3 })).toMatchObject({ error: { code: 'log.differs' } })
  expect(await client.send('check', { ...check, log: 'staff' })).toMatchObject({ error: { code: 'conversation.unknown' } })
  const ben = await world.connect({ visitor: 'ben', conversation: await enter(world, 'ben') })
  expect(await ben.send('check', check)).toMatchObject({ error: { code: 'conversation.unknown' } })
  expect(await client.send('check', { ...check, to: 201 })).toMatchObject({ error: { code: 'frame.malformed' } })
})

test.each(['SQLITE_BUSY', 'SQLITE_READONLY', 'SQLITE_IOERR_FSYNC'])(
  '%s: nothing is acknowledged, reading goes on, and afterwards all is well',
  async (fault) => {
    const { world, conversation, client } = await chat()
    const commit = world.store.commit
    world.store.commit = () => Promise.reject(new Error(fault))
    const busy = { error: { code: 'append.busy', retryInMs: 1_000 } }
    expect([await client.send('append', message(conversation, 1, 'm')), await client.send('seen', { conversation, got: 1, read: 1 })]).toEqual([busy, busy])
    expect(await client.send('read', { conversation, log: 'public', from: 1, to: 3 })).toEqual({ ok: true })
    expect(client.closedWith()).toBeNull()
    world.store.commit = commit
    expect(await client.send('append', message(conversation, 1, 'm'))).toMatchObject({ seq: 4 })
  }
)

test('rule 13: a message whose delivery was begun before a crash is not delivered again, and the visitor is told', async () => {
  const store = createMemoryStore({ bytes: countingBytes(2) })
  const crashed = await createWorld({ store })
  const begun = new Promise<void>((resolve) => {
    crashed.connector.onDeliver = async (delivery) => {
      await delivery.markSent()
      resolve()
      await new Promise(() => {})
    }
  })
  const conversation = await enter(crashed, 'anna')
  const client = await crashed.connect({ visitor: 'anna', conversation })
  await client.send('append', message(conversation, 1, 'm'))
  await Promise.all([begun, crashed.clock.advance(0)])
  const restarted = await createWorld({ store })
  await restarted.clock.advance(1_000)
  const back = await restarted.connect({ visitor: 'anna', conversation })
  expect(restarted.connector.delivered).toEqual([])
  expect(back.events().at(-1)?.body).toEqual({ ...text('It is not known whether this was delivered.'), about: idOf<MessageId>('1 m') })
})
