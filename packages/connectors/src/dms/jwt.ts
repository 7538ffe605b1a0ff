import { jwtVerify, SignJWT } from 'jose'

/** Both ends of one connection: `issuer` is its id at Pega, `now` the gateway's time in milliseconds. */
export type DmsKey = { readonly issuer: string; readonly secret: string; readonly now: number }

/** A token is good for one request at once, as Labb Chat Hook has it; Pega takes one for five minutes. */
const EXPIRES_IN_S = 30
/** Counted from `iat`, fixed on Pega's side. */
const MOST_AGE_S = 300
/** So far their clock may be ahead of ours. */
const SKEW_S = 5
const MOST_CHARACTERS = 8_192

/** A fresh token for one request. */
export function signDms({ issuer, secret, now }: DmsKey): Promise<string> {
  const iat = Math.floor(now / 1_000)
  return new SignJWT({ iss: issuer, iat, exp: iat + EXPIRES_IN_S }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(bytesOf(secret))
}

/**
 * Is this the token of a request that comes from DMS now? Whatever else the header of the token says, it is read as HS256;
 * the comparison in constant time is WebCrypto's.
 * @param authorization the header as it came
 */
export async function verifyDms(authorization: string | undefined, { issuer, secret, now }: DmsKey): Promise<boolean> {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization && authorization.length <= MOST_CHARACTERS ? authorization : '') ?? []
  if (token === undefined) return false
  try {
    const options = { algorithms: ['HS256'], issuer, requiredClaims: ['iat'], currentDate: new Date(now), clockTolerance: SKEW_S }
    const { payload } = await jwtVerify(token, bytesOf(secret), options)
    const ageS = now / 1_000 - (payload.iat ?? Number.NaN)
    return ageS <= MOST_AGE_S && ageS >= -SKEW_S
  } catch {
    // jose throws for whatever is wrong with a token, and there is one answer to all of it.
    return false
  }
}

const bytesOf = (secret: string): Uint8Array => new TextEncoder().encode(secret)
