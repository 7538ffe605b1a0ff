import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { acceptingHub, type Asked, askedOf, begin, FLOWS, HUB, IAM, openBench, TOKEN } from './fixtures/bench.js'
import hookAccepted from './fixtures/hook-accepted.json' with { type: 'json' }
import hookDefect from './fixtures/hook-defect.json' with { type: 'json' }
import hookNoContentType from './fixtures/hook-no-content-type.json' with { type: 'json' }
import hookTooLarge from './fixtures/hook-too-large.json' with { type: 'json' }
import hookUnauthorized from './fixtures/hook-unauthorized.json' with { type: 'json' }
import hookUnknownFlow from './fixtures/hook-unknown-flow.json' with { type: 'json' }
import iamSessionExpired from './fixtures/iam-session-expired.json' with { type: 'json' }
import iamToken from './fixtures/iam-token.json' with { type: 'json' }

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const HTML = '<!doctype html><h1>Bad gateway</h1>'
const html = (status: number) => () => new HttpResponse(HTML, { status, headers: { 'content-type': 'text/html' } })
const json = (status: number, body: object) => () => HttpResponse.json(body, { status })

describe('a command', () => {
  test('is one POST with the run as request id, the arguments on top and the way back inside', async () => {
    const asked: Asked[] = []
    server.use(acceptingHub(asked))
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report, params: ['a b', 'c'] })
    expect(asked).toEqual([
      {
        method: 'POST',
        url: `${HUB}/hook/${FLOWS.report}`,
        requestId: run,
        authorization: `Bearer ${TOKEN}`,
        body: {
          params: ['a b', 'c'],
          correlation: { runId: run, replyUrl: `https://chat.example.test/hooks/flows/runs/${run}`, replyToken: bench.port.run.replyToken(run) }
        }
      }
    ])
    expect(bench.port.recorded).toEqual([
      { did: 'sent', run },
      { did: 'accept', run }
    ])
  })

  test('is marked as sent before the request leaves', async () => {
    const bench = await openBench()
    let recordedThen: unknown
    server.use(
      http.post(`${HUB}/*`, () => {
        recordedThen = bench.port.recorded.map(({ did }) => did)
        return HttpResponse.json(hookAccepted)
      })
    )
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(recordedThen).toEqual(['sent'])
  })

  test('works without any token at an open platform', async () => {
    const asked: Asked[] = []
    server.use(acceptingHub(asked))
    await begin(await openBench({ token: null, iamUrl: null }), 'run-flow', { flow: FLOWS.report })
    expect(asked.map(({ authorization }) => authorization)).toEqual([null])
  })
})

describe('an answer that is not "accepted" ends the run with one sentence that holds its id', () => {
  const refused = 'refused' as const
  const unknown = 'unknownOutcome' as const
  test.each([
    ['403', json(403, hookUnauthorized), refused, undefined, 'does not allow this chat to run that flow'],
    ['404', json(404, hookUnknownFlow), refused, true, 'does not exist at Open Integration Hub, or it is not started'],
    ['413', json(413, hookTooLarge), refused, undefined, 'too much'],
    ['415', json(415, hookNoContentType), refused, undefined, 'in the form it was sent'],
    ['418', json(418, { error: 'teapot' }), refused, undefined, 'refused the request (418)'],
    ['429', json(429, { error: 'slow down' }), refused, true, 'too much to do'],
    ['500', json(500, hookDefect), unknown, true, 'a fault of its own (500)'],
    ['502 in HTML', html(502), unknown, true, 'not one of its own (502)'],
    ['200 in HTML', html(200), unknown, true, 'not one of its own'],
    ['200 of another shape', json(200, { ok: true }), unknown, true, 'not one of its own'],
    ['302', () => new HttpResponse(null, { status: 302, headers: { location: 'https://evil.example.test/' } }), unknown, true, 'not one of its own (302)'],
    ['a broken connection', () => HttpResponse.error(), unknown, true, 'did not answer in time']
  ])('%s', async (_name, answer, reason, again, sentence) => {
    let posts = 0
    server.use(
      http.post(`${HUB}/*`, () => {
        posts += 1
        return answer()
      })
    )
    const bench = await openBench({ iamUrl: null })
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(bench.port.recorded).toEqual([
      { did: 'sent', run },
      { did: 'fail', run, reason, text: expect.stringContaining(sentence), ...(again ? { again } : {}) }
    ])
    const [, failure] = bench.port.recorded
    expect(failure).toMatchObject({ text: expect.stringContaining(`run ${run}`) })
    expect(posts).toBe(1)
  })

  test('no answer within the time there is', async () => {
    let arrived = (): void => {}
    const isThere = new Promise<void>((resolve) => (arrived = resolve))
    server.use(
      http.post(`${HUB}/*`, () => {
        arrived()
        return new Promise<Response>(() => {})
      })
    )
    const bench = await openBench({ postTimeoutMs: 5_000 })
    const delivery = bench.port.startRun('run-flow', { flow: FLOWS.report })
    const settled = bench.connector.deliver(delivery)
    await isThere
    await bench.clock.advance(5_000)
    await settled
    expect(bench.port.recorded).toMatchObject([
      { did: 'sent' },
      { did: 'fail', reason: 'unknownOutcome', again: true, text: expect.stringContaining('did not answer in time') }
    ])
  })

  test('a result that comes after an unknown outcome is shown late', async () => {
    server.use(http.post(`${HUB}/*`, () => HttpResponse.error()))
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
    const { port } = bench
    const answer = await bench.connector.handleRequest?.({
      door: 'hooks',
      method: 'POST',
      path: `runs/${run}`,
      query: {},
      headers: { 'x-parley-reply-token': port.run.replyToken(run) },
      cookies: {},
      body: new TextEncoder().encode('"done"')
    })
    expect(answer?.status).toBe(200)
    expect(port.recorded.at(-1)).toEqual({ did: 'finish', run, parts: [{ kind: 'text', text: 'done' }], late: true })
  })
})

describe('an id that is none', () => {
  test.each([
    '../flows/1',
    '58b41f5da9ee9d0018194bf3/../..',
    '58b41f5da9ee9d0018194bf3%2f..',
    '58b41f5da9ee9d0018194bf3?x=1',
    '58b41f5da9ee9d0018194bf3\n',
    '%35%38b41f5da9ee9d0018194bf3',
    '',
    '58b41f5da9ee9d0018194bf',
    '５8b41f5da9ee9d0018194bf3'
  ])('%j reaches nobody, though the engine let it through', async (flow) => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', { flow })
    expect(bench.port.recorded).toEqual([
      { did: 'fail', run, reason: 'refused', text: expect.stringContaining('a flow id is 24 hexadecimal digits, like 58b41f5da9ee9d0018194bf3') }
    ])
  })

  test('nor does one that is not on the list', async () => {
    const bench = await openBench({ runFlow: { allow: [FLOWS.profile] } })
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(bench.port.recorded).toEqual([{ did: 'fail', run, reason: 'refused', text: `This chat may not run the flow ${FLOWS.report} (run ${run}).` }])
  })

  test('the list does not mind capital letters', async () => {
    const asked: Asked[] = []
    server.use(acceptingHub(asked))
    await begin(await openBench({ runFlow: { allow: [FLOWS.report] } }), 'run-flow', { flow: FLOWS.report.toUpperCase() })
    expect(asked).toHaveLength(1)
  })
})

describe('the platform token', () => {
  test('is refreshed once and the hook posted once more when the platform does not take it', async () => {
    const asked: Asked[] = []
    server.use(
      http.post(`${HUB}/*`, async ({ request }) => {
        const one = await askedOf(request)
        asked.push(one)
        return one.authorization === `Bearer ${iamToken.token}` ? HttpResponse.json(hookAccepted) : HttpResponse.json(hookUnauthorized, { status: 403 })
      }),
      http.get(`${IAM}/api/v1/tokens/refresh`, async ({ request }) => {
        asked.push(await askedOf(request))
        return HttpResponse.json(iamToken)
      })
    )
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(asked.map(({ url, authorization }) => [url, authorization])).toEqual([
      [`${HUB}/hook/${FLOWS.report}`, `Bearer ${TOKEN}`],
      [`${IAM}/api/v1/tokens/refresh`, `Bearer ${TOKEN}`],
      [`${HUB}/hook/${FLOWS.report}`, `Bearer ${iamToken.token}`]
    ])
    expect(bench.port.recorded).toEqual([
      { did: 'sent', run },
      { did: 'accept', run }
    ])
    expect(JSON.stringify([bench.port.recorded, bench.port.logged])).not.toMatch(new RegExp(`${TOKEN}|${iamToken.token}`))
  })

  test('a second refusal is final', async () => {
    let posts = 0
    server.use(
      http.post(`${HUB}/*`, () => {
        posts += 1
        return HttpResponse.json(hookUnauthorized, { status: 403 })
      }),
      http.get(`${IAM}/api/v1/tokens/refresh`, () => HttpResponse.json(iamToken))
    )
    const bench = await openBench()
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect({ posts, said: bench.port.recorded.map(({ did }) => did) }).toEqual({ posts: 2, said: ['sent', 'fail'] })
  })

  test('comes from user name and password, and again from them when its session has ended', async () => {
    const bodies: unknown[] = []
    server.use(
      http.post(`${HUB}/*`, ({ request }) =>
        request.headers.get('authorization') === 'Bearer second' ? HttpResponse.json(hookAccepted) : HttpResponse.json(hookUnauthorized, { status: 403 })
      ),
      http.get(`${IAM}/api/v1/tokens/refresh`, () => HttpResponse.json(iamSessionExpired, { status: 401 })),
      http.post(`${IAM}/login`, async ({ request }) => {
        bodies.push(await request.json())
        return HttpResponse.json({ token: bodies.length === 1 ? 'first' : 'second', id: '1' })
      })
    )
    const bench = await openBench({ token: null, username: 'gateway', password: 'pass word' })
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(bodies).toEqual([
      { username: 'gateway', password: 'pass word' },
      { username: 'gateway', password: 'pass word' }
    ])
    expect(bench.port.recorded.map(({ did }) => did)).toEqual(['sent', 'accept'])
    expect(JSON.stringify([bench.port.recorded, bench.port.logged])).not.toContain('pass word')
  })

  test('an IAM that is away: nothing is sent, and the delivery is tried again', async () => {
    server.use(http.post(`${IAM}/login`, () => HttpResponse.error()))
    const bench = await openBench({ token: null, username: 'gateway', password: 'x' })
    const delivery = bench.port.startRun('run-flow', { flow: FLOWS.report })
    await expect(bench.connector.deliver(delivery)).rejects.toMatchObject({ name: 'DeliveryFault', retry: true })
    expect(bench.port.recorded).toEqual([])
  })

  test('a password that is refused ends the run, and nothing is sent', async () => {
    server.use(http.post(`${IAM}/login`, () => HttpResponse.json({ message: 'PASSWORD_INCORRECT' }, { status: 401 })))
    const bench = await openBench({ token: null, username: 'gateway', password: 'x' })
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    expect(bench.port.recorded).toMatchObject([{ did: 'fail', reason: 'refused', text: expect.stringContaining('nothing was run') }])
  })

  test('is used every two hours, so that three idle ones do not end it, and no longer after the stop', async () => {
    let refreshed = 0
    let arrived = (): void => {}
    server.use(
      http.get(`${IAM}/api/v1/tokens/refresh`, () => {
        refreshed += 1
        arrived()
        return HttpResponse.json({ token: TOKEN })
      })
    )
    const bench = await openBench()
    for (let time = 1; time <= 2; time++) {
      const isThere = new Promise<void>((resolve) => (arrived = resolve))
      await bench.clock.advance(2 * 3_600_000)
      await isThere
    }
    await bench.connector.stop()
    await bench.clock.advance(24 * 3_600_000)
    expect(refreshed).toBe(2)
  })
})
