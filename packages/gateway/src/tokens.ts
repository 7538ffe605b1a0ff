import { createHmac } from 'node:crypto'
import { LIMITS, type WireError } from '@parley/protocol'
import type { Clock, VisitorId, Who } from '@parley/engine'
import { errors, jwtVerify, SignJWT } from 'jose'

/** Tokens of visitors: each names one visitor and one inbox, and lives 15 minutes at most. */
export interface Tokens {
  /** @param lifeS how long it holds, 15 minutes at most and by default */
  issue(visitor: VisitorId, inbox: string, lifeS?: number): Promise<{ readonly token: string; readonly expiresInS: number }>
  /** Whom a token names, or why it does not hold. Never throws for what a stranger sent. */
  authenticate(token: string): Promise<Who | WireError>
}

const ALGORITHM = 'HS256'
const ISSUER = 'parley-gateway'
const AUDIENCE = 'parley-visitor'

/** @param secret of this gateway; the key of tokens is derived from it and used for nothing else */
export function createTokens(secret: string, clock: Clock): Tokens {
  const key = new Uint8Array(createHmac('sha256', secret).update('visitor tokens').digest())
  const nowS = (): number => Math.floor(clock.now() / 1000)
  return {
    async issue(visitor, inbox, lifeS = LIMITS.tokenSeconds) {
      const now = nowS()
      const expiresInS = Math.min(LIMITS.tokenSeconds, lifeS)
      const token = await new SignJWT({ inbox })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(visitor)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + expiresInS)
        .sign(key)
      return { token, expiresInS }
    },
    async authenticate(token) {
      if (!token) return { code: 'auth.missing' }
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'iat', 'nbf', 'exp'],
          maxTokenAge: LIMITS.tokenSeconds,
          currentDate: new Date(clock.now())
        })
        return whoIn(payload, nowS())
      } catch (thrown) {
        if (thrown instanceof errors.JWTExpired) return { code: 'auth.expired' }
        if (thrown instanceof errors.JOSEError) return INVALID
        throw thrown
      }
    }
  }
}

const INVALID: WireError = { code: 'auth.invalid' }

function whoIn(
  { sub, inbox, iat = 0, exp = 0 }: { readonly sub?: string; readonly inbox?: unknown; readonly iat?: number; readonly exp?: number },
  nowS: number
): Who | WireError {
  if (!sub || typeof inbox !== 'string' || exp - iat > LIMITS.tokenSeconds) return INVALID
  return { visitor: sub as VisitorId, inbox, expiresInS: Math.max(1, Math.floor(exp - nowS)) }
}
