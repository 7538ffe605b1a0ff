import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SentState } from './index.js'
import { openPegaBench, type PegaBench } from './testing.js'

let bench: PegaBench
beforeEach(async () => void (bench = await openPegaBench({ isBotOn: false })))
afterEach(() => bench.stop())

/** What is known of the messages to customers, once it is this. */
const showsOf = (...wanted: readonly SentState[]) => vi.waitFor(() => expect(bench.platform.entries.flatMap(({ sent }) => sent ?? [])).toEqual(wanted))
const texts = (): readonly unknown[] => bench.hook.taken.map(({ body }) => [body.text].flat()[0])
/** How a request ends: with a status, or without one. */
const outcome = (): Promise<number | string> => bench.says('c-1', 'Hello').catch((error: Error) => (error.cause as NodeJS.ErrnoException).code ?? error.message)

describe('of POST /messages', () => {
  test('a status lasts until it is mended, and nothing is taken', async () => {
    const statuses: (number | string)[] = []
    for (const kind of ['down', 'unauthorised', 'forbidden'] as const) {
      await bench.platform.breakWith({ kind })
      statuses.push(await outcome(), await outcome())
      await bench.platform.mend(kind)
    }
    expect(statuses).toEqual([503, 503, 401, 401, 403, 403])
    expect(bench.platform.received()).toEqual([])
    expect([await outcome(), bench.platform.requests().map(({ status }) => status)]).toEqual([200, [503, 503, 401, 401, 403, 403, 200]])
  })

  test('too many says when to come again', async () => {
    await bench.platform.breakWith({ kind: 'busy', retryAfterS: 7 })
    const response = await fetch(bench.platform.messagesUrl, { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
  })

  test('500 comes so many times, then it is whole', async () => {
    await bench.platform.breakWith({ kind: 'failing', times: 2 })
    expect([await outcome(), await outcome(), await outcome()]).toEqual([500, 500, 200])
    expect(bench.platform.received()).toHaveLength(1)
  })

  test('unreachable refuses the connection, and comes back at the same address', async () => {
    await bench.platform.breakWith({ kind: 'unreachable' })
    expect(await outcome()).toBe('ECONNREFUSED')
    await bench.platform.mend()
    expect(await outcome()).toBe(200)
  })

  test('cut and hang give no answer, whether it was taken or not', async () => {
    await bench.platform.breakWith({ kind: 'cut' })
    expect(typeof (await outcome())).toBe('string')
    await bench.platform.mend()
    await bench.platform.breakWith({ kind: 'hang', isTaken: true })
    const given = new AbortController()
    const hanging = fetch(bench.platform.messagesUrl, { method: 'POST', body: '{}', signal: given.signal }).catch(() => 'given up')
    await vi.waitFor(() => expect(bench.platform.requests()).toHaveLength(2))
    given.abort()
    expect(await hanging).toBe('given up')
    await bench.platform.breakWith({ kind: 'cut', isTaken: true })
    await bench.platform.mend('hang')
    expect(typeof (await outcome())).toBe('string')
    expect([bench.platform.received().length, bench.platform.requests().map(({ status }) => status)]).toEqual([1, [0, 0, 0]])
  })
})

describe('of the webhook', () => {
  test('what the other side cannot take now is tried again, with growing waits, in order', async () => {
    bench.hook.answerWith(500, 'cut', 429)
    const first = bench.platform.agent.say('c-1', 'one')
    const second = bench.platform.agent.say('c-1', 'two')
    const waiting: SentState = { state: 'sending', status: null, attempts: 0 }
    await showsOf({ state: 'retrying', status: 500, attempts: 1 }, waiting)
    await bench.clock.advance(1_000)
    await showsOf({ state: 'retrying', status: null, attempts: 2 }, waiting)
    await bench.clock.advance(2_000)
    await showsOf({ state: 'retrying', status: 429, attempts: 3 }, waiting)
    await bench.clock.advance(4_999)
    expect(texts()).toEqual(['one', 'one', 'one'])
    await bench.clock.advance(1)
    expect([await first, await second]).toEqual([
      { state: 'delivered', status: 200, attempts: 4 },
      { state: 'delivered', status: 200, attempts: 1 }
    ])
    expect(texts()).toEqual(['one', 'one', 'one', 'one', 'two'])
  })

  test('what is refused is not tried again, and the agent sees it', async () => {
    bench.hook.answerWith(404)
    expect(await bench.platform.agent.say('c-1', 'one')).toEqual({ state: 'refused', status: 404, attempts: 1 })
    expect(await bench.platform.agent.say('c-1', 'two')).toEqual({ state: 'delivered', status: 200, attempts: 1 })
    await showsOf({ state: 'refused', status: 404, attempts: 1 }, { state: 'delivered', status: 200, attempts: 1 })
  })

  test('after the last wait it is lost; what is passing is tried once', async () => {
    bench.hook.answerWith(503, 503, 503, 503, 503, 503, 503)
    expect(await bench.platform.agent.typing('c-1')).toEqual({ state: 'lost', status: 503, attempts: 1 })
    const lost = bench.platform.agent.say('c-1', 'one')
    for (const [attempt, waitMs] of [1_000, 2_000, 5_000, 10_000, 30_000].entries()) {
      await showsOf({ state: 'retrying', status: 503, attempts: attempt + 1 })
      await bench.clock.advance(waitMs)
    }
    expect(await lost).toEqual({ state: 'lost', status: 503, attempts: 6 })
  })

  test('a side that does not answer within ten seconds is out of reach, and another customer does not wait for it', async () => {
    bench.hook.answerWith('never')
    const stuck = bench.platform.agent.say('c-1', 'one')
    await bench.hook.waitFor(1)
    expect(await bench.platform.agent.say('c-2', 'two')).toEqual({ state: 'delivered', status: 200, attempts: 1 })
    await bench.clock.advance(10_000)
    await showsOf({ state: 'retrying', status: null, attempts: 1 }, { state: 'delivered', status: 200, attempts: 1 })
    await bench.clock.advance(1_000)
    expect(await stuck).toEqual({ state: 'delivered', status: 200, attempts: 2 })
  })

  test('double sends the same body twice', async () => {
    await bench.platform.breakWith({ kind: 'double' })
    await bench.platform.agent.menu('c-1')
    const [one, other] = bench.hook.taken
    expect([bench.hook.taken.length, one?.body]).toEqual([2, other?.body])
  })

  test('late waits first', async () => {
    await bench.platform.breakWith({ kind: 'late', ms: 3_000 })
    const sent = bench.platform.agent.say('c-1', 'one')
    await bench.clock.advance(2_999)
    expect(texts()).toEqual([])
    await bench.clock.advance(1)
    expect([(await sent).state, texts()]).toEqual(['delivered', ['one']])
  })

  test('reordered brings the second before the first, and a last one after a while', async () => {
    await bench.platform.breakWith({ kind: 'reordered' })
    const sent = ['one', 'two', 'three'].map((text) => bench.platform.agent.say('c-1', text))
    await Promise.all(sent.slice(0, 2))
    expect(texts()).toEqual(['two', 'one'])
    await bench.clock.advance(4_000)
    await sent[2]
    expect(texts()).toEqual(['two', 'one', 'three'])
  })

  test('when the platform stops, all that was waiting ends', async () => {
    bench.hook.answerWith(500)
    const waiting = bench.platform.agent.say('c-1', 'one')
    await showsOf({ state: 'retrying', status: 500, attempts: 1 })
    await bench.platform.breakWith({ kind: 'reordered' })
    const held = bench.platform.agent.say('c-2', 'two')
    await bench.platform.stop()
    expect([(await waiting).state, (await held).state, texts()]).toEqual(['lost', 'lost', ['one']])
  })
})
