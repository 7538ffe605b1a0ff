import { type Append, type AppendAck, type Draft, ParleyError } from '@parley/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.js'
import { createOutbox } from './outbox.js'
import { memoryStorage } from './storage/memory.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, type Fate, seededRandom } from './testing/index.js'

const text = (words: string): Draft => ({ type: 'message.created', body: { parts: [{ kind: 'text', text: words }] } })
const WELCOME = { lastDeviceSeq: 0, windowSize: 8, isOtherLife: false }

type Flight = { readonly deviceSeq: number; readonly answer: (ack: AppendAck) => void; readonly lose: () => void }

/** An outbox whose frames the test answers by hand. `sent()` gives the numbers sent since it was asked last. */
function setUp() {
  const clock = createFakeClock()
  const flights: Flight[] = []
  let asked = 0
  let reconnects = 0
  const outbox = createOutbox({
    storage: memoryStorage(seededRandom(3)),
    clock,
    random: seededRandom(4),
    append: ({ deviceSeq }: Pick<Append, 'deviceSeq'>) =>
      new Promise((resolve, reject) => flights.push({ deviceSeq, answer: resolve, lose: () => reject(new ParleyError('gateway.unavailable', 'gone')) })),
    cursor: () => 0,
    reconnect: () => void reconnects++,
    onChange: () => {},
    onError: (error) => {
      throw error
    }
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
  return { clock, outbox, flights, sent, send, answer, stored, reconnects: () => reconnects }
}

async function withSent(count: number) {
  const all = setUp()
  all.outbox.welcome(WELCOME)
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
  test('a conflict: open answers first, then a new device, then the log, then what is absent from 1 on', async () => {
    const { clock, outbox, sent, answer, reconnects } = await withSent(3)
    const device = outbox.device()
    sent()
    await answer(1, { error: { code: 'append.conflict' } })
    await answer(2, { error: { code: 'append.conflict' } })
    expect(reconnects()).toBe(0)
    await answer(3, { error: { code: 'append.conflict' } })
    expect([reconnects(), outbox.device() === device, outbox.mustReadFrom()]).toEqual([1, false, 0])
    outbox.down()
    outbox.welcome(WELCOME)
    const second = outbox.items()[1]
    if (second) outbox.confirm([{ messageId: second.messageId, seq: 9, at: 'then' }])
    expect(sent()).toEqual([])
    outbox.logWasRead()
    await clock.settle()
    expect([sent(), outbox.mustReadFrom()]).toEqual([[1, 3], null])
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

  test('in another life of the log even what was acknowledged is sent again, unless its row comes', async () => {
    const { clock, outbox, answer, stored, reconnects } = await withSent(2)
    await answer(1, stored(1))
    outbox.down()
    outbox.welcome({ ...WELCOME, isOtherLife: true })
    await clock.settle()
    expect([reconnects(), outbox.items().map(({ deviceSeq, state }) => [deviceSeq, state])]).toEqual([
      1,
      [
        [1, 'pending'],
        [2, 'pending']
      ]
    ])
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

test('rule 3: with old copies of the log coming back in between, nothing is stored twice and what waits arrives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: SEEDS.minimum, max: 1_000_000 }), async (seed) => {
      const { wrong, isSettled, mine, shown, length } = await storm(seed, 20, true)
      expect(wrong).toEqual([])
      expect(isSettled).toBe(true)
      expect(new Set(mine).size).toBe(mine.length)
      expect(mine.at(-1)).toBe('message 19')
      expect(shown).toEqual(Array.from({ length }, (_, index) => index + 1))
    }),
    { numRuns: SEEDS.runs }
  )
}, 60_000)

test('a storage that could not be read once is asked again', async () => {
  const storage = memoryStorage(seededRandom(3))
  let failures = 1
  const outbox = createOutbox({
    storage: { ...storage, load: () => (failures-- > 0 ? Promise.reject(new Error('the storage is full')) : storage.load()) },
    clock: createFakeClock(),
    random: seededRandom(4),
    append: () => new Promise(() => {}),
    cursor: () => 0,
    reconnect: () => {},
    onChange: () => {},
    onError: () => {}
  })
  await expect(outbox.load()).rejects.toThrow('the storage is full')
  await outbox.load()
  expect(outbox.device()).toMatch(/^[\w-]{22}$/)
})
