import { createHmac } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Clock, VisitorId } from '@parley/engine'
import { createTokens } from './tokens.js'

const SECRET = 'a secret of this test, long enough'
const KEY = new Uint8Array(createHmac('sha256', SECRET).update('visitor tokens').digest())
const NOW_S = 1_800_000_000
const VISITOR = 'visitor1--------------' as VisitorId

function clockAt(nowMs: { now: number }): Clock {
  return { now: () => nowMs.now, setTimer: () => () => {}, defer: () => {} }
}
const time = { now: NOW_S * 1000 }
const tokens = createTokens(SECRET, clockAt(time))

type Claims = {
  readonly iss?: string
  readonly aud?: string | string[]
  readonly sub?: string
  readonly inbox?: unknown
  readonly roles?: unknown
  readonly iat?: number
  readonly nbf?: number
  readonly exp?: number
}
const RIGHT: Claims = { iss: 'parley-gateway', aud: 'parley-visitor', sub: VISITOR, inbox: 'support', iat: NOW_S, nbf: NOW_S, exp: NOW_S + 900 }
const signed = (claims: Claims, { key = KEY, alg = 'HS256' } = {}) => new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(key)
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const without = (name: keyof Claims): Claims => Object.fromEntries(Object.entries(RIGHT).filter(([key]) => key !== name))

describe('a token', () => {
  test('that was issued names the visitor, the inbox and the life left', async () => {
    const { token, expiresInS } = await tokens.issue(VISITOR, 'support')
    expect([expiresInS, await tokens.authenticate(token)]).toEqual([900, { visitor: VISITOR, inbox: 'support', roles: [], expiresInS: 900 }])
    const later = createTokens(SECRET, clockAt({ now: (NOW_S + 600) * 1000 }))
    expect(await later.authenticate(token)).toEqual({ visitor: VISITOR, inbox: 'support', roles: [], expiresInS: 300 })
  })

  test('holds to its last second and not beyond', async () => {
    const { token } = await tokens.issue(VISITOR, 'support')
    const at = (seconds: number) => createTokens(SECRET, clockAt({ now: (NOW_S + seconds) * 1000 })).authenticate(token)
    expect([await at(899), await at(900), await at(901)]).toEqual([
      { visitor: VISITOR, inbox: 'support', roles: [], expiresInS: 1 },
      { code: 'auth.expired' },
      { code: 'auth.expired' }
    ])
  })

  test('carries the roles that its visitor has, the most there may be, within what a hello takes', async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(64, 'r'))
    const { token } = await tokens.issue(VISITOR, 'x'.repeat(100), { roles })
    expect(await tokens.authenticate(token)).toEqual({ visitor: VISITOR, inbox: 'x'.repeat(100), roles, expiresInS: 900 })
    expect(token.length).toBeLessThanOrEqual(4_096)
  })

  const head = part({ alg: 'HS256' })
  const body = part(RIGHT)
  const sign = (text: string, hash = 'sha256'): string => createHmac(hash, KEY).update(text).digest('base64url')
  const FORGED: readonly (readonly [name: string, make: () => string | Promise<string>, code: string])[] = [
    ['nothing', () => '', 'auth.missing'],
    ['a word', () => 'token', 'auth.invalid'],
    ['dots', () => '..', 'auth.invalid'],
    ['parts of nothing', () => '.'.repeat(500), 'auth.invalid'],
    ['bytes', () => '\u0000\uffff', 'auth.invalid'],
    ['alg none', () => new UnsecuredJWT({ ...RIGHT }).encode(), 'auth.invalid'],
    ['alg None', () => `${part({ alg: 'None' })}.${body}.`, 'auth.invalid'],
    ['alg none with a signature', () => `${part({ alg: 'none' })}.${body}.${sign(`${part({ alg: 'none' })}.${body}`)}`, 'auth.invalid'],
    ['no alg', () => `${part({})}.${body}.${sign(`${part({})}.${body}`)}`, 'auth.invalid'],
    ['alg HS512', () => signed(RIGHT, { alg: 'HS512', key: new Uint8Array(Buffer.concat([KEY, KEY])) }), 'auth.invalid'],
    ['alg HS384 under the right key', () => `${part({ alg: 'HS384' })}.${body}.${sign(`${part({ alg: 'HS384' })}.${body}`, 'sha384')}`, 'auth.invalid'],
    ['alg RS256 with an HMAC', () => `${part({ alg: 'RS256' })}.${body}.${sign(`${part({ alg: 'RS256' })}.${body}`)}`, 'auth.invalid'],
    [
      'a critical header',
      () => `${part({ alg: 'HS256', crit: ['x'], x: 1 })}.${body}.${sign(`${part({ alg: 'HS256', crit: ['x'], x: 1 })}.${body}`)}`,
      'auth.invalid'
    ],
    ['a key in the header', () => signedWithOwnKey(), 'auth.invalid'],
    ['another key', () => signed(RIGHT, { key: new Uint8Array(32) }), 'auth.invalid'],
    ["the gateway's secret itself as key", () => signed(RIGHT, { key: new TextEncoder().encode(SECRET) }), 'auth.invalid'],
    ['no signature', () => `${head}.${body}.`, 'auth.invalid'],
    ['half a signature', () => `${head}.${body}.${sign(`${head}.${body}`).slice(0, 21)}`, 'auth.invalid'],
    ['another body under the signature', () => `${head}.${part({ ...RIGHT, sub: 'somebody else' })}.${sign(`${head}.${body}`)}`, 'auth.invalid'],
    ['another issuer', () => signed({ ...RIGHT, iss: 'elsewhere' }), 'auth.invalid'],
    ['no issuer', () => signed(without('iss')), 'auth.invalid'],
    ['another audience', () => signed({ ...RIGHT, aud: 'parley-agent' }), 'auth.invalid'],
    ['no audience', () => signed(without('aud')), 'auth.invalid'],
    ['no visitor', () => signed(without('sub')), 'auth.invalid'],
    ['an empty visitor', () => signed({ ...RIGHT, sub: '' }), 'auth.invalid'],
    ['no inbox', () => signed(without('inbox')), 'auth.invalid'],
    ['an inbox that is no text', () => signed({ ...RIGHT, inbox: { $gt: '' } }), 'auth.invalid'],
    ['roles put in by hand', () => withRoles(signed(RIGHT), ['admin']), 'auth.invalid'],
    [
      'roles put in beside others',
      async () => withRoles((await tokens.issue(VISITOR, 'support', { roles: ['user'] })).token, ['user', 'admin']),
      'auth.invalid'
    ],
    ['roles that are no list', () => signed({ ...RIGHT, roles: 'admin' }), 'auth.invalid'],
    ['roles that are not texts', () => signed({ ...RIGHT, roles: [{ $gt: '' }] }), 'auth.invalid'],
    ['no end', () => signed(without('exp')), 'auth.invalid'],
    ['no beginning', () => signed(without('iat')), 'auth.invalid'],
    ['no nbf', () => signed(without('nbf')), 'auth.invalid'],
    ['an nbf to come', () => signed({ ...RIGHT, nbf: NOW_S + 1 }), 'auth.invalid'],
    ['an issue to come', () => signed({ ...RIGHT, iat: NOW_S + 60, exp: NOW_S + 900 }), 'auth.invalid'],
    ['too long a life', () => signed({ ...RIGHT, exp: NOW_S + 901 }), 'auth.invalid'],
    ['a life of years', () => signed({ ...RIGHT, exp: NOW_S + 10 ** 9 }), 'auth.invalid'],
    ['an end that has passed', () => signed({ ...RIGHT, iat: NOW_S - 901, nbf: NOW_S - 901, exp: NOW_S - 1 }), 'auth.expired'],
    ['an end just now', () => signed({ ...RIGHT, iat: NOW_S - 900, nbf: NOW_S - 900, exp: NOW_S }), 'auth.expired'],
    ['an end that is no number', () => `${head}.${part({ ...RIGHT, exp: 'never' })}.${sign(`${head}.${part({ ...RIGHT, exp: 'never' })}`)}`, 'auth.invalid'],
    ['an old issue with a late end', () => signed({ ...RIGHT, iat: NOW_S - 10_000, nbf: NOW_S - 10_000 }), 'auth.expired']
  ]
  test.each(FORGED)('with %s is refused', async (_name, make, code) => {
    expect(await tokens.authenticate(await make())).toEqual({ code })
  })

  test('the right claims under the right key would pass', async () => {
    expect(await tokens.authenticate(await signed(RIGHT))).toEqual({ visitor: VISITOR, inbox: 'support', roles: [], expiresInS: 900 })
  })
})

/** The same token with other roles in it, as somebody would change it who has no key. */
async function withRoles(token: string | Promise<string>, roles: readonly string[]): Promise<string> {
  const [head = '', body = '', signature = ''] = (await token).split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
  return `${head}.${part({ ...claims, roles })}.${signature}`
}

/** The sender brings his own key along and signs with it. */
function signedWithOwnKey(): Promise<string> {
  const own = new Uint8Array(32).fill(7)
  const header = { alg: 'HS256', kid: '../../dev/null', jwk: { kty: 'oct', k: Buffer.from(own).toString('base64url') } }
  return new SignJWT({ ...RIGHT }).setProtectedHeader(header as { alg: string }).sign(own)
}
