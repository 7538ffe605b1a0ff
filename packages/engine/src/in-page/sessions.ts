import { LIMITS, type WireError } from '@parley/protocol'
import type { Chance, Clock } from '../host.js'
import { randomId } from '../identity.js'
import type { Who } from '../who.js'

/** Tokens of this page: they leave it nowhere, and each is good for whom it was given. */
export interface Sessions {
  issue(who: Omit<Who, 'expiresInS'>, lifeS?: number): { readonly token: string; readonly expiresInS: number }
  read(token: string): Who | WireError
}

/** Nobody can take a token out of the page who could not take the page itself, so it ends seldom. */
const LIFE_S = 24 * 60 * 60

export function createSessions(clock: Pick<Clock, 'now'>, chance: Chance): Sessions {
  const issued = new Map<string, { readonly who: Omit<Who, 'expiresInS'>; readonly endsAt: number }>()

  function forgetEnded(): void {
    for (const [token, { endsAt }] of issued) if (endsAt <= clock.now()) issued.delete(token)
  }

  return {
    issue(who, lifeS = LIFE_S) {
      forgetEnded()
      const token = randomId<string>(chance)
      const expiresInS = Math.max(LEAST_LIFE_S, Math.floor(lifeS))
      issued.set(token, { who, endsAt: clock.now() + expiresInS * 1_000 })
      return { token, expiresInS }
    },
    read(token) {
      const found = issued.get(token)
      if (!found) return { code: 'auth.invalid' }
      const expiresInS = Math.floor((found.endsAt - clock.now()) / 1_000)
      return expiresInS > 0 ? { ...found.who, expiresInS } : { code: 'auth.expired' }
    }
  }
}

/** A token of somebody named ends with the name, but lives long enough to be of use. */
const LEAST_LIFE_S = Math.ceil(LIMITS.tokenSeconds / 15)
