import type { Chance, VisitorId, Who } from '@parley/engine'

/** The door's own way past the engine's check: a pass is made for one connect, and never leaves the process. */
export interface Passes {
  issue(visitor: VisitorId, inbox: string): string
  /** Whom it names; once. `null` for what is no pass. */
  take(pass: string): Who | null
}

/** Old clients have nothing to renew: a connection of theirs lasts as long as its socket. */
const EXPIRES_IN_S = 10 * 365 * 86_400

export function createPasses(chance: Chance): Passes {
  const issued = new Map<string, Who>()
  return {
    issue(visitor, inbox) {
      const pass = Buffer.from(chance.bytes(32)).toString('base64url')
      issued.set(pass, { visitor, inbox, expiresInS: EXPIRES_IN_S })
      return pass
    },
    take(pass) {
      const who = issued.get(pass) ?? null
      issued.delete(pass)
      return who
    }
  }
}
