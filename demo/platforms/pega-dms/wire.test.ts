import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkToken } from './jwt.js'
import { openPegaBench, type PegaBench, tokenFor } from './testing.js'

let bench: PegaBench
beforeEach(async () => void (bench = await openPegaBench({ isBotOn: false })))
afterEach(() => bench.stop())

const HELLO = { type: 'text', customer_id: 'c-1', customer_name: 'Mara', message_id: 'm-1', text: ['Hello'] }
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
function forged(header: object, claims: object, secret: string): string {
  const text = `${part(header)}.${part(claims)}`
  return `Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

describe('POST /messages', () => {
  test('takes all that the wire knows, with an empty 200', async () => {
    const bodies = [
      HELLO,
      { ...HELLO, message_id: 5, postback: 'order', attachments: [{ url: 'https://files.example/a.png' }], context_data: { page: '/pots' } },
      { type: 'typing_indicator', customer_id: 'c-1' },
      { type: 'wait_time', customer_id: 'c-1' },
      { type: 'customer_end_session', customer_id: 'c-1', customer_name: 'Mara', message_id: 6, text: [null] }
    ]
    for (const body of bodies) expect(await bench.post(body)).toEqual([200, ''])
    expect(bench.platform.received()).toEqual(bodies)
    expect(bench.platform.customers).toEqual([{ id: 'c-1', name: 'Mara', floor: 'ended', isTyping: false, context: { page: '/pots' } }])
    expect(bench.platform.entries.map(({ text, items }) => [text, items])).toEqual([
      ['Hello', []],
      ['Hello', ['Chose order', 'File https://files.example/a.png']],
      ['Asked how long it takes', []],
      ['Ended the session', []]
    ])
  })

  test('refuses what proves nothing, and keeps none of it', async () => {
    const now = Math.floor(bench.clock.now() / 1_000)
    const { issuer, secret } = bench.platform
    const head = { alg: 'HS256', typ: 'JWT' }
    const tokens: Readonly<Record<string, string | null>> = {
      none: null,
      'no token': 'Bearer hello',
      'no bearer': 'Basic bWFyYTpt',
      'other secret': tokenFor({ issuer, secret: 'other' }, bench.clock.now()),
      'other issuer': tokenFor({ issuer: 'other', secret }, bench.clock.now()),
      'too old': tokenFor(bench.platform, bench.clock.now(), 301),
      'from tomorrow': forged(head, { iss: issuer, iat: now + 31 }, secret),
      'no iat': forged(head, { iss: issuer, exp: now + 60 }, secret),
      'over by its own exp': forged(head, { iss: issuer, iat: now, exp: now }, secret),
      'alg none': `Bearer ${part({ alg: 'none' })}.${part({ iss: issuer, iat: now })}.`,
      'alg HS512': forged({ alg: 'HS512' }, { iss: issuer, iat: now }, secret)
    }
    const statuses: Record<string, number> = {}
    for (const [name, authorization] of Object.entries(tokens)) statuses[name] = (await bench.post(HELLO, { authorization }))[0]
    expect(statuses).toEqual({
      none: 401,
      'no token': 401,
      'no bearer': 401,
      'other secret': 403,
      'other issuer': 403,
      'too old': 403,
      'from tomorrow': 403,
      'no iat': 403,
      'over by its own exp': 403,
      'alg none': 403,
      'alg HS512': 403
    })
    expect((await bench.post(HELLO, { connection_id: null }))[0]).toBe(403)
    expect((await bench.post(HELLO, { connection_id: 'other' }))[0]).toBe(403)
    expect((await bench.post(HELLO, { authorization: tokenFor(bench.platform, bench.clock.now(), 300) }))[0]).toBe(200)
    expect([bench.platform.received().length, bench.platform.requests().length]).toEqual([1, 14])
  })

  test('says of a wrong body what was found and what is wanted', async () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      ['{', 'the body is missing; a JSON object is wanted.'],
      [[], 'the body is another list; a JSON object is wanted.'],
      [{ ...HELLO, customer_id: 7 }, 'customer_id is of type number; a string is wanted.'],
      [{ ...HELLO, type: 'carousel' }, 'type is "carousel"; text, typing_indicator, customer_end_session, wait_time are known.'],
      [{ ...HELLO, customer_name: undefined }, 'customer_name is missing; a string is wanted.'],
      [{ ...HELLO, message_id: '' }, 'message_id is of type string; a string is wanted.'],
      [{ ...HELLO, text: 'Hello' }, 'text is of type string; a list of strings is wanted.'],
      [{ ...HELLO, text: [1] }, 'text is another list; a list of strings is wanted.'],
      [{ ...HELLO, text: undefined }, 'text is missing; a list of strings is wanted.'],
      [{ ...HELLO, postback: {} }, 'postback is of type object; a string is wanted.'],
      [{ ...HELLO, attachments: ['a'] }, 'attachments is another list; a list of objects with a url is wanted.'],
      [{ ...HELLO, context_data: { a: 1 } }, 'context_data is of type object; an object of strings is wanted.']
    ]
    for (const [body, message] of wrong) expect(await bench.post(body)).toEqual([400, JSON.stringify({ message })])
    expect((await bench.post({ ...HELLO, text: ['x'.repeat(102_400)] }))[0]).toBe(413)
    expect([bench.platform.received(), bench.platform.customers]).toEqual([[], []])
  })

  test('knows no repeats: what comes twice counts twice, and is marked', async () => {
    await bench.post(HELLO)
    await bench.post(HELLO)
    expect(bench.platform.received()).toEqual([HELLO, HELLO])
    expect(bench.platform.entries.map(({ isRepeat }) => isRepeat)).toEqual([false, true])
  })

  test('shows who types, for ten seconds or until the message comes', async () => {
    const isTyping = (): boolean | undefined => bench.platform.customers[0]?.isTyping
    await bench.post({ type: 'typing_indicator', customer_id: 'c-1' })
    await bench.clock.advance(9_999)
    expect(isTyping()).toBe(true)
    await bench.clock.advance(1)
    expect(isTyping()).toBe(false)
    await bench.post({ type: 'typing_indicator', customer_id: 'c-1' })
    await bench.post(HELLO)
    expect(isTyping()).toBe(false)
  })
})

describe('the webhook', () => {
  test('is sent with a fresh token, and the wire keeps changing its shape', async () => {
    const { agent, bot, issuer, secret } = bench.platform
    for (const text of ['one', 'two', 'three']) await agent.say('c-1', text)
    await bot.say('c-1', 'four')
    await agent.menu('c-1', { title: 'Which?', items: [{ text: 'Pots', payload: 'pots' }] })
    await agent.end('c-1')
    const id = expect.stringMatching(/^dms-[\da-f-]{36}$/)
    expect(bench.hook.taken.map(({ body }) => body)).toEqual([
      { type: 'text', customer_id: 'c-1', message_id: id, text: 'one', author: 'Robin' },
      { type: 'text', customer_id: 'c-1', message_id: id, text: ['two'], author: 'Robin' },
      { type: 'text', customer_id: 'c-1', message_id: id, text: 'three', csr_name: 'Robin' },
      { type: 'text', customer_id: 'c-1', message_id: id, text: ['four'] },
      { type: 'menu', customer_id: 'c-1', message_id: id, title: 'Which?', items: [{ text: 'Pots', payload: 'pots' }], csr_name: 'Robin' },
      { type: 'csr_end_session', customer_id: 'c-1', csr_name: 'Robin' }
    ])
    const now = bench.clock.now()
    expect(bench.hook.taken.map(({ authorization }) => checkToken(authorization, { issuer, secret, now }))).toEqual([200, 200, 200, 200, 200, 200])
    expect(bench.platform.customers.map(({ id, floor }) => [id, floor])).toEqual([['c-1', 'ended']])
  })

  test('without a token where the installation has none', async () => {
    const { hook, ...unsigned } = await openPegaBench({ webhook: { url: bench.hook.url, isSigned: false } })
    await unsigned.platform.agent.link('c-1')
    expect(bench.hook.taken.map(({ authorization, body }) => [authorization, body.type])).toEqual([[undefined, 'link_button']])
    await unsigned.stop()
    await hook.stop()
  })
})
