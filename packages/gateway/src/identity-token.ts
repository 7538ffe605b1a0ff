import { LIMITS, type WireError } from '@parley/protocol'
import { type Clock, type Identified, readPerson } from '@parley/engine'
import { errors, type JWTPayload, jwtVerify } from 'jose'

/** What an operator writes under "identity". */
export type IdentityConfig = {
  readonly secret: string
  /** The key before this one, still good while hosts change over. */
  readonly previousSecret?: string | undefined
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/** Tokens by which a host's server says who its visitor is. */
export interface IdentityTokens {
  /** Never throws for what a stranger sent. */
  read(token: string): Promise<Identified | WireError>
}

const ALGORITHM = 'HS256'
/** Longest life of a token, from `iat` (when given) and from now. Source: OWASP; the same as for our own tokens. */
const LONGEST_LIFE_S = LIMITS.tokenSeconds
/** How far the host's clock may be off. */
const CLOCK_SKEW_S = 5
const MOST_CHARACTERS = 4_096
/** Three parts of base64url, the last one an HMAC-SHA-256: nothing around them, nothing in between. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/

/**
 * Reads tokens under one algorithm, whatever their header says. The comparison in constant time is jose's.
 */
export function createIdentityTokens(config: IdentityConfig, clock: Clock): IdentityTokens {
  const keys = [config.secret, config.previousSecret].flatMap((secret) => (secret === undefined ? [] : [new TextEncoder().encode(secret)]))

  async function verify(token: string): Promise<JWTPayload | null> {
    for (const key of keys) {
      const payload = await verifyUnder(token, key, config, clock.now())
      if (payload) return payload
    }
    return null
  }

  return {
    async read(token) {
      if (token.length > MOST_CHARACTERS || !COMPACT.test(token)) return INVALID
      try {
        const payload = await verify(token)
        return payload ? identityIn(payload, clock.now() / 1000) : INVALID
      } catch (thrown) {
        if (thrown instanceof errors.JWTExpired) return { code: 'identity.expired', text: 'The identity token has expired.' }
        if (thrown instanceof errors.JOSEError) return INVALID
        throw thrown
      }
    }
  }
}

const INVALID: WireError = { code: 'identity.invalid', text: 'The identity token does not hold.' }

/** @returns `null` when another key signed it */
async function verifyUnder(token: string, key: Uint8Array, { issuer, audience }: IdentityConfig, nowMs: number): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(nowMs),
      ...(issuer === undefined ? {} : { issuer }),
      ...(audience === undefined ? {} : { audience })
    })
    return payload
  } catch (thrown) {
    if (thrown instanceof errors.JWSSignatureVerificationFailed) return null
    throw thrown
  }
}

function identityIn({ sub, name = null, roles = [], iat, exp = 0 }: JWTPayload, nowS: number): Identified | WireError {
  const livesTooLong = exp - nowS > LONGEST_LIFE_S + CLOCK_SKEW_S || (iat !== undefined && exp - iat > LONGEST_LIFE_S)
  const isFromTheFuture = iat !== undefined && iat > nowS + CLOCK_SKEW_S
  const person = readPerson({ subject: sub, name, roles })
  if (!person || livesTooLong || isFromTheFuture) return INVALID
  return { ...person, expiresInS: Math.max(0, Math.floor(exp - nowS)) }
}
