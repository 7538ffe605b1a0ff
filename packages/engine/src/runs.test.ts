import type { ConversationId, MessageId, Part, RunId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { DeliveryFault } from './connector.js'
import { createManualClock } from './testing/manual-clock.js'
import { countingBytes, createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'
import { createMemoryStore } from './memory-store.js'

const COMMANDS = [{ name: 'go', description: 'goes', args: [{ name: 'far', type: 'number' as const }], timeoutMs: 60_000 }]
const words = (text: string): Part[] => [{ kind: 'text', text }]

async function begin(world: World, visitor = 'anna'): Promise<{ conversation: ConversationId; client: TestClient; run: RunId }> {
  const entered = await world.engine.enter('test', { visitorKey: world.key(visitor), person: null })
  if ('code' in entered) throw new Error(entered.code)
  const { conversation } = entered
  const client = await world.connect({ visitor, conversation })
  await client.send('append', {
    conversation,
    deviceSeq: 1,
    messageId: idOf<MessageId>(`${visitor} go`),
    after: 0,
    type: 'run.started',
    body: { command: 'go', args: { far: 3 } }
  })
  await world.clock.advance(0)
  const started = client.events().find((event) => event.type === 'run.started')
  if (started?.type !== 'run.started') throw new Error('the run did not start')
  return { conversation, client, run: started.body.run }
}

const world = () => createWorld({ connector: scriptedConnector(COMMANDS) })
const told = (client: TestClient) =>
  client
    .events()
    .filter((event) => event.type.startsWith('run.') || event.type.startsWith('link.'))
    .map(({ type, body }) => ({ type, ...body }))

test('a command becomes a run with an id of the gateway’s own and is delivered to the connector once', async () => {
  const here = await world()
  const { run } = await begin(here)
  expect(run).toMatch(/^[\w-]{22}$/)
  expect(here.connector.delivered.map(({ event, attempt }) => [event.body, attempt])).toEqual([[{ run, command: 'go', args: { far: 3 } }, 1]])
})

test('rule 9: arguments are checked again, and a wrong one is never recorded or delivered', async () => {
  const here = await world()
  const { conversation, client } = await begin(here)
  const wrong = {
    conversation,
    deviceSeq: 2,
    messageId: idOf<MessageId>('wrong'),
    after: 0,
    type: 'run.started' as const,
    body: { command: 'go', args: { far: 'away' } }
  }
  expect(await client.send('append', wrong)).toEqual({ error: { code: 'command.invalid', text: '[far] of /go cannot be "away": a number is wanted.' } })
  expect(here.connector.delivered).toHaveLength(1)
})

test('a run is accepted, progresses and finishes; each step is told once, however often it is reported', async () => {
  const here = await world()
  const { client, run } = await begin(here)
  const port = here.connector.port()
  const answers = [
    await port.run.accept(run),
    await port.run.accept(run),
    await port.run.progress(run, { step: '1', text: 'half', fraction: 0.5 }),
    await port.run.progress(run, { step: '1', text: 'half', fraction: 0.5 }),
    await port.run.finish(run, words('done')),
    await port.run.finish(run, words('done again')),
    await port.run.progress(run, { step: '2' }),
    await port.run.fail(run, { reason: 'failed', text: 'no' })
  ]
  expect(answers).toEqual(['recorded', 'ended', 'recorded', 'known', 'recorded', 'ended', 'ended', 'ended'])
  expect(told(client).slice(1)).toEqual([
    { type: 'run.progressed', run, state: 'accepted' },
    { type: 'run.progressed', run, state: 'working', text: 'half', fraction: 0.5 },
    { type: 'run.finished', run, parts: words('done') }
  ])
})

test('a run without an end is given up at its deadline; a result that still comes is shown once, marked late', async () => {
  const here = await world()
  const { client, run } = await begin(here)
  await here.clock.advance(59_999)
  expect(told(client)).toHaveLength(1)
  await here.clock.advance(1)
  expect(told(client).slice(1)).toEqual([
    { type: 'run.failed', run, reason: 'timedOut', again: true, text: `No answer came within one minute (run ${run}). If one still comes, it is shown here.` }
  ])
  const port = here.connector.port()
  expect([await port.run.finish(run, words('late')), await port.run.finish(run, words('later'))]).toEqual(['recorded', 'ended'])
  expect(told(client).slice(2)).toEqual([{ type: 'run.finished', run, parts: words('late'), late: true }])
})

test('a visitor cancels a run, twice if need be; a stranger cannot', async () => {
  const here = await world()
  const { conversation, client, run } = await begin(here)
  const ben = await begin(here, 'ben')
  const cancel = { id: idOf<MessageId>('c'), verb: 'cancel' as const, args: { run } }
  expect(await ben.client.send('invoke', { ...cancel, conversation: ben.conversation })).toMatchObject({ error: { code: 'run.unknown' } })
  expect(await client.send('invoke', { ...cancel, conversation })).toEqual({ ok: true })
  expect(await client.send('invoke', { ...cancel, conversation })).toEqual({ ok: true })
  expect(told(client).slice(1)).toMatchObject([{ type: 'run.failed', reason: 'cancelled' }])
})

test('runs of two visitors do not mix: each result goes to the conversation that asked', async () => {
  const here = await world()
  const [anna, ben] = [await begin(here, 'anna'), await begin(here, 'ben')]
  await here.connector.port().run.finish(ben.run, words('for ben'))
  await here.connector.port().run.finish(anna.run, words('for anna'))
  expect(JSON.stringify(anna.client.events())).not.toContain('for ben')
  expect(JSON.stringify(ben.client.events())).not.toContain('for anna')
  expect(told(anna.client).at(-1)).toMatchObject({ parts: words('for anna') })
})

test('a reply token belongs to one run and one inbox and is the same after a restart', async () => {
  const here = await world()
  const { run } = await begin(here)
  const { replyToken, hasReplyToken } = here.connector.port().run
  const again = (await createWorld({ connector: here.connector, store: here.store })).connector.port().run
  expect(again.replyToken(run)).toBe(replyToken(run))
  expect([hasReplyToken(run, replyToken(run)), hasReplyToken(run, ''), hasReplyToken(idOf('other'), replyToken(run))]).toEqual([true, false, false])
})

test('after a restart a waiting run keeps its deadline, and its result still arrives, once', async () => {
  const store = createMemoryStore({ bytes: countingBytes(2) })
  const clock = createManualClock()
  const first = await createWorld({ connector: scriptedConnector(COMMANDS), store, clock })
  const { run, conversation } = await begin(first)
  await first.engine.stop(0)
  const second = await createWorld({ connector: scriptedConnector(COMMANDS), store, clock })
  const client = await second.connect({ visitor: 'anna', conversation })
  expect(second.connector.delivered).toEqual([])
  expect([await second.connector.port().run.finish(run, words('result')), await second.connector.port().run.finish(run, words('result'))]).toEqual([
    'recorded',
    'ended'
  ])
  await clock.advance(120_000)
  expect(told(client).map(({ type }) => type)).toEqual(['run.started', 'run.finished'])
})

test('rule 13: a delivery that failed is tried again with the same key until it is taken', async () => {
  const here = await world()
  let failures = 2
  here.connector.onDeliver = async () => {
    if (failures-- > 0) throw new DeliveryFault('busy', { retry: true })
  }
  await begin(here)
  await here.clock.advance(10_000)
  expect(here.connector.delivered.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  expect(new Set(here.connector.delivered.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  expect(await here.store.jobs()).toEqual([])
})

test('rule 13: what was marked as sent is never delivered again, neither after a fault nor after a crash', async () => {
  const here = await world()
  here.connector.onDeliver = async (delivery) => {
    await delivery.markSent()
    throw new Error('the line broke')
  }
  const { client } = await begin(here)
  await here.clock.advance(50_000)
  expect(here.connector.delivered).toHaveLength(1)
  expect(told(client).at(-1)).toMatchObject({ type: 'run.failed', again: true })

  const store = createMemoryStore({ bytes: countingBytes(2) })
  const crashed = await createWorld({ connector: scriptedConnector(COMMANDS), store })
  crashed.connector.onDeliver = async (delivery) => {
    await delivery.markSent()
    await new Promise(() => {})
  }
  await begin(crashed)
  const restarted = await createWorld({ connector: scriptedConnector(COMMANDS), store })
  await restarted.clock.advance(1_000)
  expect(restarted.connector.delivered).toEqual([])
  const entered = await restarted.engine.enter('test', { visitorKey: restarted.key('anna'), person: null })
  if ('code' in entered) throw new Error(entered.code)
  const again = await restarted.connect({ visitor: 'anna', conversation: entered.conversation })
  expect(told(again).at(-1)).toMatchObject({ type: 'run.failed', reason: 'unknownOutcome', again: true })
  expect(await store.jobs()).toEqual([])
})

test('rule 13: a run that the outside had accepted before the crash still awaits its result', async () => {
  const store = createMemoryStore({ bytes: countingBytes(2) })
  const crashed = await createWorld({ connector: scriptedConnector(COMMANDS), store })
  crashed.connector.onDeliver = async (delivery) => {
    await delivery.markSent()
    if (delivery.event.type === 'run.started') await crashed.connector.port().run.accept(delivery.event.body.run)
    await new Promise(() => {})
  }
  const { run, conversation } = await begin(crashed)
  const restarted = await createWorld({ connector: scriptedConnector(COMMANDS), store })
  await restarted.clock.advance(1_000)
  expect([restarted.connector.delivered, await store.jobs()]).toEqual([[], []])
  await restarted.connector.port().run.finish(run, words('result'))
  const client = await restarted.connect({ visitor: 'anna', conversation })
  expect(told(client).map(({ type }) => type)).toEqual(['run.started', 'run.progressed', 'run.finished'])
})

test('rule 13: after a disk that failed, only the outcome of a delivery is written again; it is not delivered twice', async () => {
  const here = await world()
  const commit = here.store.commit
  here.connector.onDeliver = async () => {
    here.store.commit = () => Promise.reject(new Error('SQLITE_FULL'))
  }
  await begin(here)
  here.store.commit = commit
  await here.clock.advance(20_000)
  expect([here.connector.delivered.length, await here.store.jobs()]).toEqual([1, []])
})

test('rule 13: the key and the run are made from the message, so a copy of the log put back makes the same ones', async () => {
  const [one, other] = [await world(), await world()]
  const [first, again] = [await begin(one), await begin(other)]
  expect([again.run, other.connector.delivered[0]?.idempotencyKey]).toEqual([first.run, one.connector.delivered[0]?.idempotencyKey])
  expect(one.connector.delivered[0]?.idempotencyKey).toBe(`${first.conversation}:${idOf<MessageId>('anna go')}:test`)
})

test('a definite fault ends the job at once and tells the visitor why', async () => {
  const here = await world()
  here.connector.onDeliver = () => Promise.reject(new DeliveryFault('The flow does not exist.', { retry: false }))
  const { client } = await begin(here)
  expect(told(client).at(-1)).toMatchObject({ type: 'run.failed', reason: 'failed', text: 'The flow does not exist.' })
  expect(here.connector.delivered).toHaveLength(1)
})

test('a run that was cancelled before its turn is not delivered', async () => {
  const here = await world()
  const { conversation, client } = await begin(here)
  let release = (): void => {}
  here.connector.onDeliver = () =>
    new Promise((resolve) => {
      release = resolve
    })
  const append = (n: number) =>
    client.send('append', {
      conversation,
      deviceSeq: n,
      messageId: idOf<MessageId>(`go ${n}`),
      after: 0,
      type: 'run.started',
      body: { command: 'go', args: {} }
    })
  await append(2)
  await append(3)
  const last = client
    .events()
    .filter((event) => event.type === 'run.started')
    .at(-1)
  await client.send('invoke', { id: idOf<MessageId>('c'), conversation, verb: 'cancel', args: { run: last?.type === 'run.started' ? last.body.run : '' } })
  release()
  await here.clock.advance(10)
  expect(here.connector.delivered).toHaveLength(2)
})

test('one conversation that waits for its connector does not hold up another', async () => {
  const here = await world()
  here.connector.onDeliver = ({ attempt, event }) =>
    event.body && attempt === 1 && here.connector.delivered.length === 1 ? new Promise(() => {}) : Promise.resolve()
  await begin(here, 'anna')
  await begin(here, 'ben')
  expect(here.connector.delivered).toHaveLength(2)
})
