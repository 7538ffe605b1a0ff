import { createHash, createHmac } from 'node:crypto'
import { createEngine, createMemoryStore, type Engine, type Host, type Store, type Unit, WAITING } from '@parley/engine'
import { createFakeClock, type FakeClock } from '@parley/engine/contracts'
import { PROTOCOL_VERSION, type ConversationId, type ParleyEvent } from '@parley/protocol'
import { expect, test } from 'vitest'
import { SETTINGS } from '../fixtures/bench.js'
import { createFakeHub, type FakeFlow, type FakeHub, REPOSITORY } from '../fixtures/fake-hub.js'
import { POLL_MS, STOCK } from '../fixtures/flow-bench.js'
import { oih } from '../index.js'

/** The real engine: what stands in its store when a process is killed in the middle of a start. */

let calls = 0
const bytes = (count: number): Uint8Array => new Uint8Array(createHash('sha512').update(`${calls++}`).digest()).slice(0, count)
const idFrom = (name: string): string => createHash('md5').update(name).digest('base64url')
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

type Process = { readonly engine: Engine; readonly clock: FakeClock; readonly conversation: ConversationId }

async function begin(store: Store, hub: FakeHub): Promise<Process> {
  const read = oih.readConfig({ ...SETTINGS, flowsUrl: REPOSITORY })
  if (!read.ok) throw new Error(read.wanted)
  const clock = createFakeClock()
  const host: Host = {
    clock,
    chance: { bytes },
    log: quiet,
    seal: {
      sign: (purpose, text) => createHmac('sha256', 'test').update(`${purpose}\n${text}`).digest('base64url'),
      digest: (text) => createHash('sha256').update(text).digest('base64url'),
      equal: (a, b) => a === b
    }
  }
  let visitor: Awaited<ReturnType<Engine['enter']>> | null = null
  const engine: Engine = createEngine({
    ...host,
    store,
    inboxes: [{ name: 'flows', connector: oih.create(read.value) }],
    publicUrl: 'https://chat.example.test',
    fetch: hub.fetch,
    authenticate: async () =>
      visitor && 'visitor' in visitor
        ? { visitor: visitor.visitor, inbox: 'flows', roles: ['operator'], expiresInS: 900 }
        : { code: 'auth.invalid', text: 'nobody has entered' }
  })
  await engine.start()
  visitor = await engine.enter('flows', { visitorKey: 'k'.repeat(43), person: null })
  if (!('conversation' in visitor)) throw new Error('nobody could enter')
  return { engine, clock, conversation: visitor.conversation }
}

/** A visitor's command, on disk. Its delivery is under way. */
async function order({ engine, clock, conversation }: Process, args: Readonly<Record<string, string>>): Promise<void> {
  const frame = { messageId: idFrom('order'), conversation, deviceSeq: 1, after: 0, type: 'run.started', body: { command: 'flow', args } }
  const acks = await engine.appendLast({ v: PROTOCOL_VERSION, token: 'x', device: idFrom('device'), appends: [frame] })
  expect(acks).toMatchObject([{ seq: expect.any(Number) }])
  await clock.advance(0)
}

const log = async (store: Store, conversation: ConversationId): Promise<readonly ParleyEvent[]> =>
  store.read({ conversation, log: 'public', from: 1, to: Number.MAX_SAFE_INTEGER }, 100, Number.MAX_SAFE_INTEGER)
const told = (events: readonly ParleyEvent[]): readonly unknown[] =>
  events.flatMap(({ type, body }) =>
    type.startsWith('run.') && type !== 'run.started'
      ? [(body as { text?: string; state?: string; parts?: unknown }).text ?? (body as { parts?: unknown }).parts ?? (body as { state?: string }).state]
      : []
  )

const isAcceptance = ({ event }: Unit): boolean => event?.type === 'run.progressed' && (event.body as { state?: string }).state === 'accepted'

/** @param seenBy the store as the first process has it */
async function open(seenBy = (store: Store): Store => store) {
  const flow: FakeFlow = { id: STOCK, name: 'Stock report', status: 'inactive' }
  const hub = createFakeHub(flow)
  const store = createMemoryStore({ bytes })
  return { flow, hub, store, first: await begin(seenBy(store), hub) }
}

/**
 * The next process follows a start until the flow takes calls, and posts nothing. The first one is left as it stands: its
 * clock never goes on.
 */
async function followsToTheEnd({ flow, hub, store }: Awaited<ReturnType<typeof open>>, saidFirst: string): Promise<void> {
  const second = await begin(store, hub)
  await second.clock.advance(POLL_MS)
  flow.status = 'active'
  flow.accepts = true
  await second.clock.advance(POLL_MS)
  expect(told(await log(store, second.conversation))).toEqual([
    saidFirst,
    '“Stock report” is starting.',
    [{ kind: 'text', text: '“Stock report” is active and takes calls.' }]
  ])
  expect(hub.count('POST')).toBe(1)
  expect(await store.runsWith(WAITING)).toEqual([])
  await second.engine.stop(0)
}

test('a process that is killed while its start is on the way: the next one follows it, posts nothing and does not say that it is not known', async () => {
  const world = await open()
  const { flow, hub, first } = world
  hub.next('POST', () => new Promise<Response>(() => {}))
  await order(first, { action: 'start', flow: STOCK })
  expect(hub.count('POST')).toBe(1)
  flow.status = 'starting'
  await followsToTheEnd(world, 'This chat was restarted. Open Integration Hub is asked how far it is.')
})

test('a process that is killed after the platform took its start, and before that is on record: the next one follows it, and knows that it was taken', async () => {
  const world = await open((store) => ({
    ...store,
    commit: (units) => (units.some(isAcceptance) ? new Promise(() => {}) : store.commit(units))
  }))
  const { hub, store, first } = world
  await order(first, { action: 'start', flow: STOCK })
  expect(hub.count('POST')).toBe(1)
  expect(await store.runsWith(WAITING)).toMatchObject([{ status: 'open', notes: { act: { isSure: true } } }])
  await followsToTheEnd(world, 'accepted')
})

test('a process that is killed while a watch goes on: the next one tells what changed, once', async () => {
  const { flow, hub, store, first } = await open()
  await order(first, { action: 'watch', flow: STOCK })
  await first.clock.advance(POLL_MS)
  const second = await begin(store, hub)
  await second.clock.advance(3 * POLL_MS)
  flow.status = 'starting'
  await second.clock.advance(POLL_MS)
  expect(told(await log(store, second.conversation))).toEqual(['accepted', '“Stock report” is inactive.', '“Stock report” is starting.'])
  await second.engine.stop(0)
})
