import type { MessageId, RunId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createManualClock } from './testing/manual-clock.js'
import { createMemoryStore } from './memory-store.js'
import { countingBytes, createWorld, idOf, scriptedConnector, type TestClient, type World } from './testing/harness.js'

const COMMANDS = [{ name: 'auth', description: 'signs in', args: [] }]
const TEN_MINUTES = 600_000

async function askedFor(
  world: World
): Promise<{ client: TestClient; run: RunId; link: NonNullable<Awaited<ReturnType<ReturnType<typeof world.connector.port>['link']['request']>>> }> {
  const entered = await world.engine.enter('test', { visitorKey: world.key('anna'), person: null })
  if ('code' in entered) throw new Error(entered.code)
  const { conversation } = entered
  const client = await world.connect({ visitor: 'anna', conversation })
  await client.send('append', {
    conversation,
    deviceSeq: 1,
    messageId: idOf<MessageId>('auth'),
    after: 0,
    type: 'run.started',
    body: { command: 'auth', args: {} }
  })
  const started = client.events().find((event) => event.type === 'run.started')
  if (started?.type !== 'run.started') throw new Error('the run did not start')
  const { run } = started.body
  const link = await world.connector
    .port()
    .link.request({ run, partner: 'Hub', expiresInMs: TEN_MINUTES, notes: { authUrl: 'secret' }, url: (id) => `https://chat.example.com/start?link=${id}` })
  if (!link) throw new Error('no link')
  return { client, run, link }
}

const world = () => createWorld({ connector: scriptedConnector(COMMANDS) })
const told = (client: TestClient) =>
  client
    .events()
    .slice(4)
    .map(({ type, body }) => ({ type, ...body }))

test('a sign-in card shows address, partner and code; what the connector noted stays inside', async () => {
  const here = await world()
  const { client, run, link } = await askedFor(here)
  expect(told(client)).toEqual([
    { type: 'link.requested', link: link.link, run, partner: 'Hub', url: `https://chat.example.com/start?link=${link.link}`, code: link.code, expiresInS: 600 }
  ])
  expect(link.code).toMatch(/^[A-HJ-NP-Z2-9]{3}-[A-HJ-NP-Z2-9]{3}$/)
  expect(JSON.stringify(client.frames)).not.toContain('secret')
})

test('completing binds the account to the visitor who asked, ends the run, and works once', async () => {
  const here = await world()
  const { client, run, link } = await askedFor(here)
  const { link: verbs } = here.connector.port()
  expect([await verbs.complete(link.link, { credential: 's1', scope: 'User.Read' }), await verbs.complete(link.link, { credential: 's2', scope: '' })]).toEqual(
    ['recorded', 'ended']
  )
  expect(await verbs.account(link.visitor)).toMatchObject({ credential: 's1', scope: 'User.Read' })
  expect(told(client).slice(1)).toEqual([
    { type: 'link.completed', link: link.link, partner: 'Hub' },
    { type: 'run.finished', run, parts: [{ kind: 'text', text: 'You are signed in at Hub.' }] }
  ])
  expect(JSON.stringify(client.frames)).not.toContain('s1')
})

test('a sign-in that is not finished in ten minutes expires, tells so, and cannot be finished any more', async () => {
  const here = await world()
  const { client, link } = await askedFor(here)
  await here.clock.advance(TEN_MINUTES)
  expect(told(client).slice(1)).toMatchObject([{ type: 'link.expired' }, { type: 'run.failed', reason: 'timedOut', again: true }])
  expect(await here.connector.port().link.complete(link.link, { credential: 'late', scope: '' })).toBe('ended')
  await here.clock.advance(TEN_MINUTES)
  expect(told(client)).toHaveLength(3)
})

test('a refused sign-in is told', async () => {
  const here = await world()
  const { client, link } = await askedFor(here)
  await here.connector.port().link.refuse(link.link)
  expect(told(client).slice(1)).toMatchObject([{ type: 'link.refused' }, { type: 'run.failed', reason: 'refused', text: 'The sign-in at Hub was refused.' }])
})

test('a sign-in expires after a restart, too', async () => {
  const store = createMemoryStore({ bytes: countingBytes(2) })
  const clock = createManualClock()
  const first = await createWorld({ connector: scriptedConnector(COMMANDS), store, clock })
  const { link } = await askedFor(first)
  await first.engine.stop(0)
  await createWorld({ connector: scriptedConnector(COMMANDS), store, clock })
  await clock.advance(TEN_MINUTES)
  const log = await store.read({ conversation: link.conversation, log: 'public', from: 1, to: 99 }, 99, 1e6)
  expect(log.map(({ type }) => type).slice(-2)).toEqual(['link.expired', 'run.failed'])
})

test('another visitor has no account', async () => {
  const here = await world()
  const { link } = await askedFor(here)
  await here.connector.port().link.complete(link.link, { credential: 's1', scope: '' })
  const other = await here.engine.enter('test', { visitorKey: here.key('ben'), person: null })
  expect(await here.connector.port().link.account('visitor' in other ? other.visitor : ('' as never))).toBeNull()
})
