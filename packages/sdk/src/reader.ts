import { type Ack, ERRORS, ParleyError } from '@parley/protocol'
import type { Clock } from './clock.js'
import { type Log, missing, missingBelow } from './cursor.js'

/** Older history comes in pieces of this many rows. */
const EARLIER_ROWS = 100
/** A busy gateway that does not say when to ask again is asked after this long. */
const READ_AGAIN_MS = 1_000

type Range = { readonly from: number; readonly to: number }

export type ReaderOptions = {
  readonly clock: Clock
  /** The log as it is now. */
  log(): Log
  /** Asks the gateway; the rows come as `events`, before the answer. */
  read(range: Range): Promise<Ack>
  /** A hole is closed. */
  onFilled?(): void
}

/** Asks for rows that do not come by themselves. */
export interface Reader {
  /** The rows of a hole, page by page, as long as something comes. */
  fillHole(): Promise<void>
  /** A piece of older history. @returns is there more? */
  loadEarlier(): Promise<boolean>
}

/** A gateway may answer with less than was asked for, or be busy: both make the reader ask again. */
export function createReader({ clock, log, read, onFilled }: ReaderOptions): Reader {
  let isFilling = false
  let loading: Promise<boolean> | null = null

  async function ask(range: Range): Promise<void> {
    for (;;) {
      const ack = await read(range)
      if (!('error' in ack)) return
      const error = ParleyError.fromWire(ack.error)
      if (ERRORS[error.code].then !== 'retry') throw error
      await new Promise<void>((resolve) => clock.setTimer(error.retryInMs ?? READ_AGAIN_MS, resolve))
    }
  }

  async function askEarlier(): Promise<boolean> {
    const target = Math.max(0, log().conversation.floor - EARLIER_ROWS)
    for (let range = missingBelow(log(), target); range; range = missingBelow(log(), target)) {
      const { below } = log()
      await ask(range)
      if (log().below.size === below.size && log().conversation.floor === range.to) break
    }
    return log().conversation.floor > 0
  }

  return {
    async fillHole() {
      if (isFilling) return
      isFilling = true
      try {
        for (let hole = missing(log()); hole; hole = missing(log())) {
          const { cursor } = log().conversation
          await ask(hole)
          if (log().conversation.cursor === cursor) return
          onFilled?.()
        }
      } finally {
        isFilling = false
      }
    },
    loadEarlier() {
      loading ??= askEarlier().finally(() => {
        loading = null
      })
      return loading
    }
  }
}
