import { describe, expect, test } from 'vitest'
import { OLD_SECRET, SECRET } from './fixtures/bench.js'
import { readConfig } from './config.js'

const URL_GIVEN = 'https://bot.example.com/chat?tenant=a'
const WANTED_SECRET = '"whsec_" and 24 to 64 bytes as Base64, or any other text of 24 to 500 characters'
const WANTED_URL = 'an http or https address without user name or fragment, like https://bot.example.com/chat'
const RECEIVES = 'a list of some of "message", "answer", "command", "opened", "closed", each once'

test('a configuration has its defaults filled in', () => {
  expect(readConfig({ connector: 'webhook', url: URL_GIVEN, secret: SECRET })).toEqual({
    ok: true,
    value: {
      url: URL_GIVEN,
      secrets: [SECRET],
      name: undefined,
      receives: ['message.created', 'answer.given', 'run.started'],
      manifestUrl: undefined,
      context: 10,
      timeoutMs: 10_000,
      runTimeoutMs: 600_000
    }
  })
  const whole = {
    url: URL_GIVEN,
    secret: SECRET,
    previousSecret: OLD_SECRET,
    name: 'Fern',
    receives: ['opened', 'message'],
    manifestUrl: URL_GIVEN,
    context: 0,
    timeoutMs: 1_000,
    runTimeoutMs: 5_000
  }
  expect(readConfig(whole)).toMatchObject({
    ok: true,
    value: { secrets: [SECRET, OLD_SECRET], receives: ['conversation.opened', 'message.created'], context: 0 }
  })
  expect(readConfig({ url: URL_GIVEN, unsigned: true })).toMatchObject({ ok: true, value: { secrets: [] } })
})

describe('a wrong one is told by its key, what was found and what is wanted, and never by a secret:', () => {
  test.each<[string, object, readonly string[]]>([
    ['no address', { secret: SECRET }, ['url', 'nothing', 'an http or https address without user name or fragment, like https://bot.example.com/chat']],
    ['an address with a user', { url: 'https://a:b@bot.example.com/', secret: SECRET }, ['url', '"https://a:b@bot.example.com/"', WANTED_URL]],
    ['another protocol', { url: 'ftp://bot.example.com/', secret: SECRET }, ['url', '"ftp://bot.example.com/"', WANTED_URL]],
    ['no secret', { url: URL_GIVEN }, ['secret', 'nothing', `${WANTED_SECRET}; in a page and in a network that you trust, "unsigned": true instead`]],
    ['a short secret', { url: URL_GIVEN, secret: 'x'.repeat(23) }, ['secret', 'a text of 23 characters', WANTED_SECRET]],
    ['a secret that is not Base64', { url: URL_GIVEN, secret: `whsec_${'*'.repeat(32)}` }, ['secret', 'a text of 38 characters', WANTED_SECRET]],
    ['a secret of too few bytes', { url: URL_GIVEN, secret: 'whsec_AAAAAAAAAAAAAAAAAAAA' }, ['secret', 'a text of 26 characters', WANTED_SECRET]],
    ['a secret and none', { url: URL_GIVEN, secret: SECRET, unsigned: true }, ['unsigned', 'true beside a secret', 'either a secret, or "unsigned": true']],
    [
      'only the secret before',
      { url: URL_GIVEN, previousSecret: SECRET },
      ['secret', 'nothing', `${WANTED_SECRET}; in a page and in a network that you trust, "unsigned": true instead`]
    ],
    ['an unknown kind', { url: URL_GIVEN, secret: SECRET, receives: ['typing'] }, ['receives.0', '"typing"', RECEIVES]],
    ['a kind twice', { url: URL_GIVEN, secret: SECRET, receives: ['message', 'message'] }, ['receives', 'Array', RECEIVES]],
    ['too much context', { url: URL_GIVEN, secret: SECRET, context: 51 }, ['context', '51', 'a whole number from 0 to 50']],
    [
      'more patience than the gateway has',
      { url: URL_GIVEN, secret: SECRET, timeoutMs: 20_000 },
      ['timeoutMs', '20000', 'a number of milliseconds from 1000 to 15000']
    ]
  ])('%s', (_what, value, fault) => {
    const read = readConfig(value)
    expect(read.ok ? null : [read.key, read.found, read.wanted]).toEqual(fault)
  })
})
