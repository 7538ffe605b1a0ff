import type { ConversationId, KnownEvent, MessageId } from '@parley/protocol'
import { expect, test } from 'vitest'
import type { ConnectorPort } from './connector.js'
import { createMemoryStore } from './memory-store.js'
import { WAITING } from './records.js'
import type { Store } from './store.js'
import { countingBytes, createWorld, idOf, scriptedConnector, type TestClient } from './testing/harness.js'

const CLOSED = { error: { code: 'conversation.closed', text: 'The conversation is closed.' } }
const words = (text: string) => [{ kind: 'text' as const, text }]

const message = (conversation: ConversationId, deviceSeq: number, text: string) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(text),
  after: 0,
  type: 'message.created' as const,
  body: { parts: words(text) }
})
const command = (conversation: ConversationId, deviceSeq: number, name: string) => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(name),
  after: 0,
  type: 'run.started' as const,
  body: { command: 'work', args: {} }
})

/** A store during whose first writing of a row of this kind something else happens, which is written behind it. */
function interrupted(type: KnownEvent['type']) {
  const memory = createMemoryStore({ bytes: countingBytes(2) })
  let meanwhile: (() => Promise<unknown>) | null = null
  let answer: Promise<unknown> = Promise.resolve()
  const store: Store = {
    ...memory,
    async commit(units) {
      if (meanwhile && units.some(({ event }) => event?.type === type)) {
        answer = meanwhile()
        meanwhile = null
        // What is looked up for it, is looked up before the end.
        for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      }
      return memory.commit(units)
    }
  }
  const during = (work: () => Promise<unknown>): void => void (meanwhile = work)
  return { store, during, answer: () => answer }
}

async function bench(type: KnownEvent['type'] = 'conversation.closed') {
  const { store, during, answer } = interrupted(type)
  const base = scriptedConnector([{ name: 'work', description: 'Works', args: [] }])
  const receives = ['message.created', 'run.started'] as const
  const connector = { ...base, capabilities: { ...base.capabilities, receives } } as typeof base
  const world = await createWorld({ connector, store, others: { people: scriptedConnector() }, audited: () => {} })
  const entered = await world.engine.enter('test', { visitorKey: world.key('anna'), person: null })
  if ('code' in entered) throw new Error(entered.code)
  const { conversation } = entered
  const first = await world.connect({ visitor: 'anna', conversation })
  const second = await world.connect({ visitor: 'anna', conversation, device: 'second' })
  const end = () => first.send('invoke', { id: idOf<MessageId>('end'), conversation, verb: 'end', args: {} })
  /** What the other one was answered whose work came while the end was written. */
  async function endDuring(work: () => Promise<unknown>): Promise<unknown> {
    during(work)
    expect(await end()).toEqual({ ok: true })
    return answer()
  }
  return { world, store, conversation, connector, port: (): ConnectorPort => connector.port(), first, second, endDuring }
}

const told = (client: TestClient) => client.events().flatMap(({ seq, type }) => (seq > 3 ? [type] : []))

test('rule 28: what another device sends while the end is written is refused for good, and reaches nobody', async () => {
  const { world, store, conversation, connector, second, endDuring } = await bench()
  expect(await endDuring(() => second.send('append', message(conversation, 1, 'late')))).toEqual(CLOSED)
  await world.clock.advance(0)
  expect([told(second), connector.delivered, await store.jobs()]).toEqual([['conversation.closed'], [], []])
  const again = [await second.send('append', message(conversation, 1, 'late')), await second.send('append', message(conversation, 2, 'later'))]
  expect(again).toEqual([CLOSED, CLOSED])
})

test('rule 28: what was recorded before the end is known behind it', async () => {
  const { conversation, port, second, endDuring } = await bench()
  const before = await second.send('append', message(conversation, 1, 'before'))
  await port().append({ conversation, externalId: '1', parts: words('answer') })
  expect(await endDuring(() => second.send('append', message(conversation, 1, 'before')))).toEqual(before)
  expect(await second.send('append', message(conversation, 1, 'before'))).toEqual(before)
  expect(await port().append({ conversation, externalId: '1', parts: words('answer') })).toBe('known')
})

test('rule 28: a command that comes while the end is written is not begun, and is audited as refused', async () => {
  const { world, store, conversation, connector, second, endDuring } = await bench()
  expect(await endDuring(() => second.send('append', command(conversation, 1, 'late')))).toEqual(CLOSED)
  await world.clock.advance(0)
  expect([told(second), connector.delivered, await store.runsWith(WAITING)]).toEqual([['conversation.closed'], [], []])
  expect((await store.audits(10)).map(({ name, payload }) => ({ name, payload }))).toMatchObject([
    { name: 'command.refused', payload: { command: 'work', code: 'conversation.closed' } }
  ])
})

test('a command that starts while the others are cancelled is cancelled, too', async () => {
  const { store, conversation, first, second, endDuring } = await bench('run.failed')
  await first.send('append', command(conversation, 1, 'one'))
  await endDuring(() => second.send('append', command(conversation, 1, 'two')))
  const [one, two, ...more] = first.events().flatMap(({ type, body }) => (type === 'run.failed' ? [body.reason] : []))
  expect([one, two, more, await store.runsWith(WAITING)]).toEqual(['cancelled', 'cancelled', [], []])
  expect(told(first).filter((type) => type === 'run.started' || type === 'conversation.closed')).toEqual(['run.started', 'run.started', 'conversation.closed'])
})

test('what a connector says while the end is written is not recorded, and nobody joins for it', async () => {
  const { conversation, port, first, endDuring } = await bench()
  const from = { key: 'robin', name: 'Robin', role: 'agent' } as const
  expect(await endDuring(() => port().append({ conversation, externalId: '1', parts: words('late'), from }))).toBe('ended')
  expect(await port().append({ conversation, externalId: '2', parts: words('later'), from })).toBe('ended')
  expect(told(first)).toEqual(['conversation.closed'])
})

test('a conversation that ends is not handed over any more', async () => {
  const { store, conversation, port, first, endDuring } = await bench()
  expect(await endDuring(() => port().handOver(conversation, 'people'))).toBe('ended')
  expect(told(first)).toEqual(['conversation.closed'])
  expect(await store.conversation(conversation)).toMatchObject({ status: 'closed', answering: null })
})
