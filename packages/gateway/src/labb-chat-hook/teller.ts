import type { Ack, Json, ParleyEvent } from '@parley/protocol'
import { readRow, type Wire } from './line.js'
import type { Receipts } from './receipts.js'

/** Tells one socket what is recorded in one conversation: in order, nothing twice, and again what nobody acknowledged. */
export interface Teller {
  rows(rows: readonly ParleyEvent[]): void
  /** The number is used again: what was not acknowledged in time is told once more. */
  again(): void
  /** Settles when it is known how far the client has come. */
  end(): Promise<void>
}

export type TellerOptions = {
  /** Rows up to here were there before the socket came; they are told only if nobody acknowledged them. */
  readonly head: number
  readonly receipts: Receipts
  /** Unacknowledged answers are kept for the next use. */
  readonly isKept: boolean
  readonly wire: Wire
  read(from: number, to: number): Promise<Ack>
  seen(got: number): Promise<Ack>
  /** @param settled whether the client acknowledged it in time */
  tellAnswer(body: Json, settled: (isAcknowledged: boolean) => void): void
  tellFailure(text: string): void
  /** Nothing more can be told here. */
  fail(why: string): void
  waitMs(ms: number): Promise<void>
}

const MOST_SEEN_TRIES = 30

export function createTeller(options: TellerOptions): Teller {
  const { receipts, isKept, wire, waitMs } = options
  /** The row that is told next; rows beyond it are read when it is their turn. */
  let next = receipts.got() + 1
  let head = options.head
  let oldTo = options.head
  let isReading = false
  let isMissed = false
  let isOver = false
  let telling: Promise<void> | null = null
  /** Told, and the client has still time to acknowledge. */
  const pending = new Set<number>()

  function settle(seq: number): void {
    receipts.settle(seq)
    if (isKept) telling ??= tellSeen().finally(() => (telling = null))
  }

  async function tellSeen(): Promise<void> {
    let told = 0
    for (let tries = 0; tries < MOST_SEEN_TRIES && told < receipts.got(); ) {
      const got = receipts.got()
      const ack = await options.seen(got)
      if ('ok' in ack) told = got
      else if (ack.error.code !== 'append.busy') return
      else {
        tries += 1
        await waitMs(ack.error.retryInMs ?? 1_000)
      }
    }
  }

  function tell(row: ParleyEvent): void {
    const { seq } = row
    // Several sockets may share a number: what is new is told to each, whoever of them is first to acknowledge it.
    if (seq <= oldTo && (receipts.has(seq) || pending.has(seq))) return
    const told = readRow(row)
    if (told.kind === 'failure') options.tellFailure(told.text)
    if (told.kind !== 'answer') return settle(seq)
    pending.add(seq)
    options.tellAnswer(told.body, (isAcknowledged) => {
      pending.delete(seq)
      if (isAcknowledged) settle(seq)
      else isMissed = true
    })
  }

  async function readOn(): Promise<void> {
    if (isReading) return
    isReading = true
    try {
      while (next <= head && !isOver) {
        await wire.drained()
        const before = next
        const ack = await options.read(next, head)
        if ('error' in ack && ack.error.code !== 'append.busy') return options.fail(ack.error.code)
        if (next === before) await waitMs('error' in ack ? (ack.error.retryInMs ?? 1_000) : 1_000)
      }
    } finally {
      isReading = false
    }
  }

  const catchUp = (): void => {
    readOn().catch(() => options.fail('gateway.unavailable'))
  }

  return {
    rows(rows) {
      for (const row of rows) {
        head = Math.max(head, row.seq)
        if (row.seq !== next || isOver) continue
        next += 1
        tell(row)
      }
      if (next <= head) catchUp()
    },
    again() {
      if (!isKept || !isMissed) return
      isMissed = false
      oldTo = Math.max(oldTo, next - 1)
      next = receipts.got() + 1
      catchUp()
    },
    async end() {
      isOver = true
      await telling
    }
  }
}
