import { describe, expect, test } from 'vitest'
import { bytesOf, openBench, PERSON, SECRET } from './fixtures/bench.js'
import carousel from './fixtures/carousel.json' with { type: 'json' }
import end from './fixtures/csr-end-session.json' with { type: 'json' }
import link from './fixtures/link-button.json' with { type: 'json' }
import menu from './fixtures/menu.json' with { type: 'json' }
import list from './fixtures/text-list.json' with { type: 'json' }
import files from './fixtures/text-with-attachments.json' with { type: 'json' }
import text from './fixtures/text.json' with { type: 'json' }
import typing from './fixtures/typing-indicator.json' with { type: 'json' }
import waitTime from './fixtures/wait-time.json' with { type: 'json' }

const SUCCESS = { status: 200, text: 'success' }
const OVER = { status: 410, text: 'The conversation is over: nobody has seen this.' }
const NOBODY = { status: 404, text: 'Nobody here is known under this customer_id.' }
const AGENT = { key: 'agent:service agent', name: 'Service agent', role: 'agent' }

test('what DMS says is seen as it stands in the fixtures', async () => {
  const bench = await openBench()
  const conversation = bench.open(PERSON)
  await bench.say(conversation, 'hello')
  for (const body of [text, list, files, menu, carousel, link, typing, waitTime, end]) expect(await bench.call(body)).toEqual(SUCCESS)
  const said = (id: string, parts: readonly unknown[], from?: unknown) => ({
    did: 'append',
    conversation,
    externalId: `dms:5f0c6d1e-${id}`,
    parts,
    ...(from ? { from } : {})
  })
  expect(bench.seen).toEqual([
    said('text', [{ kind: 'text', text: 'Good morning, how can I help?' }], AGENT),
    said('list', [{ kind: 'text', text: 'Good morning,\nhow can I help?' }], AGENT),
    said(
      'files',
      [
        { kind: 'text', text: 'Here is the contract.' },
        { kind: 'file', url: 'https://files.example.test/a/contract.pdf?token=1', name: 'contract.pdf', mediaType: 'application/pdf' }
      ],
      AGENT
    ),
    said('menu', [
      {
        kind: 'choices',
        text: 'What is it about?',
        choices: [
          { value: 'TOPIC_BILL', label: 'A bill' },
          { value: 'TOPIC_CARD', label: 'A new card' }
        ]
      }
    ]),
    said('carousel', [
      {
        kind: 'cards',
        cards: [
          {
            title: 'Blue card',
            text: 'No fee',
            image: 'https://files.example.test/blue.png',
            actions: [
              { label: 'Take it', value: 'CARD_BLUE' },
              { label: 'Read more', url: 'https://www.example.test/blue' }
            ]
          }
        ]
      }
    ]),
    said('link', [
      { kind: 'text', text: 'Our terms' },
      { kind: 'link', url: 'https://www.example.test/terms', title: 'Read them' }
    ]),
    { did: 'typing', conversation, forMs: 10_000, from: AGENT },
    { did: 'append', conversation, externalId: 'dms-wait:4', parts: [{ kind: 'text', text: 'Estimated waiting time: 4' }] },
    { did: 'close', conversation, reason: 'Service agent has ended the conversation' }
  ])
})

describe('who says it', () => {
  test('is the inbox itself under the name that it has here, in any spelling', async () => {
    const bench = await openBench({ name: 'Service Agent' })
    await bench.say(bench.open(PERSON), 'hello')
    await bench.call(text)
    await bench.call(end)
    expect(bench.seen.map((seen) => ('from' in seen ? seen.from : seen.did === 'close' ? seen.reason : null))).toEqual([
      null,
      'The agent has ended the conversation'
    ])
  })
})

describe('a call that comes', () => {
  test('again is recorded once, and is a success', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    for (const body of [text, text, waitTime, waitTime]) expect(await bench.call(body)).toEqual(SUCCESS)
    expect(bench.seen.map(({ did }) => did)).toEqual(['append', 'append'])
  })

  test('ten times at once is recorded once', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    expect(await Promise.all(Array.from({ length: 10 }, () => bench.call(menu)))).toEqual(Array(10).fill(SUCCESS))
    expect(bench.seen.length).toBe(1)
  })

  test('in another order is taken in the order it came', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    for (const body of [list, text]) await bench.call(body)
    expect(bench.seen.map((seen) => seen.did === 'append' && seen.externalId)).toEqual(['dms:5f0c6d1e-list', 'dms:5f0c6d1e-text'])
  })

  test('while another one of the customer is being written waits for it', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    const append = bench.port.append
    const order: string[] = []
    Object.assign(bench.port, {
      async append(message: Parameters<typeof append>[0]) {
        order.push(`begin ${message.externalId}`)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(`end ${message.externalId}`)
        return append(message)
      }
    })
    await Promise.all([bench.call(text), bench.call(list)])
    expect([order[0]?.slice(6), order[2]?.slice(6)]).toEqual([order[1]?.slice(4), order[3]?.slice(4)])
  })

  test('after the end is told that nobody has seen it; an end again is a success', async () => {
    const bench = await openBench()
    const conversation = bench.open()
    await bench.say(conversation, 'hello')
    const customer_id = String(bench.sent[0]?.body.customer_id)
    const call = (body: object) => bench.call({ ...body, customer_id })
    expect(await call(end)).toEqual(SUCCESS)
    expect([await call(text), await call(typing), await call(waitTime)]).toEqual([OVER, OVER, OVER])
    expect(await call(end)).toEqual(SUCCESS)
    expect(bench.seen.map(({ did }) => did)).toEqual(['close'])
  })

  test('and is an end again leaves the next conversation of the same customer alone, until DMS knows that one', async () => {
    const bench = await openBench()
    const first = bench.open(PERSON)
    await bench.say(first, 'hello')
    expect(await bench.call(end)).toEqual(SUCCESS)
    const next = bench.open(PERSON)
    expect(await bench.call(end)).toEqual(SUCCESS)
    expect(bench.seen.map(({ did, conversation }) => [did, conversation])).toEqual([['close', first]])
    await bench.say(next, 'hello again')
    expect(await bench.call(end)).toEqual(SUCCESS)
    expect(bench.seen.map(({ did, conversation }) => [did, conversation])).toEqual([
      ['close', first],
      ['close', next]
    ])
  })

  test('while the conversation ends is told so, too', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    Object.assign(bench.port, { append: async () => 'ended' })
    expect(await bench.call(text)).toEqual(OVER)
  })

  test('for nobody who is here is told so, and a made-up id finds nobody', async () => {
    const bench = await openBench()
    const conversation = bench.open()
    await bench.say(conversation, 'hello')
    const theirs = String(bench.sent[0]?.body.customer_id)
    const ids = ['', '1002', conversation, `${conversation}.${'A'.repeat(22)}`, `${theirs}x`, theirs.toLowerCase(), '__proto__', 'constructor']
    for (const customer_id of ids) expect(await bench.call({ ...text, customer_id })).toEqual(NOBODY)
    expect(bench.seen).toEqual([])
    expect(await bench.call({ ...text, customer_id: theirs })).toEqual(SUCCESS)
  })

  test('after a restart finds the same conversation', async () => {
    const bench = await openBench()
    await bench.say(bench.open(), 'hello')
    await bench.restart()
    expect(await bench.call({ ...text, customer_id: bench.sent[0]?.body.customer_id })).toEqual(SUCCESS)
  })

  test('with a type that is not known shows a placeholder and names the type in the log', async () => {
    const bench = await openBench()
    const conversation = bench.open(PERSON)
    expect(await bench.call({ ...text, type: 'video' })).toEqual(SUCCESS)
    expect(bench.seen).toEqual([{ did: 'append', conversation, externalId: 'dms:5f0c6d1e-text', parts: [{ kind: 'text', text: '…' }], from: AGENT }])
    expect(bench.logged).toEqual([{ level: 'warn', fields: { inbox: 'pega', type: 'video' }, text: 'DMS said something of a type that is not known here' }])
  })

  test('while the store cannot write may come again', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    const append = bench.port.append
    Object.assign(bench.port, { append: () => Promise.reject(new Error('disk full')) })
    expect(await bench.call(text)).toEqual({ status: 503, text: 'Not now' })
    Object.assign(bench.port, { append })
    expect([await bench.call(text), bench.seen.length]).toEqual([SUCCESS, 1])
  })

  test('and is an end that the store cannot write may come again, too', async () => {
    const bench = await openBench()
    await bench.say(bench.open(PERSON), 'hello')
    const close = bench.port.close
    Object.assign(bench.port, { close: () => Promise.reject(new Error('disk full')) })
    expect(await bench.call(end)).toEqual({ status: 503, text: 'Not now' })
    Object.assign(bench.port, { close })
    expect([await bench.call(end), bench.seen.map(({ did }) => did)]).toEqual([SUCCESS, ['close']])
  })

  test.each<[string, string | Uint8Array, string]>([
    ['no JSON', '{', 'The body must be JSON in UTF-8.'],
    ['nothing', '', 'The body must be JSON in UTF-8.'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'The body must be JSON in UTF-8.'],
    ['a key of JavaScript', '{"type":"text","__proto__":{"polluted":true}}', 'The body holds the key "__proto__".'],
    ['a key of JavaScript inside', '{"type":"menu","items":[{"constructor":1}]}', 'The body holds the key "constructor".'],
    ['very deep JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'The body holds nested deeper than 32.'],
    [
      'a text without an id',
      '{"type":"text","customer_id":"1001","text":"private"}',
      'message_id: found nothing, wanted the id of the message, 1 to 200 characters.'
    ]
  ])('with %s is refused in words', async (_name, body, answer) => {
    const bench = await openBench()
    bench.open(PERSON)
    expect(await bench.call('', { body: typeof body === 'string' ? bytesOf(body) : body })).toEqual({
      status: 400,
      text: answer
    })
    expect([bench.seen, ({} as { polluted?: boolean }).polluted]).toEqual([[], undefined])
  })

  test('with too much is refused before it is read', async () => {
    const bench = await openBench()
    bench.open(PERSON)
    expect((await bench.call({ ...text, text: 'x'.repeat(262_144) })).status).toBe(413)
  })

  test('at another address or by another method is refused', async () => {
    const bench = await openBench()
    const at = async (over: object) => (await bench.call(text, over)).status
    expect([
      await at({ path: '' }),
      await at({ path: 'webhook/' }),
      await at({ path: 'Webhook' }),
      await at({ door: 'accounts' }),
      await at({ method: 'GET' })
    ]).toEqual([404, 404, 404, 404, 405])
  })

  test('before the start and after the stop finds no address', async () => {
    const bench = await openBench()
    await bench.connector.stop()
    expect((await bench.call(text)).status).toBe(404)
  })
})

test('no answer, no line of the log and nothing that is seen holds the secret', async () => {
  const bench = await openBench()
  bench.open(PERSON)
  const answers = [await bench.call({ ...text, type: 'video' }), await bench.call('{'), await bench.call({ ...text, text: { a: SECRET.length } })]
  expect(JSON.stringify([answers, bench.logged, bench.seen])).not.toContain(SECRET)
})
