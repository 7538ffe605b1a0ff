import type { Ack, Author, Json, MessageId, ParleyEvent } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createReceipts, type Receipts } from './receipts.js'
import { createTeller, type Teller, type TellerOptions } from './teller.js'

const OK: Ack = { ok: true }
const AT = '2026-03-01T10:00:00.000Z'
const by = (role: Author['role']): Author => ({ id: 'participant1----------' as Author['id'], role })

const row = (seq: number, role: Author['role'], body: object): ParleyEvent =>
  ({ seq, messageId: `message-${seq}` as MessageId, type: 'message.created', author: by(role), at: AT, body }) as ParleyEvent
const answer = (seq: number): ParleyEvent => row(seq, 'bot', { parts: [{ kind: 'data', value: seq }] })
const said = (seq: number): ParleyEvent => row(seq, 'visitor', { parts: [{ kind: 'text', text: '{}' }] })
const failure = (seq: number): ParleyEvent => row(seq, 'bot', { parts: [{ kind: 'text', text: `failure ${seq}` }], about: 'message-1' })

type Bench = {
  readonly teller: Teller
  readonly receipts: Receipts
  /** What the client was told, in order. */
  readonly told: (Json | string)[]
  readonly seen: number[]
  /** The client acknowledges an answer, or lets the time pass. */
  settle(seq: number, isAcknowledged?: boolean): void
  /** Records rows; who is live gets them. */
  append(...rows: ParleyEvent[]): void
  readonly reads: string[]
}

/** One socket at a log that is there already. */
function open(log: ParleyEvent[], { receipts = createReceipts(), ...more }: Partial<TellerOptions> & { readonly receipts?: Receipts } = {}): Bench {
  const told: (Json | string)[] = []
  const seen: number[] = []
  const reads: string[] = []
  const waiting = new Map<Json, (isAcknowledged: boolean) => void>()
  const teller = createTeller({
    head: log.length,
    receipts,
    isKept: true,
    wire: { isFull: () => false, drained: () => Promise.resolve() },
    async read(from, to) {
      reads.push(`${from}-${to}`)
      // A page has three rows here.
      teller.rows(log.slice(from - 1, Math.min(to, from + 2)))
      return OK
    },
    async seen(got) {
      seen.push(got)
      return OK
    },
    tellAnswer(body, settled) {
      told.push(body)
      waiting.set(body, settled)
    },
    tellFailure: (text) => told.push(text),
    fail: (why) => told.push(`failed: ${why}`),
    waitMs: () => Promise.resolve(),
    ...more
  })
  return {
    teller,
    receipts,
    told,
    seen,
    reads,
    settle: (seq, isAcknowledged = true) => waiting.get(seq)?.(isAcknowledged),
    append(...rows) {
      log.push(...rows)
      teller.rows(rows)
    }
  }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('one socket of a number that is believed', () => {
  test('is told answers and failures in order, and nothing of what was said from here', async () => {
    const bench = open([])
    bench.append(said(1), answer(2), failure(3))
    bench.append(answer(4))
    expect(bench.told).toEqual([2, 'failure 3', 4])
    bench.settle(2)
    bench.settle(4)
    await settled()
    expect([bench.receipts.got(), bench.seen.at(-1)]).toEqual([4, 4])
  })

  test('reads what it has not, page by page, when only the newest rows come by themselves', async () => {
    const log = Array.from({ length: 8 }, (_, index) => answer(index + 1))
    const bench = open(log)
    bench.teller.rows(log.slice(6))
    await settled()
    expect([bench.told, bench.reads]).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      ['1-8', '4-8', '7-8']
    ])
  })

  test('is told again at the next use what it did not acknowledge in time, and nothing else', async () => {
    const bench = open([])
    bench.append(answer(1), answer(2), answer(3), answer(4))
    bench.settle(1)
    bench.settle(2, false)
    bench.settle(3)
    await settled()
    expect(bench.told).toEqual([1, 2, 3, 4])
    bench.teller.again()
    await settled()
    // Of the fourth it is not known yet.
    expect([bench.told, bench.receipts.got()]).toEqual([[1, 2, 3, 4, 2], 1])
    bench.settle(2)
    bench.settle(4)
    bench.teller.again()
    await settled()
    expect([bench.told, bench.receipts.got()]).toEqual([[1, 2, 3, 4, 2], 4])
  })

  test('is not told what another socket acknowledged before it came, but is told what is new, whoever is first', async () => {
    const receipts = createReceipts()
    const log: ParleyEvent[] = []
    const first = open(log, { receipts })
    first.append(answer(1), answer(2), answer(3))
    first.settle(2)
    const second = open(log, { receipts, head: 3 })
    second.teller.rows(log)
    expect(second.told).toEqual([1, 3])
    first.append(failure(4))
    second.teller.rows([failure(4)])
    expect([first.told.at(-1), second.told.at(-1)]).toEqual(['failure 4', 'failure 4'])
  })

  test('waits with reading until the line has room, and goes on after a read that was too many', async () => {
    let makeRoom = (): void => {}
    const room = new Promise<void>((resolve) => (makeRoom = resolve))
    const log = [answer(1), answer(2)]
    let refusals = 2
    const bench: Bench = open(log, {
      wire: { isFull: () => true, drained: () => room },
      async read() {
        if (refusals-- > 0) return { error: { code: 'append.busy', retryInMs: 5 } }
        bench.teller.rows(log)
        return OK
      }
    })
    bench.teller.rows([answer(2)])
    await settled()
    expect(bench.told).toEqual([])
    makeRoom()
    await settled()
    expect(bench.told).toEqual([1, 2])
  })

  test('is sent away when its log cannot be read', async () => {
    const bench = open([answer(1), answer(2)], { read: async () => ({ error: { code: 'conversation.unknown' } }) })
    bench.teller.rows([answer(2)])
    await settled()
    expect(bench.told).toEqual(['failed: conversation.unknown'])
  })
})

test('a socket of a number that is not believed is told once, whatever it acknowledges, and nothing is kept', async () => {
  const bench = open([], { isKept: false })
  bench.append(answer(1), answer(2))
  bench.settle(1, false)
  bench.teller.again()
  await settled()
  expect([bench.told, bench.seen]).toEqual([[1, 2], []])
})
