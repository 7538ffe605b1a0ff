import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Fetch } from '@parley/engine'
import type { FakePort } from '@parley/engine/contracts'
import { begin, FLOWS, HUB, jsonAnswer, openBench, TOKEN } from '../fixtures/bench.js'
import hookAccepted from '../fixtures/hook-accepted.json' with { type: 'json' }
import hookUnauthorized from '../fixtures/hook-unauthorized.json' with { type: 'json' }
import { queryOf } from './query.js'

type Seen = { readonly url: URL; readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }

async function open(over: Readonly<Record<string, unknown>>, answer: (seen: Seen) => Response = () => jsonAnswer(200, hookAccepted)) {
  const seen: Seen[] = []
  const fetch: Fetch = async (url, init) => {
    if (!url.startsWith(HUB)) return jsonAnswer(200, { token: 'renewed' })
    const one = { url: new URL(url), method: init?.method ?? '', headers: Object.fromEntries(new Headers(init?.headers)), body: init?.body }
    seen.push(one)
    return answer(one)
  }
  const bench = await openBench(over, { fetch })
  return { bench, seen }
}
const outcome = (port: FakePort): readonly string[] => port.recorded.map(({ did }) => did)

describe('a flow that is run by GET', () => {
  const byGet = { runFlow: { get: [FLOWS.report.toUpperCase()] } }

  test('gets the words in the query, the way back too, and the secret in a header only', async () => {
    const { bench, seen } = await open(byGet)
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report, params: ['day=saturday', 'a b&c=d', '√', 'correlation=x', '=y'] })
    expect(seen.map(({ method, url, body }) => [method, url.origin + url.pathname, [...url.searchParams], body])).toEqual([
      [
        'GET',
        `${HUB}/hook/${FLOWS.report}`,
        [
          ['day', 'saturday'],
          ['params', 'a b&c=d'],
          ['params', '√'],
          ['params', 'correlation=x'],
          ['params', '=y'],
          ['correlation[runId]', run],
          ['correlation[replyUrl]', `https://chat.example.test/hooks/flows/runs/${run}`]
        ],
        undefined
      ]
    ])
    const token = bench.port.run.replyToken(run)
    expect(seen[0]?.headers).toMatchObject({ 'x-request-id': run, 'x-parley-reply-token': token, authorization: `Bearer ${TOKEN}` })
    expect(seen[0]?.url.href).not.toContain(token)
    expect(outcome(bench.port)).toEqual(['sent', 'accept'])
  })

  test('gets no account: addresses are logged', async () => {
    const { bench, seen } = await open(byGet)
    const { run } = bench.port.startRun('auth', {})
    const link = await bench.port.link.request({ run, partner: 'p', expiresInMs: 600_000, notes: null, url: () => 'https://chat.example.test/' })
    if (link) await bench.port.link.complete(link.link, { credential: 'the-secret-id', scope: 'User.Read' })
    await begin(bench, 'run-flow', { flow: FLOWS.report, params: ['secretId=mine'] })
    await begin(bench, 'run-flow', { flow: FLOWS.profile })
    expect(seen[0]?.url.href).not.toContain('the-secret-id')
    expect(seen[0]?.url.searchParams.getAll('params')).toEqual(['secretId=mine'])
    expect(seen[1]?.body).toContain('the-secret-id')
  })

  test('is refused in words, and not asked, when the address would be too long', async () => {
    const { bench, seen } = await open(byGet)
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report, params: ['é'.repeat(1_000)] })
    expect(seen).toEqual([])
    expect(bench.port.recorded).toEqual([
      { did: 'fail', run, reason: 'refused', text: expect.stringMatching(/at most 4000 characters: this one would have \d+\. Nothing was run/) }
    ])
  })

  test('is never asked a second time after an unknown outcome', async () => {
    const { bench, seen } = await open(byGet, () => new Response('<h1>oh</h1>', { status: 502 }))
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(seen).toHaveLength(1)
    expect(bench.port.recorded).toMatchObject([{ did: 'sent' }, { did: 'fail', reason: 'unknownOutcome', again: true }])
  })
})

test('words become a query that holds each of them, in order, and none of the gateway’s own names', () => {
  let seed = 20_300_601
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return seed / 2 ** 32
  }
  const letters = ['a', 'B', '_', '.', '-', '=', '&', '[', ']', ' ', '%', '√', '\n', '#', 'correlation', 'params', '__proto__', 'secretId']
  for (let round = 0; round < 2_000; round++) {
    const words = Array.from({ length: Math.floor(random() * 5) }, () =>
      Array.from({ length: Math.floor(random() * 6) }, () => letters[Math.floor(random() * letters.length)]).join('')
    )
    const pairs = queryOf(words)
    expect(pairs.map(([name, value], index) => (words[index] === value && name === 'params' ? value : `${name}=${value}`))).toEqual(words)
    for (const [name] of pairs) expect(name).not.toMatch(/^(correlation|secretId|replyToken|__proto__|constructor|prototype)$|[[\]]/)
  }
})

describe('a hook that wants a signature', () => {
  const signed = {
    runFlow: {
      hmac: { [FLOWS.report.toUpperCase()]: { secret: 'shared key', header: 'X-Shop-Signature', algorithm: 'sha512' }, [FLOWS.profile]: { secret: 'another' } }
    }
  }

  test('gets one over the very body that is sent, as the platform checks it', async () => {
    const { bench, seen } = await open(signed)
    await begin(bench, 'run-flow', { flow: FLOWS.report, params: ['Ümläut', '"quoted"'] })
    await begin(bench, 'run-flow', { flow: FLOWS.profile })
    await begin(bench, 'run-flow', { flow: FLOWS.signIn })
    const [first, second, third] = seen
    expect(first?.headers['x-shop-signature']).toBe(
      createHmac('sha512', 'shared key')
        .update(Buffer.from(String(first?.body)))
        .digest('base64')
    )
    expect(second?.headers['x-hmac']).toBe(
      createHmac('sha256', 'another')
        .update(Buffer.from(String(second?.body)))
        .digest('base64')
    )
    expect(Object.keys(third?.headers ?? {}).sort()).toEqual(['authorization', 'content-type', 'x-request-id'])
  })

  test('gets the same body and signature again when only the token had ended', async () => {
    let answers = 0
    const { bench, seen } = await open(signed, () => (++answers === 1 ? jsonAnswer(403, hookUnauthorized) : jsonAnswer(200, hookAccepted)))
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(seen.map(({ headers, body }) => [headers.authorization, headers['x-shop-signature'], body])).toEqual([
      [`Bearer ${TOKEN}`, seen[0]?.headers['x-shop-signature'], seen[0]?.body],
      ['Bearer renewed', seen[0]?.headers['x-shop-signature'], seen[0]?.body]
    ])
    expect(JSON.stringify([bench.port.recorded, bench.port.logged])).not.toMatch(/shared key|another/)
  })
})

test('a hook of a flow that is not there tells how to look, where there is a repository', async () => {
  const { bench } = await open({ flowsUrl: 'https://flows.example.test' }, () => jsonAnswer(404, { error: 'Flow either does not exist or is inactive.' }))
  const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
  expect(bench.port.recorded.at(-1)).toEqual({
    did: 'fail',
    run,
    reason: 'refused',
    text: `That flow does not exist at Open Integration Hub, or it is not started; /flow status ${FLOWS.report} tells which (run ${run}).`,
    again: true
  })
})

test.each([
  ['the signature', { runFlow: { hmac: { [FLOWS.report]: { secret: 'x' } } } }, ': it did not take the signature'],
  ['the permission', {}, ': its account needs the permission webhooks.execute at Demo Hub, and the flow must be its own']
])('a hook that refuses says that it is about %s', async (_name, over, hint) => {
  const { bench } = await open({ ...over, partner: 'Demo Hub' }, () => jsonAnswer(403, hookUnauthorized))
  const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
  expect(bench.port.recorded.at(-1)).toEqual({
    did: 'fail',
    run,
    reason: 'refused',
    text: `Demo Hub does not allow this chat to run that flow${hint} (run ${run}).`
  })
})
