import { decodeJwt, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { signDms, verifyDms } from './jwt.js'

const NOW = Date.UTC(2030, 5, 1, 12)
const KEY = { issuer: 'connection-1', secret: 'a secret of DMS' }
const NOW_S = NOW / 1_000
const takes = (token: string, now = NOW) => verifyDms(`Bearer ${token}`, { ...KEY, now })
const bytes = (text: string) => new TextEncoder().encode(text)
const token = (claims: Record<string, unknown>, { alg = 'HS256', secret = KEY.secret } = {}) =>
  new SignJWT({ iss: KEY.issuer, iat: NOW_S, ...claims }).setProtectedHeader({ alg }).sign(bytes(secret))

test('a token of ours names the connection and holds for half a minute', async () => {
  const ours = await signDms({ ...KEY, now: NOW + 999 })
  expect(decodeJwt(ours)).toEqual({ iss: KEY.issuer, iat: NOW_S, exp: NOW_S + 30 })
  expect(await takes(ours)).toBe(true)
})

describe('a token of theirs', () => {
  test('holds from 5 s ahead of our clock to 300 s of age, with or without an exp', async () => {
    const theirs = await token({})
    expect(await Promise.all([-5_001, -5_000, 0, 300_000, 300_001].map((ms) => takes(theirs, NOW + ms)))).toEqual([false, true, true, true, false])
    const short = await token({ exp: NOW_S + 60 })
    expect(await Promise.all([59_000, 64_000, 66_000].map((ms) => takes(short, NOW + ms)))).toEqual([true, true, false])
  })

  const stolen = { jku: 'https://x.test/', kid: '../../dev/null' }
  test.each<[string, () => Promise<string> | string]>([
    ['under another secret', () => token({}, { secret: 'another' })],
    ['under an empty secret', () => token({}, { secret: ' ' })],
    ['of another connection', () => token({ iss: 'connection-2' })],
    ['of a list of connections', () => token({ iss: [KEY.issuer] })],
    ['of nobody', () => token({ iss: undefined })],
    ['without a time', () => token({ iat: undefined })],
    ['with a time that is a text', () => token({ iat: String(NOW_S) })],
    ['that has ended', () => token({ exp: NOW_S - 10 })],
    ['that begins later', () => token({ nbf: NOW_S + 60 })],
    ['that lives for ever but is old', () => token({ iat: NOW_S - 301, exp: NOW_S + 1e6 })],
    ['from the future', () => token({ iat: NOW_S + 60 })],
    ['by another algorithm of the same key', () => token({}, { alg: 'HS512' })],
    ['without a signature', () => new UnsecuredJWT({ iss: KEY.issuer, iat: NOW_S }).encode()],
    ['with its signature cut off', async () => (await token({})).replace(/[^.]+$/, '')],
    ['with other claims under the same signature', async () => swapClaims(await token({}), { iss: KEY.issuer, iat: NOW_S + 1 })],
    [
      'with a header that points elsewhere',
      () => new SignJWT({ iss: KEY.issuer, iat: NOW_S }).setProtectedHeader({ alg: 'HS256', ...stolen }).sign(bytes('x'))
    ],
    ['of nothing', () => ''],
    ['of dots', () => '..'],
    ['that is very long', () => 'x'.repeat(20_000)]
  ])('%s is refused', async (_name, make) => {
    expect(await takes(await make())).toBe(false)
  })

  test('by a key pair is refused, also where its public half is taken for the secret', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const rs256 = await new SignJWT({ iss: KEY.issuer, iat: NOW_S }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    const spki = await exportSPKI(publicKey)
    expect(await verifyDms(`Bearer ${rs256}`, { ...KEY, secret: spki, now: NOW })).toBe(false)
    expect(await takes(rs256)).toBe(false)
  })

  test('is taken from a header of one form only', async () => {
    const theirs = await token({})
    const headers = [
      `Bearer ${theirs}`,
      `bearer ${theirs}`,
      theirs,
      `Bearer  ${theirs}`,
      `Bearer ${theirs} x`,
      `Basic ${theirs}`,
      `Bearer ${theirs}\n`,
      '',
      undefined
    ]
    const taken = await Promise.all(headers.map((header) => verifyDms(header, { ...KEY, now: NOW })))
    expect(taken).toEqual([true, true, ...Array(7).fill(false)])
  })
})

function swapClaims(theirs: string, claims: unknown): string {
  const [header, , signature] = theirs.split('.')
  return [header, btoa(JSON.stringify(claims)).replace(/=+$/, ''), signature].join('.')
}
