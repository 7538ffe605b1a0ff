import fc from 'fast-check'
import type { Json } from '@parley/protocol'
import { parts as partsSchema, read } from '@parley/protocol/schemas'
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { type Bench, bytesOf, openBench, PERSON, SECRET, SETTINGS, tokenOf } from './fixtures/bench.js'
import end from './fixtures/csr-end-session.json' with { type: 'json' }
import text from './fixtures/text.json' with { type: 'json' }

const FORBIDDEN = { status: 403, text: 'forbidden' }

type Forge = (bench: Bench) => Promise<string | undefined> | string | undefined
const nowS = ({ clock }: Bench): number => clock.now() / 1_000
const claimsOf = (bench: Bench) => ({ iss: SETTINGS.issuer, iat: nowS(bench) })

const FORGERIES: Readonly<Record<string, Forge>> = {
  'no token': () => undefined,
  'an empty one': () => '',
  'the secret itself': () => SECRET,
  'one that is not signed': (bench) => new UnsecuredJWT(claimsOf(bench)).encode(),
  'one whose header says "none" in another spelling': async ({ clock }) => (await tokenOf(clock)).replace(/^[^.]+/, btoa('{"alg":"NoNe"}').replaceAll('=', '')),
  'one whose header says "none", over a good signature': async ({ clock }) =>
    (await tokenOf(clock)).replace(/^[^.]+/, btoa('{"alg":"none"}').replaceAll('=', '')),
  'one of a key pair': async (bench) => {
    const { privateKey } = await generateKeyPair('RS256')
    return new SignJWT(claimsOf(bench)).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
  },
  'one of another algorithm': (bench) => new SignJWT(claimsOf(bench)).setProtectedHeader({ alg: 'HS384' }).sign(new TextEncoder().encode(SECRET)),
  'one of another secret': ({ clock }) => tokenOf(clock, { secret: 'another' }),
  'one of another connection': ({ clock }) => tokenOf(clock, { iss: 'connection-2' }),
  'one that has ended': (bench) => tokenOf(bench.clock, { exp: nowS(bench) - 6 }),
  'one that is too old': (bench) => tokenOf(bench.clock, { iat: nowS(bench) - 301 }),
  'one that is too old, with an end far off': (bench) => tokenOf(bench.clock, { iat: nowS(bench) - 301, exp: nowS(bench) + 3_600 }),
  'one from the future': (bench) => tokenOf(bench.clock, { iat: nowS(bench) + 6 }),
  'one without a time': ({ clock }) => tokenOf(clock, { iat: undefined }),
  'one with a time of nonsense': ({ clock }) => tokenOf(clock, { iat: 'now' })
}

const callWith = (bench: Bench, token: string | undefined, body: unknown = text) =>
  bench.call('', { body: bytesOf(body), headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })

describe('a call with', () => {
  test.each(Object.entries(FORGERIES))('%s is forbidden, whatever it says, and its body is not read', async (_name, forge) => {
    const bench = await openBench()
    bench.open(PERSON)
    const token = await forge(bench)
    for (const body of [text, end, '{', { ...text, customer_id: 'nobody' }, 'x'.repeat(300_000)]) expect(await callWith(bench, token, body)).toEqual(FORBIDDEN)
    expect(bench.seen).toEqual([])
  })

  test('what was captured is recorded once, ends nothing twice, and is worth nothing after 300 s', async () => {
    const bench = await openBench()
    const here = bench.open(PERSON)
    await bench.say(here, 'hello')
    const token = await tokenOf(bench.clock)
    for (let round = 0; round < 3; round++) await callWith(bench, token)
    await callWith(bench, token, end)
    await callWith(bench, token, end)
    bench.change(here, { isOpen: true })
    await bench.clock.advance(301_000)
    expect(await callWith(bench, token, { ...text, message_id: 'new' })).toEqual(FORBIDDEN)
    expect(bench.seen.map(({ did }) => did)).toEqual(['append', 'close'])
  })
})

test('who knocks again and again leaves one line a minute', async () => {
  const bench = await openBench()
  for (let round = 0; round < 100; round++) await callWith(bench, 'x')
  expect(bench.logged.length).toBe(1)
  await bench.clock.advance(60_000)
  await callWith(bench, 'x')
  expect(bench.logged.map(({ level, text: line }) => [level, line])).toEqual(
    Array(2).fill(['warn', 'the webhook was called without a token of DMS that holds now'])
  )
})

test('with the one switch nothing is asked for, and the start says so', async () => {
  const bench = await openBench({ webhookAuth: false })
  bench.open(PERSON)
  expect(await callWith(bench, undefined)).toEqual({ status: 200, text: 'success' })
  expect(bench.logged).toEqual([
    { level: 'warn', fields: { inbox: 'pega' }, text: 'webhookAuth is false: whoever reaches the webhook can write into every conversation' }
  ])
})

const TYPES = ['text', 'menu', 'carousel', 'link_button', 'typing_indicator', 'csr_end_session', 'wait_time', 'new', ''] as const
const KEYS = ['type', 'customer_id', 'message_id', 'text', 'items', 'title', 'url', 'attachments', 'author', 'customer', 'pyEntryText', 'constructor'] as const
const PLANTED = 'Zq7 planted'
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(PLANTED, '1001', '', 'https://x.test/', 'javascript:x', 7, null, true),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 6 })
  )
}))
const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0

test(`whatever a call says, it is answered with 2xx or 4xx, what is seen is as the protocol wants it, and the log repeats nothing of it (seed ${seed})`, async () => {
  const bench = await openBench()
  const here = bench.open(PERSON)
  const statuses = new Set<number>()
  const answers: string[] = []
  const rest = fc.dictionary(fc.constantFrom(...KEYS), json, { maxKeys: 6 })
  const nearly = fc
    .tuple(rest, fc.constantFrom(...TYPES))
    .map(([more, type]): Json => ({ ...more, type, customer_id: '1001', message_id: JSON.stringify(more).length }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, nearly), async (body) => {
      bench.change(here, { isOpen: true })
      const { status, text: answer } = await bench.call(body)
      statuses.add(status)
      answers.push(answer)
    }),
    { seed, numRuns: 600 }
  )
  expect([...statuses].filter((status) => status !== 200 && (status < 400 || status > 499))).toEqual([])
  expect(statuses.size).toBeGreaterThan(1)
  const shown = bench.seen.flatMap((seen) => (seen.did === 'append' ? [seen.parts] : []))
  expect(shown.length).toBeGreaterThan(20)
  for (const parts of shown) expect(read(partsSchema, parts)).toEqual({ ok: true, value: parts })
  expect(JSON.stringify([answers, bench.logged])).not.toMatch(new RegExp(`${PLANTED}|${SECRET}`))
})
