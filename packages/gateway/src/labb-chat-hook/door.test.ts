import { describe, expect, test } from 'vitest'
import { labbBench } from './bench.js'
import { callWebhook, dmsToken, ISSUER, ORIGIN, text } from './testing.js'

const bench = labbBench()
const OK = { ok: true }

describe('an old client', () => {
  test.each([['websocket'], ['polling']])('writes and is answered by %s, with the body of DMS as it came', async (transport) => {
    await bench.start()
    const client = await bench.connect({ transport, origin: ORIGIN })
    const said = text('4711', 'hello')
    expect(await client.say(said)).toEqual(OK)
    await expect.poll(() => bench.dms().taken).toEqual([said])
    expect(bench.dms().headers[0]).toMatchObject({ connection_id: ISSUER, authorization: expect.stringMatching(/^Bearer /) as string })
    const answer = {
      type: 'menu',
      customer_id: '4711',
      message_id: 'm1',
      title: 'Which?',
      items: [{ text: 'A', payload: 'a', extra: [1] }],
      author: 'Bot',
      csr: { deep: null }
    }
    expect(await callWebhook(bench.url(), answer)).toBe(200)
    await expect.poll(() => client.answers()).toEqual([answer])
  })

  test('is passed on with the postback of a button, without what is empty in a list, and at the end of its session', async () => {
    await bench.start()
    const client = await bench.connect()
    const button = text(4711, 'Yes', { postback: 'yes-payload' })
    const end = { ...text('4711', ''), type: 'customer_end_session', text: [undefined] }
    expect([
      await client.say(button),
      await client.say({ ...end, other: 'x' }),
      await client.say(text('4711', 'x', { text: 'not a list', message_id: 'a' }))
    ]).toEqual([OK, OK, OK])
    await expect
      .poll(() => bench.dms().taken)
      .toEqual([{ ...button, customer_id: '4711' }, { ...end, text: [] }, expect.objectContaining({ text: ['not a list'], message_id: 'a' })])
  })

  test('that says a hundred things is passed on in order, and answered in order', { timeout: 20_000 }, async () => {
    await bench.start({}, { limits: { messagesPerSecond: 1_000, burst: 1_000 } })
    const client = await bench.connect()
    const said = Array.from({ length: 100 }, (_, index) => text('1', `message ${index}`))
    expect(await Promise.all(said.map((one) => client.say(one)))).toEqual(said.map(() => OK))
    await expect.poll(() => bench.dms().taken, { timeout: 10_000 }).toEqual(said)
    const answers = said.map((_, index) => ({ type: 'text', customer_id: '1', message_id: `a${index}`, text: `answer ${index}` }))
    for (const answer of answers) expect(await callWebhook(bench.url(), answer)).toBe(200)
    await expect.poll(() => client.answers()).toEqual(answers)
  })

  test('that sends a message again has it passed on once; another message with the same id is another message', async () => {
    await bench.start()
    const client = await bench.connect()
    const first = text('1', 'one', { message_id: 7 })
    const other = text('1', 'two', { message_id: 7 })
    expect(await Promise.all([first, first, other, first].map(client.say))).toEqual([OK, OK, OK, OK])
    await expect.poll(() => bench.dms().taken.length).toBe(2)
    await client.say(text('1', 'last'))
    await expect.poll(() => bench.dms().taken.map((one) => one.text)).toEqual([['one'], ['two'], ['last']])
  })

  test('that types has it told to DMS, which knows by which number', async () => {
    await bench.start()
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    expect(await client.say({ type: 'typing_indicator', customer_id: 42 })).toEqual(OK)
    await expect.poll(() => bench.dms().taken.slice(1)).toEqual([{ type: 'typing_indicator', customer_id: '42' }])
  })

  test('without a callback is served, too, and hears of what is wrong by serverError', async () => {
    await bench.start()
    const client = await bench.connect()
    client.socket.emit('clientMessage', text('1', 'no callback'))
    await expect.poll(() => bench.dms().taken.length).toBe(1)
    client.socket.emit('clientMessage', { type: 'text' })
    await expect
      .poll(() => client.failures())
      .toEqual(['This clientMessage is not taken: customer_id: found nothing; wanted is a text of at most 200 characters, which may be empty, or a number.'])
  })
})

describe('answers', () => {
  const answer = (customer: unknown, id: string) => ({ type: 'text', customer_id: customer, message_id: id, text: id })

  test('go to every socket that has used the number since it connected, and to no other', async () => {
    await bench.start()
    const [one, two, silent, other] = [await bench.connect(), await bench.connect(), await bench.connect(), await bench.connect()]
    for (const client of [one, two]) await client.say(text('42', 'hi'))
    await other.say(text('43', 'hi'))
    expect(await callWebhook(bench.url(), answer(42, 'm1'))).toBe(200)
    await expect.poll(() => [one.answers(), two.answers()]).toEqual([[answer(42, 'm1')], [answer(42, 'm1')]])
    two.socket.disconnect()
    await expect.poll(async () => callWebhook(bench.url(), answer('42', 'm2'))).toBe(200)
    await expect.poll(() => one.answers().length).toBe(2)
    expect([silent.answers(), other.answers()]).toEqual([[], []])
  })

  test('to a number that nobody uses now are refused, so that Pega knows; what was missed is not brought later', async () => {
    await bench.start()
    const before = await bench.connect()
    await before.say(text('42', 'hi'))
    before.socket.disconnect()
    await expect.poll(() => callWebhook(bench.url(), answer('42', 'missed'))).toBe(404)
    const after = await bench.connect()
    await after.say(text('42', 'here again'))
    expect(await callWebhook(bench.url(), answer('42', 'now'))).toBe(200)
    await expect.poll(() => after.answers()).toEqual([answer('42', 'now')])
  })

  test('to people without a number find the one socket, by a number that nobody can guess', async () => {
    await bench.start()
    const [one, two] = [await bench.connect(), await bench.connect()]
    await one.say(text('', 'first'))
    await two.say(text(' ', 'second'))
    await expect.poll(() => bench.dms().taken.length).toBe(2)
    const ids = bench.dms().taken.map(({ customer_id }) => String(customer_id))
    expect(ids).toEqual([expect.stringMatching(/^anonymous-[\w-]{22}$/), expect.stringMatching(/^anonymous-[\w-]{22}$/)])
    expect(new Set(ids).size).toBe(2)
    const first = bench.dms().taken.find(({ text: said }) => String(said) === 'first')
    expect(await callWebhook(bench.url(), answer(first?.customer_id, 'm1'))).toBe(200)
    expect(await callWebhook(bench.url(), answer('', 'm2'))).toBe(404)
    await expect.poll(() => one.answers()).toEqual([answer(first?.customer_id, 'm1')])
    expect(two.answers()).toEqual([])
  })

  test('that come twice are told once, however often and however close together', async () => {
    await bench.start()
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    const twice = answer('42', 'same')
    expect(await Promise.all([twice, twice, twice].map((one) => callWebhook(bench.url(), one)))).toEqual([200, 200, 200])
    await callWebhook(bench.url(), answer('42', 'last'))
    await expect.poll(() => client.answers()).toEqual([twice, answer('42', 'last')])
  })

  test('without an id are each another one: typing, waiting, the end of a session', async () => {
    await bench.start()
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    const bodies = ['typing_indicator', 'typing_indicator', 'wait_time', 'wait_time', 'csr_end_session', 'of_a_new_kind'].map((type) => ({
      type,
      customer_id: '42',
      author: 'Agent'
    }))
    for (const body of bodies) expect(await callWebhook(bench.url(), body)).toBe(200)
    await expect.poll(() => client.answers()).toEqual(bodies)
    expect(await client.say(text('42', 'and on'))).toEqual(OK)
  })

  test.each([
    ['no token', null],
    ['a token of another secret', dmsToken({ secret: 'another' })],
    ['a token of another connection', dmsToken({ iss: 'connection-2' })],
    ['an old token', dmsToken({ iat: Math.floor(Date.now() / 1000) - 400 })]
  ])('with %s are refused', async (_, token) => {
    await bench.start()
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    expect(await callWebhook(bench.url(), answer('42', 'forged'), token)).toBe(403)
    expect(await callWebhook(bench.url(), answer('42', 'true'))).toBe(200)
    await expect.poll(() => client.answers()).toEqual([answer('42', 'true')])
  })

  test.each([
    ['{'],
    ['null'],
    ['[]'],
    ['{"type":"text"}'],
    ['{"customer_id":"42"}'],
    ['{"type":"text","customer_id":"42","__proto__":{}}'],
    [`{"type":"text","customer_id":"42","x":${'['.repeat(40)}${']'.repeat(40)}}`]
  ])('that are malformed get 400: %s', async (body) => {
    await bench.start()
    expect(await callWebhook(bench.url(), body)).toBe(400)
  })

  test('without tokens are taken where the switch says so, and the log warns of it', async () => {
    await bench.start({ LCH_WEBHOOK_AUTH: 'off' })
    const client = await bench.connect()
    await client.say(text('42', 'hi'))
    expect(await callWebhook(bench.url(), answer('42', 'm'), null)).toBe(200)
    await expect.poll(() => client.answers()).toEqual([answer('42', 'm')])
    expect(bench.log.lines.filter(({ level, fields }) => level === 'warn' && fields.inbox === 'labb-chat-hook').map((line) => line.text)).toEqual([
      'the webhook takes calls without a token: anybody who reaches it can write to customers'
    ])
  })
})
