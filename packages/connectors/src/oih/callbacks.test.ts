import type { Json } from '@parley/protocol'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acceptingHub, type Asked, begin, bodyOf, callbackRequest, FLOWS, openBench, requestOf } from './fixtures/bench.js'
import callbackProfile from './fixtures/callback-profile.json' with { type: 'json' }
import callbackTokenExpired from './fixtures/callback-token-expired.json' with { type: 'json' }
import type { HookBody } from './types.js'

const server = setupServer()
const asked: Asked[] = []
beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' })
  server.use(acceptingHub(asked))
})
beforeEach(() => void asked.splice(0))
afterAll(() => server.close())

const runReport = { flow: FLOWS.report }
const OTHER = 'BBBBBBBBBBBBBBBBBBBBBB'

describe('a callback', () => {
  test('brings progress many times, then a result once; its correlation is shown to nobody', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    const statuses: number[] = []
    const told: readonly { readonly [key: string]: Json }[] = [
      { progress: { fraction: 0.25, text: 'counting' } },
      { progress: { fraction: 0.25, text: 'counting' } },
      { progress: { step: 2, fraction: 7 } },
      { rows: [{ a: 1 }] },
      { rows: [] },
      { progress: { text: 'too late' } }
    ]
    for (const data of told) {
      statuses.push((await bench.ask(callbackRequest(bench.port, run, data))).status)
    }
    expect(statuses).toEqual([200, 200, 200, 200, 404, 404])
    expect(bench.port.recorded.slice(2)).toEqual([
      { did: 'progress', run, step: '0.25 counting', text: 'counting', fraction: 0.25 },
      { did: 'progress', run, step: '2', fraction: 1 },
      { did: 'finish', run, parts: [{ kind: 'data', value: { rows: [{ a: 1 }] } }] }
    ])
  })

  test('answers a plain OK', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    expect(await bench.ask(callbackRequest(bench.port, run, { a: 1 }))).toMatchObject({ status: 200, body: 'OK' })
  })

  test('may carry its secret in a header, and then be any JSON', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    const headers = { 'x-parley-reply-token': bench.port.run.replyToken(run) }
    expect((await bench.ask(requestOf({ path: `runs/${run}`, headers, body: bodyOf([1, 2]) }))).status).toBe(200)
    expect(bench.port.recorded.at(-1)).toEqual({ did: 'finish', run, parts: [{ kind: 'data', value: [1, 2] }] })
  })

  test('finds its run by the address that the first components know, when it has the secret', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    expect((await bench.ask(callbackRequest(bench.port, run, { ok: true }, { path: 'oih-receiver' }))).status).toBe(200)
    expect(bench.port.recorded.at(-1)).toMatchObject({ did: 'finish', run })
  })

  test('with an error ends the run with its words', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    await bench.ask(callbackRequest(bench.port, run, { error: 'The warehouse is closed.' }))
    expect(bench.port.recorded.at(-1)).toEqual({ did: 'fail', run, reason: 'failed', text: `The warehouse is closed. (Run ${run}.)` })
  })

  test('of two at the same time, one is recorded', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'auth')
    const request = callbackRequest(bench.port, run, { authUrl: 'https://login.example.test/a' })
    const answers = await Promise.all([bench.ask(request), bench.ask(request)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(bench.port.recorded.filter(({ did }) => did === 'link')).toHaveLength(1)
  })
})

describe('the same 404, and nothing shown', () => {
  test('for a wrong, missing or foreign secret, and for a run that is not there', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    const other = await begin(bench, 'run-flow', runReport, { visitor: 'visitor-two' })
    const before = [...bench.port.recorded]
    const { port } = bench
    const path = `runs/${run}`
    const answers = [
      requestOf({ path, body: bodyOf({ a: 1 }) }),
      requestOf({ path, body: bodyOf({ a: 1, correlation: null }) }),
      requestOf({ path, body: bodyOf({ a: 1, correlation: { runId: run, replyToken: '' } }) }),
      requestOf({ path, body: bodyOf({ a: 1, correlation: { runId: run, replyToken: `${port.run.replyToken(run)}x` } }) }),
      requestOf({ path, body: bodyOf({ a: 1, correlation: { runId: other, replyToken: port.run.replyToken(other) } }) }),
      requestOf({ path, headers: { 'x-parley-reply-token': port.run.replyToken(other) }, body: bodyOf({ a: 1 }) }),
      requestOf({ path, query: { replyToken: port.run.replyToken(run) }, body: bodyOf({ a: 1 }) }),
      requestOf({ path: `runs/${OTHER}`, body: bodyOf({ a: 1, correlation: { replyToken: 'x'.repeat(43) } }) }),
      requestOf({ path: 'oih-receiver', body: bodyOf({ a: 1 }) }),
      requestOf({ path: 'oih-receiver', body: bodyOf({ a: 1, correlation: { runId: run, replyToken: port.run.replyToken(other) } }) })
    ].map((request) => bench.ask(request))
    const seen = await Promise.all(answers)
    expect(seen.map(({ status, body }) => `${status} ${body}`)).toEqual(seen.map(() => '404 Not found'))
    expect(new Set(seen.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(bench.port.recorded).toEqual(before)
  })

  test('once the secret is used up', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', runReport)
    await bench.ask(callbackRequest(bench.port, run, { error: 'no' }))
    const before = [...bench.port.recorded]
    expect(await bench.ask(callbackRequest(bench.port, run, { a: 1 }))).toMatchObject({ status: 404, body: 'Not found' })
    expect(bench.port.recorded).toEqual(before)
  })
})

describe('legacyCallback', () => {
  const bare = requestOf({ path: 'oih-receiver', body: bodyOf({ displayName: 'Demo' }) })

  test('takes a body without correlation while exactly one run waits', async () => {
    const bench = await openBench({ legacyCallback: true })
    expect((await bench.ask(bare)).status).toBe(404)
    const run = await begin(bench, 'run-flow', runReport)
    expect((await bench.ask(bare)).status).toBe(200)
    expect((await bench.ask(bare)).status).toBe(404)
    expect(bench.port.recorded.at(-1)).toEqual({ did: 'finish', run, parts: [{ kind: 'data', value: { displayName: 'Demo' } }] })
  })

  test('takes none while two wait, unless it names the flow of one', async () => {
    const bench = await openBench({ legacyCallback: true })
    await begin(bench, 'run-flow', runReport)
    const run = await begin(bench, 'run-flow', { flow: FLOWS.profile }, { visitor: 'visitor-two' })
    expect((await bench.ask(bare)).status).toBe(404)
    expect((await bench.ask(requestOf({ path: 'oih-receiver', body: bodyOf({ flowId: FLOWS.profile, a: 1 }) }))).status).toBe(200)
    expect(bench.port.recorded.at(-1)).toMatchObject({ did: 'finish', run })
  })

  test('never on a run’s own address, and never with a wrong secret', async () => {
    const bench = await openBench({ legacyCallback: true })
    const run = await begin(bench, 'run-flow', runReport)
    expect((await bench.ask(requestOf({ ...bare, path: `runs/${run}` }))).status).toBe(404)
    expect((await bench.ask(requestOf({ ...bare, body: bodyOf({ correlation: {} }) }))).status).toBe(404)
    expect((await bench.ask(requestOf({ ...bare, headers: { 'x-parley-reply-token': 'wrong' } }))).status).toBe(404)
  })
})

describe('accounts', () => {
  async function connect(bench: Awaited<ReturnType<typeof openBench>>, visitor: string, credential: string): Promise<void> {
    const { run } = bench.port.startRun('auth', {}, { visitor })
    const link = await bench.port.link.request({ run, partner: 'p', expiresInMs: 600_000, notes: null, url: () => 'https://chat.example.test/' })
    if (link) await bench.port.link.complete(link.link, { credential, scope: 'User.Read' })
  }
  const secretsAsked = (): unknown[] => asked.map(({ body }) => (body as HookBody).secretId)

  test('each visitor’s commands travel with their own account, or with none', async () => {
    const bench = await openBench()
    await connect(bench, 'visitor-one', 'secret1')
    await connect(bench, 'visitor-two', 'secret2')
    for (const visitor of ['visitor-one', 'visitor-two', 'visitor-three']) await begin(bench, 'run-flow', runReport, { visitor })
    expect(secretsAsked()).toEqual(['secret1', 'secret2', undefined])
  })

  test('/me without one asks nobody and offers /auth', async () => {
    const bench = await openBench()
    await connect(bench, 'visitor-two', 'secret2')
    const run = await begin(bench, 'me')
    expect(asked).toEqual([])
    expect(bench.port.recorded.at(-1)).toEqual({
      did: 'fail',
      run,
      reason: 'refused',
      text: `No account is connected yet. Type /auth to connect one. (Run ${run}.)`
    })
  })

  test('/me with one shows the profile', async () => {
    const bench = await openBench()
    await connect(bench, 'visitor-one', 'secret1')
    const run = await begin(bench, 'me', { params: ['x'] })
    expect(asked.map(({ url, body }) => [url, (body as HookBody).params, (body as HookBody).secretId])).toEqual([
      [`https://hooks.example.test/hook/${FLOWS.profile}`, ['x'], 'secret1']
    ])
    await bench.ask(callbackRequest(bench.port, run, callbackProfile))
    expect(bench.port.recorded.at(-1)).toEqual({ did: 'finish', run, parts: [{ kind: 'data', value: callbackProfile }] })
  })

  test('one that the partner no longer takes is forgotten, and /auth offered', async () => {
    const bench = await openBench()
    await connect(bench, 'visitor-one', 'secret1')
    const run = await begin(bench, 'me')
    await bench.ask(callbackRequest(bench.port, run, callbackTokenExpired))
    expect(bench.port.recorded.slice(-2)).toEqual([
      { did: 'forget', visitor: 'visitor-one' },
      {
        did: 'fail',
        run,
        reason: 'failed',
        text: `Your account is no longer accepted, so it was disconnected. Type /auth to connect one. (Run ${run}: Access token has expired or is not yet valid.)`
      }
    ])
  })

  test('one that was connected after the run began stays', async () => {
    const bench = await openBench()
    await connect(bench, 'visitor-one', 'secret1')
    const run = await begin(bench, 'me')
    await connect(bench, 'visitor-one', 'secret2')
    await bench.ask(callbackRequest(bench.port, run, callbackTokenExpired))
    expect((await bench.port.link.account(bench.port.startRun('me', {}).visitor))?.credential).toBe('secret2')
  })
})

describe('words', () => {
  test('are answered with the commands, once', async () => {
    const bench = await openBench()
    const delivery = bench.port.say('hello')
    await bench.connector.deliver(delivery)
    await bench.connector.deliver(delivery)
    expect(bench.port.recorded).toEqual([
      {
        did: 'append',
        conversation: delivery.conversation,
        externalId: `help:${delivery.event.messageId}`,
        parts: [
          {
            kind: 'text',
            text: [
              'I run flows at Open Integration Hub; I do not chat. Type `/` and choose:',
              '',
              '- `/run-flow <flow> [params…]` – Runs a flow at Open Integration Hub and shows its result',
              '- `/auth [scope]` – Connects your account through Open Integration Hub',
              '- `/me [params…]` – Shows the profile of your connected account',
              '- `/help` – Lists all commands'
            ].join('\n')
          }
        ]
      }
    ])
    expect(asked).toEqual([])
  })
})
