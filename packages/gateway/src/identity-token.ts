import type { Clock, Person } from '@parley/engine'
import { LIMITS, type WireError } from '@parley/protocol'
import { errors, jwtVerify } from 'jose'

/** How a host's server signs whom its visitors are. */
export type IdentityConfig = {
  readonly secret: string
  /** Tokens signed with the one before still count, while it is being changed. */
  readonly previousSecret?: string | undefined
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/** Whom an identity token names, or why it does not hold. Never throws for what a stranger sent. */
export type ReadIdentity = (token: string) => Promise<Person | WireError>

const ALGORITHM = 'HS256'
const SUBJECT_CHARACTERS = 200

/** @param config `null`: no tokens are taken here, and that is said */
export function createIdentityReader(config: IdentityConfig | null, clock: Clock): ReadIdentity {
  if (!config) return async () => ({ code: 'identity.unsupported', text: 'This gateway takes no identity tokens.' })
  const keys = [config.secret, config.previousSecret].flatMap((secret) => (secret === undefined ? [] : [new TextEncoder().encode(secret)]))
  const { issuer, audience } = config

  async function verify(token: string, key: Uint8Array): Promise<Person | WireError> {
    const { payload } = await jwtVerify(token, key, {
      // The algorithm is ours; what the token's header says is only held against it.
      algorithms: [ALGORITHM],
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience }),
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(clock.now())
    })
    const { sub, exp = 0, name } = payload
    if (typeof sub !== 'string' || sub === '' || sub.length > SUBJECT_CHARACTERS) return invalid('"sub" must be a text of 1 to 200 characters.')
    if (exp - clock.now() / 1_000 > LIMITS.tokenSeconds) return invalid(`"exp" must be at most ${LIMITS.tokenSeconds} seconds ahead.`)
    if (name !== undefined && (typeof name !== 'string' || name.length > SUBJECT_CHARACTERS)) return invalid('"name" must be a text of at most 200 characters.')
    return { subject: sub, name: typeof name === 'string' && name !== '' ? name : null }
  }

  return async (token) => {
    let refusal: WireError = invalid('It is not signed as this gateway wants it.')
    for (const key of keys) {
      try {
        return await verify(token, key)
      } catch (thrown) {
        if (thrown instanceof errors.JWTExpired) return { code: 'identity.expired', text: 'The identity token has ended.' }
        if (!(thrown instanceof errors.JOSEError)) throw thrown
        if (thrown instanceof errors.JWTClaimValidationFailed) refusal = invalid(`"${thrown.claim}" is not as wanted.`)
      }
    }
    return refusal
  }
}

const invalid = (text: string): WireError => ({ code: 'identity.invalid', text: `The identity token was refused. ${text}` })
