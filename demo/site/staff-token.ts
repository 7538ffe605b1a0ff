import { createHmac } from 'node:crypto'

/** What the shop's own server does for the chat: it knows its staff, and signs for the gateway who is who. */

/** Ten minutes; a page asks for another one before. */
const LIFE_S = 600

/**
 * A JSON Web Token under HS256 (RFC 7519), as the gateway's `identity.secret` wants it.
 * @param nowMs milliseconds since 1970
 */
export function signStaffToken(secret: string, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1_000)
  const head = part({ alg: 'HS256', typ: 'JWT' })
  const body = part({ sub: 'staff', name: 'Operator', roles: ['operator'], iat: issuedAt, exp: issuedAt + LIFE_S })
  return `${head}.${body}.${createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')}`
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
