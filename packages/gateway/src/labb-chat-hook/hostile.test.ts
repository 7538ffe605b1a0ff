import { io } from 'socket.io-client'
import { describe, expect, test } from 'vitest'
import { enter, openSession } from '../testing/visitor.js'
import { labbBench } from './bench.js'
import { labbChatHookConfig } from './config.js'
import { callWebhook, connectOld, ORIGIN, text } from './testing.js'

const bench = labbBench()
const OK = { ok: true }
const KEY = 'k'.repeat(43)
const answer = { type: 'text', customer_id: 'well', message_id: 'm', text: 'still here' }

/** Deeper than any stack. */
function deep(): unknown {
  let value: unknown = 1
  for (let depth = 0; depth < 2_000; depth++) value = [value]
  return value
}

const prototypeKeys = JSON.parse(
  '{"type":"text","customer_id":"1","message_id":1,"text":["x"],"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
) as unknown

/** What an old client may emit as `clientMessage`, and what it is told of it. */
const MESSAGES: readonly (readonly [string, unknown, RegExp])[] = [
  ['null', null, /found null; wanted is one object/],
  ['a list', [text('1', 'x')], /found a list/],
  ['a text', 'hello', /found a text of 5 characters/],
  ['a number', 7, /found a number/],
  ['true', true, /found a boolean/],
  ['nothing in it', {}, /type: found nothing; wanted is a word/],
  ['keys of the prototype', prototypeKeys, /the key "(__proto__|constructor)"/],
  ['bytes', Buffer.from('x'), /binary/],
  ['bytes inside', text('1', 'x', { text: [Buffer.from('x')] }), /binary/],
  ['a depth without end', text('1', 'x', { text: deep() }), /nested deeper than 32/],
  ['half a character', text('1', '\ud800'), /half a character/],
  ['a type that is a text of 65 characters', text('1', 'x', { type: 'x'.repeat(65) }), /type: found a text of 65 characters/],
  ['a type that is an object', text('1', 'x', { type: { $gt: '' } }), /type: found an object/],
  ['a number that is an object', text('1', 'x', { customer_id: { $gt: '' } }), /customer_id: found an object/],
  ['a number of 201 characters', text('1', 'x', { customer_id: 'x'.repeat(201) }), /customer_id: found a text of 201 characters/],
  ['a number that is null', text('1', 'x', { customer_id: null }), /customer_id: found null/],
  ['a name that is a list', text('1', 'x', { customer_name: ['x'] }), /customer_name: found a list/],
  ['no id', text('1', 'x', { message_id: null }), /message_id: found nothing/],
  ['an id that is a list', text('1', 'x', { message_id: [] }), /message_id: found a list/],
  ['words that are a number', text('1', 'x', { text: 7 }), /text: found a number/],
  ['words that are numbers', text('1', 'x', { text: [7] }), /text: found a list/],
  ['51 words', text('1', 'x', { text: Array(51).fill('x') }), /text: found a list/],
  ['6,000 values', text('1', 'x', { more: Array(6_000).fill(0) }), /more than 5000 values/],
  ['a postback that is an object', text('1', 'x', { postback: {} }), /postback: found an object/],
  ['40 KB of words', text('1', 'x'.repeat(40_000)), /bytes/]
]

describe('what no Labb Chat Client sends', () => {
  test('is answered by the acknowledgement with what is wrong, passes nothing on, and leaves the connection as it is', { timeout: 20_000 }, async () => {
    await bench.start({}, { limits: { messagesPerSecond: 1_000, burst: 1_000 } })
    const hostile = await bench.connect()
    const well = await bench.connect()
    await well.say(text('well', 'hello'))
    for (const [what, body, wanted] of MESSAGES) {
      const told = (await hostile.say(body)) as { readonly error: string }
      expect([what, told.error]).toEqual([what, expect.stringMatching(wanted)])
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(await hostile.say(text('1', 'and now well'))).toEqual(OK)
    await expect.poll(() => bench.dms().taken.map((one) => one.text)).toEqual([['hello'], ['and now well']])
    expect(await callWebhook(bench.url(), answer)).toBe(200)
    await expect.poll(() => well.answers()).toEqual([answer])
  })

  test('by other names is answered, too: those of the server, of Parley, of every emitter', async () => {
    await bench.start({}, { limits: { messagesPerSecond: 1_000, burst: 1_000 } })
    const hostile = await bench.connect()
    const names = ['serverMessage', 'serverError', 'hello', 'append', 'welcome', '__proto__', 'constructor', 'toString', '']
    for (const name of names) {
      const told: unknown = await hostile.socket.timeout(5_000).emitWithAck(name, { v: 1, customer_id: '1' })
      expect(told).toEqual({ error: `This connection takes "clientMessage" only; found ${JSON.stringify(name)}.` })
    }
    for (const values of [[], [text('1', 'x'), text('1', 'y')]]) {
      const told: unknown = await hostile.socket.timeout(5_000).emitWithAck('clientMessage', ...values)
      expect(told).toEqual({ error: `A "clientMessage" has exactly one object; found ${values.length} values.` })
    }
    hostile.socket.emit('serverMessage', { customer_id: '1' })
    await expect.poll(() => hostile.failures()).toEqual(['This connection takes "clientMessage" only; found "serverMessage".'])
    expect([await hostile.say(text('1', 'well')), hostile.socket.connected]).toEqual([OK, true])
  })

  test('by packets that no client makes ends that connection at most', async () => {
    await bench.start()
    const well = await bench.connect()
    const packets = [
      '2["newListener",{}]',
      '2["error",{}]',
      '2["disconnect"]',
      '2[]',
      '2{',
      '2null',
      '2[null,{}]',
      '2[{"x":1},{}]',
      '3999["x"]',
      '50-["clientMessage"]',
      '51-["clientMessage",{"_placeholder":true,"num":9}]',
      '9',
      '0{"token":"x"}',
      '',
      'x'
    ]
    for (const packet of packets) {
      const hostile = await bench.connect()
      hostile.socket.io.engine.write(packet)
      expect(await well.say(text('well', packet))).toEqual(OK)
    }
    await expect.poll(() => bench.dms().taken.length).toBe(packets.length)
  })

  test('and is too large for a frame ends that connection alone', async () => {
    await bench.start()
    const [hostile, well] = [await bench.connect(), await bench.connect()]
    hostile.socket.emit('clientMessage', text('1', 'x'.repeat(200_000)))
    expect(await hostile.ended).toMatch(/transport/)
    expect(await well.say(text('well', 'hello'))).toEqual(OK)
  })

  test('a thousand at once: a burst is taken, the rest is told so, and nobody else notices', { timeout: 20_000 }, async () => {
    await bench.start()
    const [hostile, well] = [await bench.connect(), await bench.connect()]
    const asked = Array.from({ length: 1_000 }, (_, index) => hostile.say(text('1', `flood ${index}`)))
    expect(await well.say(text('well', 'hello'))).toEqual(OK)
    const told = await Promise.all(asked)
    const taken = told.filter((one) => 'ok' in (one as object)).length
    expect(taken).toBeGreaterThanOrEqual(40)
    expect(taken).toBeLessThan(200)
    expect([...new Set(told.map((one) => JSON.stringify(one)))].sort()).toEqual([
      '{"error":"Too many messages at once. Send this one again in a moment."}',
      '{"ok":true}'
    ])
    await expect.poll(() => callWebhook(bench.url(), answer)).toBe(200)
    await expect.poll(() => well.answers()).toEqual([answer])
  })

  test('a thousand without a callback are told once a second at most', async () => {
    await bench.start()
    const hostile = await bench.connect()
    for (let count = 0; count < 1_000; count++) hostile.socket.emit('nonsense')
    await expect.poll(() => hostile.failures().length).toBeGreaterThan(0)
    await hostile.say(text('1', 'x'))
    expect(hostile.failures().length).toBeLessThan(4)
  })

  test('more than 20 numbers on one connection', async () => {
    await bench.start({}, { limits: { messagesPerSecond: 1_000, burst: 1_000 } })
    const client = await bench.connect()
    for (let number = 1; number <= 20; number++) expect(await client.say(text(number, 'x'))).toEqual(OK)
    expect(await client.say(text(21, 'x'))).toEqual({ error: 'A connection may use 20 customer numbers. Connect anew for another one.' })
    expect(await client.say(text(20, 'y'))).toEqual(OK)
  })

  test('more conversations than an address may begin in a minute', async () => {
    await bench.start({}, { limits: { sessionsPerMinutePerIp: 2 } })
    const client = await bench.connect()
    expect([await client.say(text(1, 'x')), await client.say(text(2, 'x'))]).toEqual([OK, OK])
    expect(await client.say(text(3, 'x'))).toEqual({ error: 'Too many conversations are begun from this address. Try again in a minute.' })
    expect(await client.say(text(1, 'y'))).toEqual(OK)
  })
})

describe('the doors beside', () => {
  test('a page of another origin connects neither by websocket nor by polling, and the webhook says nothing to pages', async () => {
    await bench.start()
    for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null', 'http://www.example.com']) {
      await expect(connectOld(bench.url(), { origin })).rejects.toThrow()
      await expect(connectOld(bench.url(), { origin, transport: 'polling' })).rejects.toThrow()
    }
    const called = await fetch(`${bench.url()}/webhook`, { method: 'POST', headers: { origin: ORIGIN }, body: '{}' })
    const preflight = await fetch(`${bench.url()}/webhook`, { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } })
    expect([called.status, preflight.status]).toEqual([403, 404])
    for (const { headers } of [called, preflight]) expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('as many connections as any client may hold; one more is refused', async () => {
    await bench.start({}, { limits: { connectionsPerIp: 2 } })
    await bench.connect()
    await bench.connect()
    await expect(connectOld(bench.url())).rejects.toThrow()
  })

  test('who is not let in now is told when to come again', async () => {
    await bench.start({}, { limits: { connectBurst: 1, connectsPerSecond: 1 } })
    await bench.connect()
    await expect(connectOld(bench.url())).rejects.toMatchObject({ data: { code: 'gateway.unavailable', retryInMs: expect.any(Number) as number } })
  })

  test('nobody enters the inbox of old clients by a session, under whatever name', async () => {
    const { inboxes } = labbChatHookConfig(bench.environment())
    const others = { ...inboxes, pega: { ...inboxes.pega, issuer: 'connection-2' } }
    await bench.start({}, { inboxes: others, identity: { secret: 'the secret of the host, 32 letters or more' } })
    await expect(openSession(bench.url(), KEY)).rejects.toThrow('inbox.unknown')
    for (const more of [{}, { visitorKey: KEY }, { identity: 'x.y.z' }]) {
      const asked = await fetch(`${bench.url()}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'labb-chat-hook', ...more }) })
      expect((await asked.json()) as unknown).toMatchObject({ error: { code: 'identity' in more ? 'identity.invalid' : 'inbox.unknown' } })
    }
  })

  test('a client of Parley is one beside them, and its clientMessage is no frame of the protocol', async () => {
    await bench.start()
    const asked = await fetch(`${bench.url()}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'pega', visitorKey: KEY }) })
    const visitor = await enter(bench.url(), (await asked.json()) as Parameters<typeof enter>[1])
    await visitor.request('probe', {})
    const ended = visitor.request('clientMessage', text('1', 'x')).catch(() => null)
    expect(await visitor.ended).toBe('io server disconnect')
    expect(visitor.frames.at(-1)).toMatchObject({ name: 'refuse', payload: { code: 'frame.malformed' } })
    await ended
    expect(bench.dms().taken).toEqual([])
  })

  test('a hello that does not hold is refused as ever; one that is empty is an old client', async () => {
    await bench.start()
    for (const auth of [{ v: 1 }, { token: 'x' }, { v: 1, token: 'x', device: 'y', conversations: [] }]) {
      const socket = io(bench.url(), { transports: ['websocket'], reconnection: false, forceNew: true, auth })
      const why = await new Promise((resolve) => socket.once('connect_error', (error: Error & { data?: unknown }) => resolve(error.data)))
      expect(why).toMatchObject({ code: expect.stringMatching(/^(frame\.malformed|auth\.invalid)$/) as string })
    }
    expect(await (await bench.connect()).say(text('1', 'x'))).toEqual(OK)
  })

  test('what people say and who they are stands in no line of the log', async () => {
    await bench.start()
    const client = await bench.connect()
    bench.dms().answer(403)
    await client.say(text('number-4711', 'words that are secret', { customer_name: 'Somebody by Name' }))
    await client.say(text('number-4711', 'x', { text: [{ words: 'that are secret' }] }))
    await callWebhook(bench.url(), { type: 'text', customer_id: 'number-4711', message_id: 'm', text: 'words that are secret' })
    await callWebhook(bench.url(), '{"customer_id":"number-4711"')
    await expect.poll(() => client.failures().length).toBe(1)
    await bench.stop()
    expect(bench.log.lines.length).toBeGreaterThan(3)
    expect(JSON.stringify(bench.log.lines)).not.toMatch(/4711|secret|Somebody|by Name|Bearer|eyJ/)
  })
})
