import { type Delivery, DeliveryFault, type Fetch } from '@parley/engine'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { type Bench, openBench, PERSON, SECRET, SETTINGS } from './fixtures/bench.js'
import sentAnswer from './fixtures/sent-answer.json' with { type: 'json' }
import sentAttachments from './fixtures/sent-attachments.json' with { type: 'json' }
import sentEnd from './fixtures/sent-end-session.json' with { type: 'json' }
import sentText from './fixtures/sent-text.json' with { type: 'json' }
import sentTyping from './fixtures/sent-typing.json' with { type: 'json' }

const text = (words: string) => ({ parts: [{ kind: 'text', text: words }] })
const attempt = ({ connector }: Bench, delivery: Delivery): Promise<unknown> =>
  connector.deliver(delivery).then(
    () => 'taken',
    (thrown: unknown) => (thrown instanceof DeliveryFault ? { text: thrown.message, retry: thrown.retry, retryInMs: thrown.retryInMs } : thrown)
  )
const answering =
  (status: number, headers: Record<string, string> = {}): Fetch =>
  async () =>
    new Response('<h1>no</h1>', { status, headers })

test('what a visitor does goes out as it stands in the fixtures', async () => {
  const bench = await openBench()
  const here = bench.open(PERSON)
  const file = { kind: 'file', url: 'https://chat.example.test/files/1', name: 'bill.png', mediaType: 'image/png' }
  await bench.say(here, 'Hello')
  await bench.connector.deliver(bench.delivery(here, 'answer.given', { to: 'm', value: 'TOPIC_BILL', label: 'A bill' }))
  await bench.connector.deliver(bench.delivery(here, 'message.created', { parts: [{ kind: 'text', text: 'My bill' }, file] }))
  await bench.connector.typing?.(bench.typing(here))
  await bench.connector.deliver(bench.delivery(here, 'conversation.closed', { reason: 'The visitor has left' }))
  expect(bench.sent.map(({ body }) => ('message_id' in body ? { ...body, message_id: '…' } : body))).toEqual([
    sentText,
    sentAnswer,
    sentAttachments,
    sentTyping,
    sentEnd
  ])
})

test('each request has a token of its own, for at most five minutes, and the id of the connection', async () => {
  const bench = await openBench()
  const here = bench.open()
  await bench.say(here, 'one')
  await bench.clock.advance(1_000)
  await bench.say(here, 'two')
  const claims = bench.sent.map(({ headers }) => decodeJwt(String(headers.authorization).slice('Bearer '.length)))
  const now = bench.clock.now() / 1_000
  expect(claims.map(({ iss, iat }) => [iss, iat])).toEqual([
    ['connection-1', now - 1],
    ['connection-1', now]
  ])
  for (const { iat = 0, exp = 0 } of claims) expect(exp - iat).toBeLessThanOrEqual(300)
  expect(bench.sent.map(({ url, headers }) => [url, headers.connection_id])).toEqual(Array(2).fill([SETTINGS.url, 'connection-1']))
})

test('a message has one id over all attempts and a restart, which tells nothing of ours', async () => {
  const bench = await openBench()
  const here = bench.open()
  const [one, two] = [bench.delivery(here, 'message.created', text('one')), bench.delivery(here, 'message.created', text('two'))]
  bench.answers(answering(500))
  await attempt(bench, one)
  await bench.restart()
  bench.answers(answering(200))
  await attempt(bench, { ...one, attempt: 2 })
  await attempt(bench, two)
  const ids = bench.sent.map(({ body }) => String(body.message_id))
  expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false])
  for (const id of ids) expect([id.includes(here), id.includes(one.event.messageId)]).toEqual([false, false])
})

test('context goes with the first message that was taken, and again after DMS has ended its side', async () => {
  const bench = await openBench()
  const here = bench.open(PERSON)
  bench.answers(answering(500))
  await attempt(bench, bench.delivery(here, 'message.created', text('one')))
  bench.answers(answering(200))
  for (const words of ['one', 'two']) await bench.say(here, words)
  await bench.restart()
  await bench.say(here, 'three')
  await bench.call({ type: 'csr_end_session', customer_id: PERSON.subject })
  bench.change(here, { isOpen: true })
  await bench.say(here, 'four')
  expect(bench.sent.map(({ body }) => body.context_data)).toEqual([SETTINGS.context, SETTINGS.context, undefined, undefined, SETTINGS.context])
})

test('a note that cannot be written does not make a message go twice', async () => {
  const bench = await openBench()
  const remember = bench.port.conversation.remember
  Object.assign(bench.port.conversation, { remember: () => Promise.reject(new Error('disk full')) })
  await bench.say(bench.open(), 'one')
  Object.assign(bench.port.conversation, { remember })
  expect([bench.sent.length, bench.logged.map(({ level, text }) => [level, text])]).toEqual([
    1,
    [['warn', 'that DMS knows of a conversation could not be noted']]
  ])
})

test('nobody leaves or types who has not said anything', async () => {
  const bench = await openBench()
  const here = bench.open()
  await bench.connector.typing?.(bench.typing(here))
  await bench.connector.deliver(bench.delivery(here, 'conversation.closed', { reason: 'x' }))
  expect(bench.sent).toEqual([])
})

describe('typing', () => {
  test('is told once in 3 s for each conversation', async () => {
    const bench = await openBench()
    const [here, there] = [bench.open(), bench.open()]
    await bench.say(here, 'one')
    await bench.say(there, 'one')
    bench.sent.length = 0
    for (const conversation of [here, here, there]) await bench.connector.typing?.(bench.typing(conversation))
    await bench.clock.advance(2_999)
    await bench.connector.typing?.(bench.typing(here))
    expect(bench.sent.length).toBe(2)
    await bench.clock.advance(1)
    await bench.connector.typing?.(bench.typing(here))
    expect(bench.sent.length).toBe(3)
  })

  test('that fails is a line for whoever looks for it, and nothing else', async () => {
    const bench = await openBench()
    const here = bench.open()
    await bench.say(here, 'one')
    for (const fetch of [answering(401), answering(500), () => Promise.reject(new TypeError('fetch failed'))]) {
      bench.answers(fetch)
      await bench.connector.typing?.(bench.typing(here))
      await bench.clock.advance(3_000)
    }
    expect(bench.logged.map(({ level, fields }) => [level, fields.outcome, fields.status])).toEqual([
      ['debug', 'refused', 401],
      ['debug', 'failed', 500],
      ['debug', 'failed', null]
    ])
  })
})

describe('a DMS that', () => {
  const unknown = { text: 'It is not known whether this was delivered: Assistant did not answer in time.', retry: false, retryInMs: undefined }
  const away = (retryInMs?: number) => ({ text: 'This could not be delivered: Assistant cannot be reached.', retry: true, retryInMs })
  const key = { text: 'This was not delivered: the connection to Assistant is not set up properly.', retry: false, retryInMs: undefined }
  const refused = (status: number) => ({ text: `This was not delivered: Assistant did not take it (${status}).`, retry: false, retryInMs: undefined })
  const silent: Fetch = (_url, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))))

  test.each<[string, Fetch, unknown, string | null]>([
    ['says 200 in HTML', answering(200), 'taken', null],
    ['says a MiB', async () => new Response('x'.repeat(1_048_576)), 'taken', null],
    ['says 302', answering(302, { location: 'https://elsewhere.test' }), refused(302), 'error'],
    ['says 400', answering(400), refused(400), 'error'],
    ['says 401', answering(401), key, 'error'],
    ['says 403', answering(403), key, 'error'],
    ['says 404', answering(404), refused(404), 'error'],
    ['says 429', answering(429), away(), 'debug'],
    ['says 429 and when to come again', answering(429, { 'retry-after': '30' }), away(30_000), 'debug'],
    ['says 500', answering(500), away(), 'debug'],
    ['says 503 and when to come again', answering(503, { 'retry-after': '5' }), away(5_000), 'debug'],
    ['breaks the connection', () => Promise.reject(new TypeError('fetch failed')), away(), 'debug'],
    ['says nothing', silent, unknown, 'warn']
  ])('%s: what becomes of a message', async (_name, fetch, outcome, level) => {
    const bench = await openBench()
    bench.answers(fetch)
    const settled = attempt(bench, bench.delivery(bench.open(), 'message.created', text('very private')))
    await expect.poll(() => bench.sent.length).toBe(1)
    await bench.clock.advance(15_000)
    expect(await settled).toEqual(outcome)
    expect(bench.logged.map((line) => line.level)).toEqual(level === null ? [] : [level])
    expect(JSON.stringify(bench.logged)).not.toMatch(new RegExp(`very private|${SECRET}|Bearer`))
  })
})

test('a message that is older than ten minutes is given up, however long DMS asks to wait, and the next one goes', async () => {
  const bench = await openBench()
  const here = bench.open(PERSON)
  const old = bench.delivery(here, 'message.created', text('old'))
  bench.answers(answering(503, { 'retry-after': '600' }))
  const away = { text: 'This could not be delivered: Assistant cannot be reached.', retryInMs: 600_000 }
  await bench.clock.advance(599_999)
  expect(await attempt(bench, old)).toEqual({ ...away, retry: true })
  await bench.clock.advance(1)
  expect(await attempt(bench, { ...old, attempt: 2 })).toEqual({ ...away, retry: false })
  bench.answers(answering(200))
  await bench.say(here, 'next')
  expect(bench.sent.map(({ body }) => body.text)).toEqual([['old'], ['old'], ['next']])
})

test('messages of one customer go one after another, of different ones side by side', async () => {
  const bench = await openBench()
  const [first, second, other] = [bench.open(PERSON), bench.open(PERSON), bench.open()]
  const waiting = new Map<string, () => void>()
  bench.answers((_url, init) => {
    const { text: words } = JSON.parse(String(init?.body)) as { readonly text: readonly string[] }
    return new Promise((resolve) => waiting.set(words.join(), () => resolve(new Response(null))))
  })
  const asked = () => [...waiting.keys()].sort()
  const all = [bench.say(first, 'one'), bench.say(second, 'two'), bench.say(other, 'three')]
  await expect.poll(asked).toEqual(['one', 'three'])
  waiting.get('one')?.()
  await expect.poll(asked).toEqual(['one', 'three', 'two'])
  for (const answer of waiting.values()) answer()
  await Promise.all(all)
})
