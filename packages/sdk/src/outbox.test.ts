import { type Append, type AppendAck, type ConversationId, type Draft, type MessageId, ParleyError } from '@parley/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.js'
import { createOutbox } from './outbox.js'
import type { OutboxStorages } from './storage/contract.js'
import { memoryStorages } from './storage/memory.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, type Fate, seededRandom } from './testing/index.js'

const text = (words: string): Draft => ({ type: 'message.created', body: { parts: [{ kind: 'text', text: words }] } })
const HERE = 'the-conversation-here-1' as ConversationId
const WELCOME = { conversation: HERE, lastDeviceSeq: 0, windowSize: 8, isOtherLife: false }

type Flight = { readonly deviceSeq: number; readonly answer: (ack: AppendAck) => void; readonly lose: () => void }

/** An outbox whose frames the test answers by hand. `sent()` gives the numbers sent since it was asked last. */
function setUp(storages = memoryStorages(seededRandom(3))) {
  const clock = createFakeClock()
  const flights: Flight[] = []
  let asked = 0
  let reconnects = 0
  let unsaved = 0
  const errors: string[] = []
  /** How many messages were shown after each change. */
  const lengths: number[] = []
  const outbox = createOutbox({
    storages,
    fallback: memoryStorages(seededRandom(5)),
    owner: '',
    clock,
    random: seededRandom(4),
    append: ({ deviceSeq }: Pick<Append, 'deviceSeq'>) =>
      new Promise((resolve, reject) => flights.push({ deviceSeq, answer: resolve, lose: () => reject(new ParleyError('gateway.unavailable', 'gone')) })),
    cursor: () => 0,
    isInLog: () => false,
    reconnect: () => void reconnects++,
    onChange: () => void lengths.push(outbox.items().length),
    onError: (error) => void errors.push(error.message),
    onUnsaved: () => void unsaved++,
    tell: () => {}
  })
  const sent = () => {
    const numbers = flights.slice(asked).map(({ deviceSeq }) => deviceSeq)
    asked = flights.length
    return numbers
  }
  /** Settled in a way that the test can look at. */
  const send = (words: string): Promise<number | string> =>
    outbox.send(text(words), 0).then(
      ({ seq }) => seq ?? 0,
      (reason: unknown) => (ParleyError.is(reason) ? reason.code : String(reason))
    )
  /** Answers the latest flight of a number. */
  const answer = async (deviceSeq: number, ack: AppendAck) => {
    flights.findLast((flight) => flight.deviceSeq === deviceSeq)?.answer(ack)
    await clock.settle()
  }
  const stored = (seq: number): AppendAck => ({ seq, at: '2026-01-01T00:00:00Z' })
  return { clock, outbox, flights, sent, send, answer, stored, reconnects: () => reconnects, errors, unsaved: () => unsaved, lengths }
}

async function withSent(count: number) {
  const all = setUp()
  await all.outbox.load()
  all.outbox.welcome(WELCOME)
  await all.clock.settle()
  const promises = Array.from({ length: count }, (_, index) => all.send(`${index + 1}`))
  await all.clock.settle()
  return { ...all, promises }
}

describe('rule 4: the window', () => {
  test('messages go out in order, eight at a time, and the next when one is answered', async () => {
    const { sent, answer, stored } = await withSent(12)
    expect(sent()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await answer(1, stored(1))
    await answer(2, stored(2))
    expect(sent()).toEqual([9, 10])
  })

  test('nothing is sent before the welcome, nor after the line went down', async () => {
    const { clock, outbox, send, sent } = setUp()
    void send('1')
    await clock.settle()
    expect(sent()).toEqual([])
    outbox.welcome(WELCOME)
    await clock.settle()
    expect(sent()).toEqual([1])
    outbox.down()
    void send('2')
    await clock.advance(60_000)
    expect(sent()).toEqual([])
    outbox.welcome({ ...WELCOME, lastDeviceSeq: 1 })
    expect(sent()).toEqual([1, 2])
  })

  test('a smaller window of the gateway is kept', async () => {
    const { outbox, clock, send, sent } = setUp()
    await outbox.load()
    outbox.welcome({ ...WELCOME, windowSize: 2 })
    for (const words of ['1', '2', '3']) void send(words)
    await clock.settle()
    expect(sent()).toEqual([1, 2])
  })
})

describe('answers', () => {
  test('busy: all that is under way is awaited, then the wait, then again from the first without an answer', async () => {
    const { clock, sent, answer, stored, promises } = await withSent(4)
    sent()
    await answer(1, stored(1))
    await answer(2, { error: { code: 'append.busy', retryInMs: 700 } })
    await answer(3, { error: { code: 'append.gap', expected: 2 } })
    await clock.advance(700)
    expect(sent()).toEqual([])
    await answer(4, { error: { code: 'append.gap', expected: 2 } })
    expect(sent()).toEqual([2, 3, 4])
    for (const deviceSeq of [2, 3, 4]) await answer(deviceSeq, stored(deviceSeq))
    expect(await Promise.all(promises)).toEqual([1, 2, 3, 4])
  })

  test('a gap alone is repaired at once, a second one in a row after a while', async () => {
    const { clock, sent, answer } = await withSent(1)
    await answer(1, { error: { code: 'append.gap', expected: 1 } })
    expect(sent()).toEqual([1, 1])
    await answer(1, { error: { code: 'append.gap', expected: 1 } })
    await clock.advance(999)
    expect(sent()).toEqual([])
    await clock.advance(1)
    expect(sent()).toEqual([1])
  })

  test('a definite refusal settles its message, which stays to retry or discard, and the others go on', async () => {
    const { outbox, answer, stored, promises } = await withSent(2)
    await answer(1, { error: { code: 'append.invalid' } })
    await answer(2, stored(1))
    expect(await Promise.all(promises)).toEqual(['append.invalid', 1])
    expect(outbox.items().map(({ deviceSeq, state }) => [deviceSeq, state])).toEqual([
      [1, 'failed'],
      [2, 'acked']
    ])
  })

  test('a row that comes before its answer settles the message, and the answer changes nothing', async () => {
    const { outbox, answer, stored, promises } = await withSent(1)
    const [item] = outbox.items()
    if (!item) throw new Error('nothing there')
    outbox.confirm([{ messageId: item.messageId, seq: 5, at: 'then' }])
    await answer(1, stored(5))
    expect([await promises[0], outbox.items()]).toEqual([5, []])
  })

  test('an acknowledged message stays until its row comes', async () => {
    const { outbox, answer, stored, promises } = await withSent(1)
    await answer(1, stored(1))
    const [item] = outbox.items()
    expect([await promises[0], item?.state]).toEqual([1, 'acked'])
    if (item) outbox.confirm([{ messageId: item.messageId, seq: 1, at: 'then' }])
    expect(outbox.items()).toEqual([])
  })

  test('an answer of an earlier line counts when it says stored, and is not mistaken for one of the present line', async () => {
    const { clock, outbox, flights, send, sent, stored, promises, reconnects } = await withSent(2)
    outbox.down()
    outbox.welcome({ ...WELCOME, lastDeviceSeq: 2 })
    expect(sent()).toEqual([1, 2, 1, 2])
    flights[0]?.answer(stored(1))
    flights[1]?.answer({ error: { code: 'append.conflict' } })
    await clock.settle()
    void send('3')
    await clock.settle()
    expect([sent(), reconnects()]).toEqual([[3], 0])
    flights[3]?.answer(stored(2))
    expect(await Promise.all(promises)).toEqual([1, 2])
  })

  test('a request that fails on a line that stays is tried again in a while', async () => {
    const { clock, flights, sent } = await withSent(1)
    flights[0]?.lose()
    await clock.advance(500)
    expect(sent()).toEqual([1, 1])
  })
})

describe('rule 3: what the log lost, or does not know', () => {
  test('a conflict: open answers first, then a new device, and all that waits from 1 on', async () => {
    const { clock, outbox, sent, answer, reconnects } = await withSent(3)
    const device = outbox.device()
    sent()
    await answer(1, { error: { code: 'append.conflict' } })
    await answer(2, { error: { code: 'append.conflict' } })
    expect(reconnects()).toBe(0)
    await answer(3, { error: { code: 'append.conflict' } })
    expect([reconnects(), outbox.device() === device]).toEqual([1, false])
    outbox.down()
    outbox.welcome(WELCOME)
    await clock.settle()
    expect(sent()).toEqual([1, 2, 3])
  })

  test('a gateway that waits for a number acknowledged long ago has lost it: a new device', async () => {
    const { clock, outbox, send, answer, stored, reconnects } = await withSent(1)
    await answer(1, stored(1))
    void send('2')
    await clock.settle()
    await answer(2, { error: { code: 'append.gap', expected: 1 } })
    expect([reconnects(), outbox.items().map(({ deviceSeq, state }) => [deviceSeq, state])]).toEqual([
      1,
      [
        [1, 'acked'],
        [1, 'pending']
      ]
    ])
  })

  test('in another life of the log even what was acknowledged is sent again, and what it lost goes first', async () => {
    const { clock, outbox, sent, answer, stored, reconnects, lengths } = await withSent(2)
    await answer(1, stored(1))
    outbox.down()
    sent()
    lengths.length = 0
    outbox.welcome({ ...WELCOME, isOtherLife: true })
    await clock.settle()
    expect([outbox.isReading(), sent()]).toEqual([true, []])
    const lost = {
      messageId: 'a-message-of-long-ago' as MessageId,
      draft: text('0'),
      after: 0,
      formerly: [],
      state: 'pending',
      error: null,
      seq: null
    } as const
    outbox.logWasRead([lost])
    await clock.settle()
    expect([reconnects(), outbox.items().map(({ deviceSeq, state, draft }) => [deviceSeq, state, draft])]).toEqual([
      1,
      [
        [1, 'pending', text('0')],
        [2, 'pending', text('1')],
        [3, 'pending', text('2')]
      ]
    ])
    // Nothing that was shown went away in between.
    expect(Math.min(...lengths)).toBe(2)
  })

  test('in another conversation what waits goes out under a new device, and says where it may have arrived', async () => {
    const { clock, outbox, flights, answer, stored, reconnects } = await withSent(3)
    await answer(1, stored(1))
    outbox.down()
    const there = 'another-conversation-2' as ConversationId
    outbox.welcome({ ...WELCOME, conversation: there })
    await clock.settle()
    expect([reconnects(), outbox.items().map(({ deviceSeq, formerly }) => [deviceSeq, formerly])]).toEqual([
      1,
      [
        [1, [HERE]],
        [2, [HERE]]
      ]
    ])
    outbox.welcome({ ...WELCOME, conversation: there })
    await clock.settle()
    flights.findLast(({ deviceSeq }) => deviceSeq === 1)?.answer({ seq: 7, at: 'then', elsewhere: true })
    await clock.settle()
    expect(outbox.items().map(({ deviceSeq }) => deviceSeq)).toEqual([2])
  })

  test('a number that is missing here may be in the storage, where another tab put it', async () => {
    const storages = memoryStorages(seededRandom(3))
    const { life } = await storages.of('').load()
    const one = setUp(storages)
    await one.outbox.load()
    one.outbox.welcome(WELCOME)
    await one.clock.settle()
    await storages
      .of('')
      .take(
        { messageId: 'from-another-tab-000001' as MessageId, draft: text('theirs'), after: 0, formerly: [], state: 'pending', error: null, seq: null },
        life
      )
    void one.send('mine')
    await one.clock.settle()
    expect(one.sent()).toEqual([2])
    await one.answer(2, { error: { code: 'append.gap', expected: 1 } })
    expect([one.sent(), one.reconnects()]).toEqual([[1, 2], 0])
  })
})

describe('the end', () => {
  test('every promise settles on close', async () => {
    const { outbox, promises, send } = await withSent(2)
    outbox.close(new ParleyError('client.closed', 'closed'), false)
    expect(await Promise.all([...promises, send('3')])).toEqual(['client.closed', 'client.closed', 'client.closed'])
    expect(outbox.items().map(({ state }) => state)).toEqual(['pending', 'pending'])
  })
})

/** Many messages over a line whose every fault comes from the seed, against a gateway that keeps the rules. */
async function storm(seed: number, count: number, restores: boolean) {
  const random = seededRandom(seed)
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock, random: seededRandom(seed + 1) })
  const { openSession, openTransport } = gateway
  const client = createClient({
    url: 'http://localhost',
    inbox: 'a',
    openSession,
    openTransport,
    clock,
    environment: createFakeEnvironment(),
    random: seededRandom(seed + 2)
  })
  const faultShare = random.fraction() * 0.3
  const fates: readonly Fate[] = ['lose', 'loseAck', 'cut', 'cutAck']
  let isStormy = true
  gateway.faults.delayMs = () => Math.floor(random.fraction() * 200)
  gateway.faults.fate = () => (isStormy && random.fraction() < faultShare ? (fates[Math.floor(random.fraction() * 4)] ?? 'pass') : 'pass')
  gateway.script.refuseAppend = () => (isStormy && random.fraction() < faultShare / 2 ? { code: 'append.busy', retryInMs: 50 } : null)
  const wrong: string[] = []
  client.conversation.$timeline.listen((items) => {
    const keys = items.map(({ key }) => key)
    if (new Set(keys).size !== keys.length) wrong.push(`shown twice: ${keys}`)
    const numbers = items.flatMap(({ seq }) => seq ?? [])
    if (numbers.some((seq, index) => index > 0 && seq <= (numbers[index - 1] ?? 0))) wrong.push(`out of order: ${numbers}`)
  })
  const acks: Promise<unknown>[] = []
  for (let index = 0; index < count; index++) {
    acks.push(client.conversation.send(`message ${index}`))
    await clock.advance(Math.floor(random.fraction() * 300))
    if (random.fraction() < 0.1) gateway.say('from the bot')
    if (isStormy && random.fraction() < faultShare / 4) gateway.cut()
    if (restores && index < count - 1 && random.fraction() < 0.05) gateway.restore(Math.floor(random.fraction() * gateway.events().length))
  }
  isStormy = false
  await clock.advance(120_000)
  const isSettled = await Promise.race([Promise.all(acks).then(() => true), clock.settle().then(() => false)])
  const mine = gateway
    .events()
    .flatMap((event) =>
      event.type === 'message.created' && event.author.role === 'visitor' ? event.body.parts.map((part) => (part.kind === 'text' ? part.text : '')) : []
    )
  const shown = client.conversation.$timeline.get().map(({ seq }) => seq)
  client.close()
  return { wrong, isSettled, mine, shown, length: gateway.events().length }
}

const SEEDS = { minimum: 1, runs: 150 }

test('rules 1 to 4, 11: through lost frames, lost answers, cuts and a busy gateway every message is stored once, in order, and shown once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: SEEDS.minimum, max: 1_000_000 }), fc.integer({ min: 1, max: 30 }), async (seed, count) => {
      const { wrong, isSettled, mine, shown, length } = await storm(seed, count, false)
      expect(wrong).toEqual([])
      expect(isSettled).toBe(true)
      expect(mine).toEqual(Array.from({ length: count }, (_, index) => `message ${index}`))
      expect(shown).toEqual(Array.from({ length }, (_, index) => index + 1))
    }),
    { numRuns: SEEDS.runs }
  )
}, 60_000)

test('rule 3: with old copies of the log coming back in between, nothing is stored twice, and what was lost is sent again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: SEEDS.minimum, max: 1_000_000 }), async (seed) => {
      const { wrong, isSettled, mine, shown, length } = await storm(seed, 20, true)
      expect(wrong).toEqual([])
      expect(isSettled).toBe(true)
      expect([...mine].sort()).toEqual(Array.from({ length: 20 }, (_, index) => `message ${index}`).sort())
      expect(shown).toEqual(Array.from({ length }, (_, index) => index + 1))
    }),
    { numRuns: SEEDS.runs }
  )
}, 60_000)

describe('a storage that fails', () => {
  type Fails = (what: 'load' | 'take') => boolean
  const failing = (storages: OutboxStorages, fails: Fails): OutboxStorages => ({
    ...storages,
    isDurable: true,
    of(owner) {
      const storage = storages.of(owner)
      const attempt = <Value>(what: 'load' | 'take', run: () => Promise<Value>) => (fails(what) ? Promise.reject(new Error('the storage is full')) : run())
      return { ...storage, load: () => attempt('load', storage.load), take: (item, life) => attempt('take', () => storage.take(item, life)) }
    }
  })

  test('at its first reading leaves the messages in memory, marked as not saved', async () => {
    const one = setUp(failing(memoryStorages(seededRandom(3)), (what) => what === 'load'))
    await one.outbox.load()
    one.outbox.welcome(WELCOME)
    void one.send('1')
    await one.clock.settle()
    expect([one.outbox.isSaved(), one.sent(), one.errors, one.unsaved()]).toEqual([false, [1], ['the storage is full'], 1])
  })

  test('in use moves all that waits to memory, in its order and under its ids, as another device', async () => {
    let isFull = false
    const one = setUp(failing(memoryStorages(seededRandom(3)), (what) => isFull && what === 'take'))
    await one.outbox.load()
    void one.send('1')
    void one.send('2')
    await one.clock.settle()
    const before = one.outbox.items().map(({ messageId }) => messageId)
    const device = one.outbox.device()
    isFull = true
    void one.send('3')
    await one.clock.settle()
    expect(one.outbox.items().map(({ draft, deviceSeq }) => [draft, deviceSeq])).toEqual([
      [text('1'), 1],
      [text('2'), 2],
      [text('3'), 3]
    ])
    expect(
      one.outbox
        .items()
        .slice(0, 2)
        .map(({ messageId }) => messageId)
    ).toEqual(before)
    expect([one.outbox.isSaved(), one.outbox.device() === device, one.errors]).toEqual([false, false, ['the storage is full']])
  })

  test('that was cleared in use begins anew with all that waits', async () => {
    const storages = memoryStorages(seededRandom(3))
    const one = setUp({ ...storages, isDurable: true })
    await one.outbox.load()
    void one.send('1')
    await one.clock.settle()
    await storages.of('').clear()
    void one.send('2')
    await one.clock.settle()
    const { items, device } = await storages.of('').load()
    expect(items.map(({ draft, deviceSeq }) => [draft, deviceSeq])).toEqual([
      [text('1'), 1],
      [text('2'), 2]
    ])
    expect([one.outbox.isSaved(), one.outbox.device() === device, one.outbox.items()]).toEqual([true, true, items])
  })
})
