import { describe, expect, test } from 'vitest'
import { readConfig } from './config.js'
import { SECRET, SETTINGS } from './fixtures/bench.js'

const { context: _, ...LEAST } = SETTINGS

describe('a configuration', () => {
  test('needs the three values that Pega shows', () => {
    expect(readConfig({ connector: 'pega-dms', ...LEAST })).toEqual({ ok: true, value: { ...LEAST, name: 'Assistant', context: {}, webhookAuth: true } })
  })

  test('may name the other side, tell where a conversation comes from, and leave the webhook open', () => {
    const more = { url: 'https://x.test/messages?channel=1', name: 'Bank', context: { site: 'shop' }, webhookAuth: false }
    expect(readConfig({ ...LEAST, ...more })).toEqual({ ok: true, value: { ...LEAST, ...more } })
  })

  test.each<[string, unknown, string, string, string]>([
    ['is missing', undefined, '', 'nothing', 'an object'],
    ['has no address', { ...LEAST, url: undefined }, 'url', 'nothing', 'the whole address'],
    ['has an address of another kind', { ...LEAST, url: 'wss://x.test' }, 'url', '"wss://x.test"', 'https'],
    ['has an address with a password', { ...LEAST, url: 'https://a:b@x.test' }, 'url', 'https://a:b@x.test', 'without user name'],
    ['has no issuer', { ...LEAST, issuer: '' }, 'issuer', '""', 'id of the connection'],
    ['has an issuer that no header can hold', { ...LEAST, issuer: 'a\nb' }, 'issuer', 'a', 'without blanks'],
    ['has no secret', { ...LEAST, secret: undefined }, 'secret', 'nothing', 'JWT secret'],
    ['has an empty secret', { ...LEAST, secret: '' }, 'secret', 'a text of 0 characters', 'JWT secret'],
    ['has a number for a secret', { ...LEAST, secret: 12_345 }, 'secret', 'a number', 'JWT secret'],
    ['has an empty name', { ...LEAST, name: ' ' }, 'name', '', 'how the other side is called'],
    ['has context that is a list', { ...LEAST, context: [] }, 'context', '', 'an object of at most 20 texts'],
    ['has context of numbers', { ...LEAST, context: { a: 1 } }, 'context.a', '1', 'an object of at most 20 texts'],
    ['has too much context', { ...LEAST, context: Object.fromEntries(Array.from({ length: 21 }, (_, key) => [key, ''])) }, 'context', '', 'at most 20'],
    ['has context under a key of JavaScript', { ...LEAST, context: { constructor: 'x' } }, 'context', '', 'an object of at most 20 texts'],
    ['has a switch that is none', { ...LEAST, webhookAuth: 'off' }, 'webhookAuth', '"off"', 'true or false'],
    ['has an unknown key', { ...LEAST, issuers: 'x' }, 'issuers', 'an unknown key', 'issuer']
  ])('that %s is refused with key, found and wanted', (_name, value, key, found, wanted) => {
    const read = readConfig(value)
    expect(read).toMatchObject({ ok: false, key })
    if (read.ok) return
    expect(read.found).toContain(found)
    expect(read.wanted).toContain(wanted)
  })

  test('never quotes the secret, whatever else is wrong', () => {
    for (const wrong of [{ url: 1 }, { secret: SECRET.repeat(200) }, { secret: [SECRET] }, { secret: { [SECRET]: SECRET } }, { name: '' }])
      expect(JSON.stringify(readConfig({ ...SETTINGS, ...wrong }))).not.toContain(SECRET)
  })
})
