import { ParleyError, type SessionAnswer } from '@parley/protocol'
import { claimsOf } from './identity-token.js'
import { unavailable } from './errors.js'
import type { OpenSession } from './session-request.js'
import type { KeyRing } from './storage/visitor-key.js'

export type PersonOptions = {
  readonly inbox: string
  readonly keys: Pick<KeyRing, 'key' | 'kept' | 'forget'>
  readonly openSession: OpenSession
  readonly getToken: (() => Promise<string | null> | string | null) | null
  /**
   * From now on the chat is another person's, or the same one's with a name (`isCarried`). Before this settles nothing
   * is sent.
   */
  change(owner: string, isCarried: boolean): Promise<void>
}

type Change = 'person' | 'roles'

/** Who uses the chat: somebody without a name, known by a key of this browser, or whom a token names. */
export interface Person {
  /** '' for somebody without a name. */
  owner(): string
  /** @returns what has changed: the person, or only the roles */
  identify(token: string): Promise<Change | null>
  openSession(signal: AbortSignal): Promise<SessionAnswer>
}

export function createPerson({ inbox, keys, openSession, getToken, change }: PersonOptions): Person {
  let owner = ''
  let token: string | null = null
  let had: string | undefined
  /** What `getToken` gave last has brought somebody else, and is theirs to try. */
  let isUntried = false

  async function identify(given: string): Promise<Change | null> {
    const { subject, roles } = claimsOf(given)
    const isSame = roles === had
    token = given
    had = roles
    if (subject === owner) return isSame ? null : 'roles'
    const isCarried = owner === ''
    owner = subject
    await change(subject, isCarried)
    return 'person'
  }

  /** @throws ParleyError when somebody else is there than when this was asked: the next try is theirs */
  async function freshToken(): Promise<string | null> {
    if (!getToken) return token
    // Where every token is another name, asking once more would bring yet another person, for ever.
    if (isUntried) {
      isUntried = false
      return token
    }
    const fresh = await getToken()
    if (fresh === null && owner === '') return null
    if (fresh === null) throw new ParleyError('identity.expired', 'getToken() gave no token for who is signed in.')
    isUntried = (await identify(fresh)) === 'person'
    if (isUntried) throw unavailable('Somebody has signed in.')
    return fresh
  }

  return {
    owner: () => owner,
    identify,
    async openSession(signal) {
      const identity = await freshToken()
      if (identity === null) return openSession({ inbox, visitorKey: keys.key() }, signal)
      // Under the key there may be a conversation from before: it is merged in, and the key has served.
      const visitorKey = keys.kept()
      const answer = await openSession({ inbox, identity, ...(visitorKey ? { visitorKey } : {}) }, signal)
      if (!answer.identified) throw new ParleyError('identity.unsupported', 'The gateway takes no identity tokens.')
      if (visitorKey) keys.forget()
      return answer
    }
  }
}
