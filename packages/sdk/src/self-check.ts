import { digestRows, LIMITS, type Ack, type ParleyEvent } from '@parley/protocol'
import type { Log } from './cursor.js'

/** Rows between two looks (delivery rule 17). */
const EVERY_ROWS = 100

export type SelfCheckOptions = {
  log(): Log
  /** Asks the gateway whether its rows have this digest. */
  check(range: { readonly from: number; readonly to: number; readonly digest: string }): Promise<Ack>
  /** The rows differ: what is held is of another history. */
  onDiffer(): void
}

/** Every hundred rows the client holds the digest of what it holds against the gateway's log. */
export interface SelfCheck {
  /** Rows came. */
  advance(): void
  /** Another log, or another place in it. */
  restart(): void
}

export function createSelfCheck({ log, check, onDiffer }: SelfCheckOptions): SelfCheck {
  let checkedTo: number | null = null
  let isAsking = false

  async function ask(from: number, to: number, rows: readonly ParleyEvent[]): Promise<void> {
    const asked = log().epoch
    const ack = await check({ from, to, digest: digestRows(rows) })
    if (log().epoch !== asked || checkedTo === null) return
    if (!('error' in ack)) checkedTo = to
    else if (ack.error.code === 'log.differs') onDiffer()
  }

  return {
    restart() {
      checkedTo = null
    },
    advance() {
      const { floor, cursor } = log().conversation
      checkedTo = Math.max(checkedTo ?? floor, floor)
      if (isAsking || cursor - checkedTo < EVERY_ROWS) return
      const to = Math.min(cursor, checkedTo + LIMITS.checkRows)
      isAsking = true
      ask(checkedTo + 1, to, log().events.slice(checkedTo - floor, to - floor))
        // A line that ended: the next rows are another chance.
        .catch(() => {})
        .finally(() => {
          isAsking = false
        })
    }
  }
}
