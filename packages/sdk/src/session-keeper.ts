import type { SessionAnswer } from '@parley/protocol'
import type { Clock } from './clock.js'
import { unavailable } from './errors.js'

/** A token is renewed when a fifth of its life is left, but not earlier than this. */
const MOST_EARLY_MS = 60_000

/** Holds the token, in memory only, and knows when it ends. */
export interface SessionKeeper {
  /** The session there is while its token is good, else a fresh one. */
  get(signal: AbortSignal): Promise<SessionAnswer>
  /** A fresh one in any case. */
  renew(signal: AbortSignal): Promise<SessionAnswer>
  /** The one there is. */
  session(): SessionAnswer | null
  /** The gateway does not take the token any more. */
  forget(): void
  /** The gateway's own word on how long the token still lives. */
  endsIn(seconds: number): void
  /** When to renew; 0 when it is time. */
  renewInMs(): number
}

export function createSessionKeeper(open: (signal: AbortSignal) => Promise<SessionAnswer>, clock: Clock): SessionKeeper {
  let held: SessionAnswer | null = null
  let renewAt = 0
  /** What was asked for before `forget` does not count after it. */
  let life = 0

  function endsIn(seconds: number): void {
    const lifeMs = seconds * 1_000
    renewAt = clock.now() + lifeMs - Math.min(MOST_EARLY_MS, lifeMs / 5)
  }

  async function renew(signal: AbortSignal): Promise<SessionAnswer> {
    const mine = life
    const answer = await open(signal)
    if (mine !== life) throw unavailable('The session is of somebody who has left.')
    held = answer
    endsIn(answer.expiresInS)
    return answer
  }

  return {
    get: (signal) => (held && clock.now() < renewAt ? Promise.resolve(held) : renew(signal)),
    renew,
    session: () => held,
    forget() {
      life++
      held = null
    },
    endsIn,
    renewInMs: () => Math.max(0, renewAt - clock.now())
  }
}
