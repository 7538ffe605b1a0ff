import { type Clock, type Log, reasonOf } from '@parley/engine'
import type { ErrorCode } from '@parley/protocol'

/** Tells the audit of identities that did not hold, without letting strangers fill it. */
export interface IdentityRefusals {
  /** @throws what the store threw; it is counted then and told at the end of the minute */
  note(inbox: string, code: ErrorCode): Promise<void>
  /** Records what was counted until now. */
  close(): Promise<void>
}

export type IdentityRefusalsOptions = {
  /** Names that there are; any other may be anything that somebody typed. */
  readonly inboxes: ReadonlySet<string>
  /** @param count so many at once; without it, it is one */
  readonly write: (inbox: string, code: ErrorCode, count?: number) => Promise<void>
  readonly clock: Pick<Clock, 'setTimer'>
  readonly log: Log
}

type Minute = { readonly inbox: string; readonly code: ErrorCode; count: number; cancel(): void }

const MINUTE_MS = 60_000

/**
 * Anybody can send a token that does not hold, and while the receiver is away each record may push out an older one.
 * So the first of an inbox and code is recorded at once; what follows within a minute is one number at its end.
 * There are as many minutes at most as inboxes times codes of an identity.
 */
export function createIdentityRefusals({ inboxes, write, clock, log }: IdentityRefusalsOptions): IdentityRefusals {
  const minutes = new Map<string, Minute>()

  function begin(inbox: string, code: ErrorCode, count: number): Minute {
    const key = `${inbox} ${code}`
    const minute = { inbox, code, count, cancel: clock.setTimer(MINUTE_MS, () => void end(key, minute)) }
    minutes.set(key, minute)
    return minute
  }

  async function end(key: string, minute: Minute): Promise<void> {
    minutes.delete(key)
    const { inbox, code, count } = minute
    if (await told(minute)) return
    const next = minutes.get(key)
    if (next) next.count += count
    else begin(inbox, code, count)
  }

  /** @returns whether nothing is left to be told */
  async function told({ inbox, code, count }: Minute): Promise<boolean> {
    if (count === 0) return true
    try {
      await write(inbox, code, count)
      return true
    } catch (thrown) {
      log.error({ inbox, code, count, reason: reasonOf(thrown) }, 'refused identities could not be recorded')
      return false
    }
  }

  return {
    async note(inbox, code) {
      if (!inboxes.has(inbox)) return
      const under = minutes.get(`${inbox} ${code}`)
      if (under) {
        under.count++
        return
      }
      const minute = begin(inbox, code, 0)
      try {
        await write(inbox, code)
      } catch (thrown) {
        minute.count++
        throw thrown
      }
    },
    async close() {
      const open = [...minutes.values()]
      minutes.clear()
      for (const minute of open) minute.cancel()
      await Promise.all(open.map(told))
    }
  }
}
