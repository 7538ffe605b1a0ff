import { type AuditRecord, createMemoryStore, type Store } from '@parley/engine'
import { createFakeClock } from '@parley/engine/contracts'
import { describe, expect, test } from 'vitest'
import { systemChance } from '../host.js'
import { auditId, putAudits, upTo } from '../testing/audits.js'
import { createListLog } from '../testing/open-doors.js'
import { away, type Outlet, type Sent } from './outlet.js'
import { createAuditWorker, nextWaitMs } from './worker.js'

/** A receiver that does what the test says, and writes down what it was sent and when. */
function bench(options: { readonly keep?: number; readonly store?: (store: Store) => Store } = {}) {
  const clock = createFakeClock(0)
  const log = createListLog()
  const counts: Record<string, number> = {}
  const inner = createMemoryStore(systemChance)
  const store = options.store?.(inner) ?? inner
  const sent: { readonly at: number; readonly numbers: readonly number[] }[] = []
  let answer: (numbers: readonly number[], batch: readonly AuditRecord[]) => Sent | Promise<Sent> = (_numbers, batch) => takes(batch)
  const numberOf = ({ id }: AuditRecord): number => Number(/\d+/.exec(id)?.[0])
  const outlet: Outlet = {
    async send(batch) {
      const numbers = batch.map(numberOf)
      sent.push({ at: clock.now(), numbers })
      return answer(numbers, batch)
    },
    close: async () => {}
  }
  const worker = createAuditWorker({
    store,
    outlet,
    keep: options.keep ?? 1_000,
    clock,
    random: () => 0.5,
    log,
    meter: { count: (what, outcome, by = 1) => void (counts[`${what} ${outcome}`] = (counts[`${what} ${outcome}`] ?? 0) + by) }
  })
  return {
    clock,
    log,
    counts,
    store,
    sent,
    worker,
    told: () => log.lines.map(({ level, text }) => `${level} ${text}`),
    answers(given: typeof answer) {
      answer = given
    },
    async record(...numbers: readonly number[]) {
      for (const _ of numbers) worker.wake()
      await putAudits(inner, ...numbers)
    },
    async left() {
      return (await inner.audits(10_000)).map(numberOf)
    }
  }
}

const takes = (batch: readonly AuditRecord[]): Sent => ({ taken: batch.map(({ id }) => id), obstacle: null })
const isAway = (reason = 'status 503', retryInMs?: number): Sent => ({ taken: [], obstacle: away(reason, retryInMs) })
const REFUSED: Sent = { taken: [], obstacle: { kind: 'refused', reason: 'status 400' } }

describe('audit records', () => {
  test('are sent in batches of 100, in order, soon after they were written, and forgotten', async () => {
    const here = bench()
    await here.record(...upTo(150))
    here.worker.start()
    await here.clock.advance(0)
    await here.record(200, 201)
    await here.clock.advance(49)
    expect(here.sent).toHaveLength(2)
    await here.clock.advance(1)
    expect(here.sent).toEqual([
      { at: 0, numbers: upTo(100) },
      { at: 0, numbers: upTo(150).slice(100) },
      { at: 50, numbers: [200, 201] }
    ])
    expect([await here.left(), here.counts, here.told()]).toEqual([[], { 'auditSent taken': 152 }, []])
  })

  test('that come while others are being sent follow them', async () => {
    const here = bench()
    let release = (): void => {}
    here.answers(async (_numbers, batch) => {
      await new Promise<void>((resolve) => (release = resolve))
      return takes(batch)
    })
    here.worker.start()
    await here.record(1)
    await here.clock.advance(50)
    await here.record(2)
    release()
    await here.clock.advance(50)
    release()
    await here.clock.advance(0)
    expect([here.sent.map(({ numbers }) => numbers), await here.left()]).toEqual([[[1], [2]], []])
  })

  test('that reach the store late are found all the same', async () => {
    const here = bench()
    here.worker.start()
    here.worker.wake()
    await here.clock.advance(60)
    await putAudits(here.store, 1)
    await here.clock.advance(5_000)
    expect(here.sent.map(({ numbers }) => numbers)).toEqual([[1]])
  })
})

describe('a receiver that is away', () => {
  test('is asked again after 1 s at the least and 5 minutes at the most, each time with the same, and told of once', async () => {
    const here = bench()
    here.answers(() => isAway())
    await here.record(...upTo(3))
    here.worker.start()
    await here.clock.advance(3_600_000)
    const waits = here.sent.map(({ at }, index) => at - (here.sent[index - 1]?.at ?? 0)).slice(1)
    expect(waits.slice(0, 4)).toEqual([2_000, 3_500, 5_750, 9_125])
    expect(Math.max(...waits)).toBe(300_000)
    expect(new Set(here.sent.map(({ numbers }) => String(numbers)))).toEqual(new Set(['1,2,3']))
    here.answers((_numbers, batch) => takes(batch))
    await here.record(4)
    await here.clock.advance(300_000)
    expect([await here.left(), here.sent.at(-1)?.numbers]).toEqual([[], [1, 2, 3, 4]])
    expect(here.told()).toEqual(['warn audit records cannot be sent; they wait and are sent later', 'info audit records are taken again'])
  })

  test('that took a part of a batch gets the rest later', async () => {
    const here = bench()
    here.answers((numbers) => (numbers.includes(1) ? { taken: [auditId(1)], obstacle: away('cut') } : takes([])))
    await here.record(1, 2)
    here.worker.start()
    await here.clock.advance(0)
    expect(await here.left()).toEqual([2])
    here.answers((_numbers, batch) => takes(batch))
    await here.clock.advance(2_000)
    expect([here.sent.map(({ numbers }) => numbers), await here.left()]).toEqual([[[1, 2], [2]], []])
  })

  test('that says when is not asked before', async () => {
    const here = bench()
    here.answers(() => isAway('status 429', 60_000))
    await here.record(1)
    here.worker.start()
    await here.clock.advance(59_999)
    await here.record(2)
    expect(here.sent).toHaveLength(1)
    await here.clock.advance(1)
    expect(here.sent).toHaveLength(2)
  })

  test('does not stop what is written: the oldest give way, counted, and told once', async () => {
    const here = bench({ keep: 10 })
    here.answers(() => isAway())
    here.worker.start()
    await here.record(...upTo(2_000))
    await here.clock.advance(60)
    expect(await here.left()).toEqual(upTo(2_000).slice(-10))
    await here.record(...upTo(3_000).slice(2_000))
    await here.clock.advance(50)
    expect([await here.left(), here.counts]).toEqual([upTo(3_000).slice(-10), { 'auditDropped overflow': 2_990 }])
    here.answers((_numbers, batch) => takes(batch))
    await here.clock.advance(300_000)
    expect(await here.left()).toEqual([])
    expect(here.told()).toEqual([
      'error too many audit records wait; the oldest are dropped',
      'warn audit records cannot be sent; they wait and are sent later',
      'info no more audit records are dropped',
      'info audit records are taken again'
    ])
  })
})

describe('a record that is not wanted', () => {
  test('is found by halving, set aside with its id and what it says, and does not block the rest', async () => {
    const here = bench()
    here.answers((numbers, batch) => (numbers.includes(3) ? REFUSED : takes(batch)))
    await here.record(...upTo(4))
    here.worker.start()
    await here.clock.advance(0)
    expect(here.sent.map(({ numbers }) => numbers)).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]])
    expect([await here.left(), here.counts]).toEqual([[], { 'auditSent taken': 3, 'auditDropped refused': 1 }])
    expect(here.log.lines).toEqual([
      {
        level: 'error',
        fields: {
          audit: auditId(3),
          name: 'command.started',
          at: 1_003,
          reason: 'status 400',
          payload: JSON.stringify({ id: auditId(3), inbox: 'support', conversation: null, visitor: null })
        },
        text: 'an audit record was refused and set aside'
      }
    ])
  })

  test('is kept while nothing else was taken, for then it may be the receiver', async () => {
    const here = bench()
    here.answers(() => REFUSED)
    await here.record(1, 2)
    here.worker.start()
    await here.clock.advance(600_000)
    expect([await here.left(), here.counts]).toEqual([[1, 2], {}])
    expect(here.told()).toEqual(['error the receiver refuses every audit record; they wait'])
    here.answers((numbers, batch) => (numbers.includes(1) ? REFUSED : takes(batch)))
    await here.clock.advance(300_000)
    expect([await here.left(), here.counts]).toEqual([[], { 'auditSent taken': 1, 'auditDropped refused': 1 }])
  })

  test('and many like it before one that is wanted are gone through, too', async () => {
    const here = bench()
    here.answers((numbers, batch) => (numbers.some((number) => number <= 150) ? REFUSED : takes(batch)))
    await here.record(...upTo(160))
    here.worker.start()
    // Hundreds of requests, one after another.
    for (let turn = 0; turn < 20; turn++) await here.clock.advance(0)
    expect([await here.left(), here.counts]).toEqual([[], { 'auditSent taken': 10, 'auditDropped refused': 150 }])
  })
})

describe('a limit on what waits', () => {
  test('holds without asking a receiver that is away before its time, however much comes', async () => {
    const here = bench({ keep: 10 })
    here.answers(() => isAway('status 429', 60_000))
    await here.record(1)
    here.worker.start()
    await here.clock.advance(0)
    for (const turn of upTo(5)) {
      await here.record(...upTo(1_000).map((number) => turn * 1_000 + number))
      await here.clock.advance(50)
    }
    expect([here.sent, await here.left()]).toEqual([[{ at: 0, numbers: [1] }], upTo(6_000).slice(-10)])
    await here.clock.advance(60_000)
    expect(here.sent.map(({ at }) => at)).toEqual([0, 60_000])
  })

  test('holds also while a receiver says nothing', async () => {
    const here = bench({ keep: 10 })
    here.answers(() => new Promise<Sent>(() => {}))
    await here.record(1)
    here.worker.start()
    await here.clock.advance(0)
    await here.record(...upTo(1_001).slice(1))
    await here.clock.advance(50)
    expect([here.sent.length, await here.left(), here.counts]).toEqual([1, upTo(1_001).slice(-10), { 'auditDropped overflow': 991 }])
  })

  test('that the store cannot keep is told, and records are sent all the same', async () => {
    const here = bench({ store: (store) => ({ ...store, dropAudits: () => Promise.reject(new Error('the disk')) }) })
    await here.record(1)
    here.worker.start()
    await here.clock.advance(0)
    expect([await here.left(), here.told()]).toEqual([[], ['error audit records above the limit could not be dropped']])
  })
})

describe('records that no queue takes', () => {
  const UNBOUND = { kind: 'unrouted', reason: 'bind a queue' } as const
  /** A broker at which only some numbers have a queue. */
  const routes =
    (isRouted: (number: number) => boolean) =>
    (numbers: readonly number[]): Sent => {
      const taken = numbers.filter(isRouted).map(auditId)
      const unrouted = numbers.filter((number) => !isRouted(number)).map(auditId)
      return { taken, unrouted, obstacle: taken.length === 0 ? UNBOUND : null }
    }

  test('are kept while it takes none at all, tried less and less often, and told of once', async () => {
    const here = bench()
    here.answers(routes(() => false))
    await here.record(...upTo(150))
    here.worker.start()
    await here.clock.advance(3_600_000)
    const tries = here.sent.filter(({ numbers }) => numbers[0] === 1).map(({ at }) => at)
    expect([tries.slice(0, 3), tries.length, (await here.left()).length, here.counts]).toEqual([[0, 2_000, 5_500], 22, 150, {}])
    expect(here.log.lines).toEqual([
      { level: 'error', fields: { reason: 'bind a queue' }, text: 'no queue takes the audit records; they wait and are sent later' }
    ])
    here.answers(routes(() => true))
    await here.clock.advance(300_000)
    expect([await here.left(), here.counts]).toEqual([[], { 'auditSent taken': 150 }])
    expect(here.told().slice(1)).toEqual(['info audit records are taken again'])
  })

  test('wait also when they are many: not all of them are gone through each time', async () => {
    const here = bench()
    here.answers(routes(() => false))
    await here.record(...upTo(1_000))
    here.worker.start()
    await here.clock.advance(0)
    expect([here.sent.length, (await here.left()).length]).toEqual([3, 1_000])
  })

  test('among others that are taken are sent once more, then dropped, counted, and told of once for each name', async () => {
    const here = bench()
    here.answers(routes((number) => number !== 2 && number !== 12))
    await here.record(1, 2, 3)
    here.worker.start()
    await here.clock.advance(0)
    await here.record(11, 12)
    await here.clock.advance(50)
    await here.record(21)
    await here.clock.advance(50)
    expect(here.sent.map(({ numbers }) => numbers)).toEqual([[1, 2, 3], [2], [11, 12], [12], [21]])
    expect([await here.left(), here.counts]).toEqual([[], { 'auditSent taken': 4, 'auditDropped unrouted': 2 }])
    expect(here.log.lines).toEqual([
      { level: 'error', fields: { audit: auditId(2), name: 'command.started' }, text: 'no queue takes audit records of this name; they are dropped' },
      { level: 'info', fields: { name: 'command.started' }, text: 'audit records of this name are taken again' }
    ])
  })

  test('before a queue was bound are not lost when it is bound while they are sent', async () => {
    const here = bench()
    let isBound = false
    here.answers((numbers) => {
      const answer = routes((number) => isBound || number > 120)(numbers)
      isBound ||= numbers.includes(121)
      return answer
    })
    await here.record(...upTo(150))
    here.worker.start()
    await here.clock.advance(0)
    expect([await here.left(), here.counts, here.told()]).toEqual([[], { 'auditSent taken': 150 }, []])
  })

  test('are kept when the broker goes away before they were sent once more', async () => {
    const here = bench()
    here.answers((numbers) => (numbers.includes(1) ? routes((number) => number !== 2)(numbers) : isAway('cut')))
    await here.record(1, 2, 3)
    here.worker.start()
    await here.clock.advance(0)
    expect([await here.left(), here.counts, here.told()]).toEqual([
      [2],
      { 'auditSent taken': 2 },
      ['warn audit records cannot be sent; they wait and are sent later']
    ])
  })
})

test('a store that fails is told, and what was taken comes again under the same ids', async () => {
  let isBroken = true
  const here = bench({ store: (store) => ({ ...store, forgetAudits: (ids) => (isBroken ? Promise.reject(new Error('the disk')) : store.forgetAudits(ids)) }) })
  await here.record(1)
  here.worker.start()
  await here.clock.advance(0)
  isBroken = false
  await here.clock.advance(2_000)
  expect([here.sent.map(({ numbers }) => numbers), await here.left()]).toEqual([[[1], [1]], []])
  expect(here.told()).toEqual(['error audit records could not be read or forgotten'])
})

test('a worker that stops gives the batch under way a moment, and begins nothing more', async () => {
  const here = bench()
  let release = (): void => {}
  here.answers(async (_numbers, batch) => {
    await new Promise<void>((resolve) => (release = resolve))
    return takes(batch)
  })
  await here.record(...upTo(150))
  here.worker.start()
  await here.clock.advance(0)
  let isDone = false
  const stopped = here.worker.stop().then(() => {
    isDone = true
  })
  await here.clock.advance(299)
  expect(isDone).toBe(false)
  release()
  await here.clock.advance(0)
  await stopped
  await here.record(200)
  await here.clock.advance(60_000)
  expect([here.sent.length, await here.left()]).toEqual([1, [...upTo(150).slice(100), 200]])
})

test('waits grow with chance, between 1 s and 5 minutes', () => {
  expect([nextWaitMs(0, () => 0), nextWaitMs(0, () => 1), nextWaitMs(10_000, () => 0), nextWaitMs(10_000, () => 1), nextWaitMs(300_000, () => 0.9)]).toEqual([
    1_000, 3_000, 1_000, 30_000, 300_000
  ])
})
