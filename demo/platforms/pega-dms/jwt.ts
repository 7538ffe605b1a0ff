import { createHmac, timingSafeEqual } from 'node:crypto'

/** The tokens of the wire, made and checked here on their own, so that a fault in the connector's does not meet its like. */

type Keys = { readonly issuer: string; readonly secret: string; readonly now: number }
/** 200: it holds. 401: none, or no token at all. 403: a token that does not hold. */
export type TokenVerdict = 200 | 401 | 403

/** Pega counts five minutes from `iat`, whatever else stands in a token. */
const LIFE_S = 300
/** How far the clocks of two machines may be apart. */
const SKEW_S = 30

/** With `iss` and `iat` and nothing more, as the class of the npm package does it. */
export function signToken({ issuer, secret, now }: Keys): string {
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: issuer, iat: Math.floor(now / 1_000) })}`
  return `${text}.${signatureOf(text, secret).toString('base64url')}`
}

export function checkToken(authorization: string | undefined, { issuer, secret, now }: Keys): TokenVerdict {
  const [, head = '', claims = '', signature = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]*)$/i.exec(authorization ?? '') ?? []
  const [header, payload] = [readPart(head), readPart(claims)]
  if (!header || !payload) return 401
  const isSigned = header.alg === 'HS256' && isSame(Buffer.from(signature, 'base64url'), signatureOf(`${head}.${claims}`, secret))
  return isSigned && payload.iss === issuer && isInTime(payload, now / 1_000) ? 200 : 403
}

function isInTime({ iat, exp }: Readonly<Record<string, unknown>>, nowS: number): boolean {
  if (typeof iat !== 'number' || iat > nowS + SKEW_S || nowS - iat > LIFE_S) return false
  return exp === undefined || (typeof exp === 'number' && exp > nowS)
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signatureOf = (text: string, secret: string): Buffer => createHmac('sha256', secret).update(text).digest()
const isSame = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other)

function readPart(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
