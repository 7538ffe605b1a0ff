import { createHmac } from 'node:crypto'
import { LIMITS, type WireError } from '@parley/protocol'
import { type Clock, readRoles, type VisitorId, type Who } from '@parley/engine'
import { errors, jwtVerify, SignJWT } from 'jose'

/** Tokens of visitors: each names one visitor and one inbox, and lives 15 minutes at most. */
export interface Tokens {
  /** @param more `lifeS`: how long it holds, 15 minutes at most and by default; `roles`: what the visitor may use, by default nothing special */
  issue(
    visitor: VisitorId,
    inbox: string,
    more?: { readonly lifeS?: number; readonly roles?: readonly string[] }
  ): Promise<{ readonly token: string; readonly expiresInS: number }>
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
    async issue(visitor, inbox, { lifeS = LIMITS.tokenSeconds, roles = [] } = {}) {
      const now = nowS()
      const expiresInS = Math.min(LIMITS.tokenSeconds, lifeS)
      const token = await new SignJWT({ inbox, ...(roles.length > 0 ? { roles } : {}) })
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

type Claims = { readonly sub?: string; readonly inbox?: unknown; readonly roles?: unknown; readonly iat?: number; readonly exp?: number }

function whoIn({ sub, inbox, roles = [], iat = 0, exp = 0 }: Claims, nowS: number): Who | WireError {
  const held = readRoles(roles)
  if (!sub || typeof inbox !== 'string' || !held || exp - iat > LIMITS.tokenSeconds) return INVALID
  return { visitor: sub as VisitorId, inbox, roles: held, expiresInS: Math.max(1, Math.floor(exp - nowS)) }
}
