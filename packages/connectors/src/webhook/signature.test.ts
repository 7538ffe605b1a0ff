import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signedHeaders, signWithNode } from './fixtures/sign-with-node.js'
import { signWebhook, verifyWebhook } from './signature.js'

const NOW = Date.UTC(2030, 5, 1, 12)
const T = NOW / 1_000
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OLD = 'a text that was the secret before'
const BODY = '{"conversation":"c","messages":[{"text":"Good day"}]}'
const ID = 'msg_1'

const headers = (over: Readonly<Record<string, string>> = {}) => ({ ...signedHeaders(SECRET, ID, NOW, BODY), ...over })
const signed = (id: string, timestamp: number | string, body: string, secret = SECRET) =>
  headers({ 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signWithNode(secret, id, timestamp, body) })
const without = (name: string) => Object.fromEntries(Object.entries(headers()).filter(([key]) => key !== name))
const SIGNATURE = headers()['webhook-signature'] ?? ''
const sha = (text: string): string => `v1,${createHash('sha256').update(text).digest('base64')}`

/** Each with the body that came, where it is another one than was signed. */
const FORGED: readonly (readonly [string, Readonly<Record<string, string>>, string?])[] = [
  ['no header at all', {}],
  ['no id', without('webhook-id')],
  ['no time', without('webhook-timestamp')],
  ['no signature', without('webhook-signature')],
  ['an empty signature', headers({ 'webhook-signature': '' })],
  ['the signature of another body', headers(), BODY.replace('day', 'bye')],
  ['one blank more in the body', headers(), `${BODY} `],
  ['no body where one was signed', headers(), ''],
  ['another id', headers({ 'webhook-id': 'msg_2' })],
  ['another time within the window', headers({ 'webhook-timestamp': String(T - 1) })],
  ['a time one second too old', signed(ID, T - 301, BODY)],
  ['a time one second too far ahead', signed(ID, T + 301, BODY)],
  ['a replay of a day ago', signed(ID, T - 86_400, BODY)],
  ['a time in milliseconds', signed(ID, NOW, BODY)],
  ['a time with a sign', signed(ID, `+${T}`, BODY)],
  ['a time as a fraction', signed(ID, `${T}.0`, BODY)],
  ['a time in hexadecimal', signed(ID, `0x${T.toString(16)}`, BODY)],
  ['a time that is not a number', signed(ID, 'NaN', BODY)],
  ['the parts shifted over the full stop', { ...signed('msg', T, `${T}.${BODY}`), 'webhook-id': `msg.${T}` }],
  ['the key of somebody else', signed(ID, T, BODY, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')],
  ['the secret taken as text', signed(ID, T, BODY, SECRET.slice(6))],
  ['an empty key', headers({ 'webhook-signature': signWithNode('', ID, T, BODY) })],
  ['a hash without a key', headers({ 'webhook-signature': sha(`${ID}.${T}.${BODY}`) })],
  ['a hash of key and body', headers({ 'webhook-signature': sha(`${SECRET}${ID}.${T}.${BODY}`) })],
  ['another algorithm', headers({ 'webhook-signature': signWithNode(SECRET, ID, T, BODY, 'sha1') })],
  ['a longer algorithm', headers({ 'webhook-signature': signWithNode(SECRET, ID, T, BODY, 'sha512') })],
  ['the version of another kind of key', headers({ 'webhook-signature': SIGNATURE.replace('v1,', 'v1a,') })],
  ['no version', headers({ 'webhook-signature': SIGNATURE.slice(3) })],
  ['a version in capitals', headers({ 'webhook-signature': SIGNATURE.replace('v1', 'V1') })],
  ['the first half', headers({ 'webhook-signature': SIGNATURE.slice(0, 25) })],
  ['one character more', headers({ 'webhook-signature': `${SIGNATURE}A` })],
  ['only zeros', headers({ 'webhook-signature': `v1,${'A'.repeat(43)}=` })],
  ['URL-safe Base64', headers({ 'webhook-signature': 'v1,-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8=' })],
  ['a good one behind ten bad ones', headers({ 'webhook-signature': `${`v1,${'A'.repeat(43)}= `.repeat(10)}${SIGNATURE}` })],
  ['a header of a megabyte', headers({ 'webhook-signature': `${'v1,AAAA '.repeat(125_000)}${SIGNATURE}` })],
  ['an id of a megabyte', signed('a'.repeat(1_000_000), T, BODY)],
  ['an id with a line break', signed('a\r\nb', T, BODY)]
]

describe('a forged or stale call', () => {
  test.each(FORGED.map(([what, given, body = BODY]) => ({ what, given, body })))(
    'with $what is refused, and told nothing of what would be right',
    async ({ given, body }) => {
      const found = await verifyWebhook([SECRET, OLD], { headers: given, body, now: NOW })
      expect(found.ok).toBe(false)
      expect([SECRET, OLD, SIGNATURE].filter((secret) => JSON.stringify(found).includes(secret))).toEqual([])
    }
  )
})

describe('a signed call', () => {
  test('is taken with the key in use, with the one before it, and up to five minutes off', async () => {
    const good = { ok: true, id: ID }
    for (const [given, timestamp] of [
      [headers(), T],
      [signed(ID, T, BODY, OLD), T],
      [signed(ID, T - 300, BODY), T - 300],
      [signed(ID, T + 300, BODY), T + 300],
      [headers({ 'webhook-signature': `v1a,AAAA v1,AAAA ${SIGNATURE}` }), T]
    ] as const) {
      expect(await verifyWebhook([SECRET, OLD], { headers: given, body: BODY, now: NOW })).toEqual({ ...good, timestamp })
    }
  })

  test('is refused once its key is no longer listed, and when no key is', async () => {
    expect(await verifyWebhook([SECRET], { headers: signed(ID, T, BODY, OLD), body: BODY, now: NOW })).toMatchObject({ ok: false })
    expect(await verifyWebhook([], { headers: headers(), body: BODY, now: NOW })).toMatchObject({ ok: false })
  })

  test('carries one signature for each key, made as Node makes it, over the exact bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/), async (body, id) => {
        const made = await signWebhook([SECRET, OLD], { id, now: NOW + 999, body })
        expect(made).toEqual({
          'webhook-id': id,
          'webhook-timestamp': String(T),
          'webhook-signature': `${signWithNode(SECRET, id, T, body)} ${signWithNode(OLD, id, T, body)}`
        })
        expect(await verifyWebhook([OLD], { headers: made, body, now: NOW })).toEqual({ ok: true, id, timestamp: T })
      })
    )
  })

  test('is not made under an id that could be read in two ways, nor with a secret that is none', async () => {
    await expect(signWebhook([SECRET], { id: 'a.b', now: NOW, body: '' })).rejects.toThrow('no full stop')
    await expect(signWebhook(['whsec_short'], { id: 'a', now: NOW, body: '' })).rejects.toThrow('secret')
  })
})
