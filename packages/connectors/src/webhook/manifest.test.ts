import { describe, expect, test } from 'vitest'
import { type Answer, type Bench, openBench, SETTINGS } from './fixtures/bench.js'
import { signWithNode } from './fixtures/sign-with-node.js'
import { readManifest } from './manifest.js'
import { isSimplePattern } from './simple-pattern.js'

const MANIFEST_URL = 'https://bot.example.test/manifest'
const ORDER = { name: 'order', description: 'Where an order is', args: [{ name: 'number', type: 'number', required: true }] }
const RETURN = { name: 'return', description: 'Sends something back', args: [] }

/** Signing happens beside the fake clock, so what comes of it is waited for. */
async function seen(bench: Bench, times: number): Promise<void> {
  while (bench.asked.length < times) await new Promise((resolve) => setImmediate(resolve))
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const openWith = async (...answers: readonly (Answer | Error)[]) => {
  const bench = await openBench({ manifestUrl: MANIFEST_URL, name: null }, answers)
  await seen(bench, 1)
  return bench
}
const names = ({ connector }: Bench): readonly string[] => connector.commands.map(({ name }) => name)

describe('a manifest', () => {
  test('is asked for at the start, signed, and its commands and its name are offered', async () => {
    const bench = await openWith({ body: { name: 'Fern', commands: [ORDER] } })
    const { headers, ...asked } = bench.asked[0] ?? { headers: {} as Record<string, string> }
    const id = headers['webhook-id'] ?? ''
    expect([asked, headers]).toEqual([
      { method: 'GET', url: MANIFEST_URL, body: null },
      {
        accept: 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(bench.clock.now() / 1_000),
        'webhook-signature': signWithNode(SETTINGS.secret, id, bench.clock.now() / 1_000, '')
      }
    ])
    expect([bench.connector.commands, bench.connector.capabilities.participant.name, bench.port.offers()]).toEqual([
      [{ ...ORDER, timeoutMs: 600_000 }],
      'Fern',
      1
    ])
  })

  test('is asked for again every five minutes, and told only when it changed', async () => {
    const bench = await openWith({ body: { commands: [ORDER] } }, { body: { commands: [ORDER] } }, { body: { commands: [ORDER, RETURN] } })
    await bench.clock.advance(300_000)
    await seen(bench, 2)
    expect([names(bench), bench.port.offers()]).toEqual([['order'], 1])
    await bench.clock.advance(300_000)
    await seen(bench, 3)
    expect([names(bench), bench.port.offers()]).toEqual([['order', 'return'], 2])
  })

  test('is asked for when the bot says so by a signed call, and by no other', async () => {
    const bench = await openWith({ body: { commands: [] } }, { body: { commands: [RETURN] } })
    expect(await bench.call({}, { path: 'manifest', secret: 'another text of enough characters' })).toMatchObject({ status: 401 })
    expect(await bench.call({}, { path: 'manifest' })).toEqual({ status: 202, body: { ok: true } })
    await seen(bench, 2)
    expect([names(bench), bench.asked.length]).toEqual([['return'], 2])
    expect(await (await openBench()).call({}, { path: 'manifest' })).toMatchObject({ status: 404 })
  })

  test('that is bad changes nothing and is told once, until it is good again', async () => {
    const bad = { body: { commands: [{ ...ORDER, name: 'Order!' }] } }
    const bench = await openWith({ body: { commands: [ORDER] } }, bad, bad, { status: 500 }, { body: { commands: [ORDER] } })
    for (const times of [2, 3, 4, 5]) {
      await bench.clock.advance(300_000)
      await seen(bench, times)
      expect(names(bench)).toEqual(['order'])
    }
    expect(bench.port.logged.map(({ level, fields, text }) => [level, text, fields.why])).toEqual([
      ['info', 'the bot announced its commands', undefined],
      [
        'error',
        'the manifest of the bot cannot be used',
        '"commands.0.name" is not as wanted: not a command name: a small letter, then small letters, digits and dashes, 32 at most'
      ],
      ['error', 'the manifest of the bot cannot be used', 'status 500'],
      ['info', 'the manifest of the bot can be used again', undefined]
    ])
  })

  test('that is not there yet is asked for again soon, and not at all after a stop; a start keeps what was announced', async () => {
    const bench = await openWith(new TypeError('fetch failed'), { body: { commands: [ORDER] } })
    expect([names(bench), bench.connector.capabilities.participant.name]).toEqual([[], 'Assistant'])
    await bench.clock.advance(15_000)
    await seen(bench, 2)
    await bench.connector.stop()
    await bench.clock.advance(3_600_000)
    expect([names(bench), bench.asked.length]).toEqual([['order'], 2])
  })
})

test.each([
  ['a text', '"x"', '"" is not as wanted: Object'],
  ['nothing', '', 'it is not JSON'],
  ['no commands', '{}', '"commands" is not as wanted: "commands"'],
  ['a command twice', JSON.stringify({ commands: [ORDER, ORDER] }), '"commands" is not as wanted: commands, each name once'],
  [
    'an argument behind a list',
    JSON.stringify({
      commands: [
        {
          ...RETURN,
          args: [
            { name: 'a', type: 'list' },
            { name: 'b', type: 'text' }
          ]
        }
      ]
    }),
    '"commands.0.args" is not as wanted: an argument of type "list" can only come last'
  ],
  [
    'a pattern that takes for ever',
    JSON.stringify({ commands: [{ ...RETURN, args: [{ name: 'a', type: 'text', pattern: '(a+)+' }] }] }),
    '"commands.0" is not as wanted: a pattern without groups and alternatives, with at most one "*" or "+"'
  ]
])('a manifest is refused for %s', (_what, text, why) => {
  expect(readManifest(text, 1)).toEqual({ ok: false, text: why })
})

test('what a bot cannot answer is not announced: values while somebody types', () => {
  const read = readManifest(JSON.stringify({ commands: [{ ...RETURN, args: [{ name: 'a', type: 'text', completes: true, pattern: '[A-Z]{2}-\\d+' }] }] }), 5)
  expect(read).toEqual({
    ok: true,
    value: { name: undefined, commands: [{ ...RETURN, args: [{ name: 'a', type: 'text', pattern: '[A-Z]{2}-\\d+' }], timeoutMs: 5 }] }
  })
})

describe('a pattern of a stranger', () => {
  test.each(['', 'abc', '[A-Z]{2}-\\d+', '\\d{4,12}', '[^@]+@x\\.de', 'a?b?c?d*', '.*', 'ü+', '[a-z0-9_.-]*', '\\$[0-9]{1,3}'])('%j is simple', (pattern) => {
    expect([isSimplePattern(pattern), new RegExp(`^(?:${pattern})$`, 'u')]).toEqual([true, expect.any(RegExp)])
  })
  test.each([
    '(a+)+',
    '(?:a|a)*b',
    'a|b',
    'a*a*b',
    '.*.*',
    '(a)\\1',
    '(?=a)',
    '\\bx',
    '^a',
    'a$',
    'a{0,100}b{0,100}',
    'a?'.repeat(8),
    'a{2,}b+',
    '[',
    'a**',
    'a*?',
    '\\p{L}+',
    'x'.repeat(201)
  ])('%j is not', (pattern) => {
    expect(isSimplePattern(pattern)).toBe(false)
  })
})
