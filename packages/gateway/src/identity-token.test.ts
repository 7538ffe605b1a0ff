import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { Clock } from '@parley/engine'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createIdentityTokens } from './identity-token.js'

const SECRET = 'the secret of the host, 32 letters or more'
const OLD_SECRET = 'the secret before it, 32 letters or more'
const NOW_S = 1_800_000_000
const clock: Clock = { now: () => NOW_S * 1000, setTimer: () => () => {}, defer: () => {} }
const tokens = createIdentityTokens({ secret: SECRET, previousSecret: OLD_SECRET, issuer: 'shop', audience: 'parley' }, clock)

const RIGHT = { iss: 'shop', aud: 'parley', sub: 'customer-1', iat: NOW_S, exp: NOW_S + 600 }
const bytes = (text: string) => new TextEncoder().encode(text)
const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
/** Signed whatever it says. */
const made = (claims: unknown, header: unknown = { alg: 'HS256' }, secret = SECRET, hash = 'sha256'): string => {
  const text = `${part(header)}.${part(claims)}`
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
}
const without = (name: keyof typeof RIGHT) => Object.fromEntries(Object.entries(RIGHT).filter(([key]) => key !== name))
const [head = '', body = '', signature = ''] = made(RIGHT).split('.')

const INVALID: readonly (readonly [name: string, token: string | (() => Promise<string>)])[] = [
  ['nothing', ''],
  ['a word', 'token'],
  ['dots', '..'],
  ['a huge token', `${head}.${'A'.repeat(5_000)}.${signature}`],
  ['alg none', new UnsecuredJWT(RIGHT).encode()],
  ['alg none with a signature', made(RIGHT, { alg: 'none' })],
  ['no alg', made(RIGHT, {})],
  ['alg HS384', made(RIGHT, { alg: 'HS384' }, SECRET, 'sha384')],
  ['alg HS512', () => new SignJWT(RIGHT).setProtectedHeader({ alg: 'HS512' }).sign(bytes(SECRET.repeat(2)))],
  ['alg RS256 with an HMAC', made(RIGHT, { alg: 'RS256' })],
  ['alg RS256, truly', () => new SignJWT(RIGHT).setProtectedHeader({ alg: 'RS256' }).sign(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)],
  ['alg hs256 in small letters', made(RIGHT, { alg: 'hs256' })],
  ['a critical header', made(RIGHT, { alg: 'HS256', crit: ['x'], x: 1 })],
  ['a key of its own in the header', made(RIGHT, { alg: 'HS256', jwk: { kty: 'oct', k: part('own') } }, 'own')],
  ['a kid that leads elsewhere', made(RIGHT, { alg: 'HS256', kid: '/dev/null' }, 'x')],
  ['another secret', made(RIGHT, { alg: 'HS256' }, 'another secret, 32 letters or more')],
  ['no signature', `${head}.${body}.`],
  ['half a signature', `${head}.${body}.${signature.slice(0, 21)}`],
  ['another’s signature', `${head}.${body}.${made({ ...RIGHT, sub: 'x' }).split('.')[2]}`],
  ['changed claims', `${head}.${part({ ...RIGHT, sub: 'customer-2' })}.${signature}`],
  ['a space in front', ` ${made(RIGHT)}`],
  ['a line end behind', `${made(RIGHT)}\n`],
  ['a space in the signature', `${head}.${body}.${signature.slice(0, 20)} ${signature.slice(20)}`],
  ['padding', `${made(RIGHT)}=`],
  ['a fourth part', `${made(RIGHT)}.${signature}`],
  ['two tokens', `${made(RIGHT)}.${made(RIGHT)}`],
  ['claims that are a list', made([RIGHT])],
  ['claims that are no JSON', made('{')],
  ['no end', made(without('exp'))],
  ['an end that is text', made({ ...RIGHT, exp: `${NOW_S + 600}` })],
  ['an nbf to come', made({ ...RIGHT, nbf: NOW_S + 60 })],
  ['an issue to come', made({ ...RIGHT, iat: NOW_S + 60, exp: NOW_S + 600 })],
  ['too long a life', made({ ...RIGHT, exp: NOW_S + 901 })],
  ['too long a life without an issue', made({ ...without('iat'), exp: NOW_S + 906 })],
  ['another issuer', made({ ...RIGHT, iss: 'elsewhere' })],
  ['no issuer', made(without('iss'))],
  ['another audience', made({ ...RIGHT, aud: ['others'] })],
  ['no audience', made(without('aud'))],
  ['no subject', made(without('sub'))],
  ['an empty subject', made({ ...RIGHT, sub: '' })],
  ['a blank subject', made({ ...RIGHT, sub: ' \t' })],
  ['a subject that is an object', made({ ...RIGHT, sub: { $gt: '' } })],
  ['a subject that is a number', made({ ...RIGHT, sub: 7 })],
  ['a subject of 201 characters', made({ ...RIGHT, sub: 's'.repeat(201) })],
  ['a name that is an object', made({ ...RIGHT, name: {} })],
  ['a name of 201 characters', made({ ...RIGHT, name: 'n'.repeat(201) })],
  ['a name with half a character', made({ ...RIGHT, name: '\ud800' })],
  ['roles that are a text', made({ ...RIGHT, roles: 'admin' })],
  ['roles that are null', made({ ...RIGHT, roles: null })],
  ['roles that are an object', made({ ...RIGHT, roles: { 0: 'admin', length: 1 } })],
  ['a role that is a number', made({ ...RIGHT, roles: ['admin', 7] })],
  ['an empty role', made({ ...RIGHT, roles: ['admin', ''] })],
  ['a blank role', made({ ...RIGHT, roles: [' '] })],
  ['a role with half a character', made({ ...RIGHT, roles: ['\udc00'] })],
  ['a role of 65 characters', made({ ...RIGHT, roles: ['r'.repeat(65)] })],
  ['21 roles', made({ ...RIGHT, roles: Array.from({ length: 21 }, (_, index) => `${index}`) })],
  ['more than 2,000 bytes of roles', made({ ...RIGHT, roles: Array.from({ length: 20 }, () => 'ö'.repeat(60)) })],
  ['roles put in by hand', `${head}.${part({ ...RIGHT, roles: ['admin'] })}.${signature}`]
]

describe('an identity token', () => {
  test.each(INVALID)('with %s is refused', async (_name, token) => {
    expect(await tokens.read(typeof token === 'string' ? token : await token())).toMatchObject({ code: 'identity.invalid' })
  })

  test('that has ended is told from one that never held', async () => {
    expect(await tokens.read(made({ ...RIGHT, iat: NOW_S - 600, exp: NOW_S - 6 }))).toMatchObject({ code: 'identity.expired' })
  })

  test.each([
    ['names its subject', made(RIGHT), { subject: 'customer-1', name: null, roles: [], expiresInS: 600 }],
    ['names who the others see', made({ ...RIGHT, name: 'Anna' }), { subject: 'customer-1', name: 'Anna', roles: [], expiresInS: 600 }],
    [
      'names what its subject may use',
      made({ ...RIGHT, roles: ['user', 'flow operator'] }),
      { subject: 'customer-1', name: null, roles: ['user', 'flow operator'], expiresInS: 600 }
    ],
    ['may be signed with the secret before', made(RIGHT, { alg: 'HS256' }, OLD_SECRET), { subject: 'customer-1', name: null, roles: [], expiresInS: 600 }],
    ['may carry any kid', made(RIGHT, { alg: 'HS256', kid: 'whatever' }), { subject: 'customer-1', name: null, roles: [], expiresInS: 600 }],
    ['may leave out when it was issued', made(without('iat')), { subject: 'customer-1', name: null, roles: [], expiresInS: 600 }]
  ])('that is right %s', async (_name, token, identified) => {
    expect(await tokens.read(token)).toEqual(identified)
  })
})
