import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDoors, type OpenDoors, PAGE } from './testing/open-doors.js'
import { CONVERSATION, createStubEngine, VISITOR } from './testing/stub-engine.js'

const KEY = 'k'.repeat(43)
let doors: OpenDoors | null = null
afterEach(async () => {
  await doors?.close()
  doors = null
})

async function open(...parameters: Parameters<typeof openDoors>): Promise<OpenDoors> {
  doors = await openDoors(...parameters)
  return doors
}
const post = (url: string, body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(url, { method: 'POST', body, headers })

/** Sends bytes as they are; `fetch` would tidy up addresses. */
function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(text))
    let answer = ''
    socket.on('data', (piece: Buffer) => {
      answer += piece.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('POST /session', () => {
  test('gives a token that names the visitor and the inbox', async () => {
    const { url, tokens } = await open(createStubEngine())
    const answer = await post(`${url}/session`, JSON.stringify({ inbox: 'support', visitorKey: KEY }), { 'content-type': 'application/json', origin: PAGE })
    const { token, ...rest } = (await answer.json()) as { token: string }
    expect(rest).toEqual({ expiresInS: 900, conversation: CONVERSATION })
    expect(await tokens.authenticate(token)).toMatchObject({ visitor: VISITOR, inbox: 'support' })
    expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('vary'), answer.headers.get('cache-control')]).toEqual([
      PAGE,
      'Origin',
      'no-store'
    ])
    expect(answer.headers.get('access-control-allow-credentials')).toBe(null)
  })

  test('takes text/plain, which a page may send without asking first', async () => {
    const { url } = await open(createStubEngine())
    expect((await post(`${url}/session`, JSON.stringify({ inbox: 'support' }), { 'content-type': 'text/plain' })).status).toBe(200)
  })

  test.each([
    ['no JSON', '{', 400, 'frame.malformed'],
    ['nothing', '', 400, 'frame.malformed'],
    ['a list', '[]', 400, 'frame.malformed'],
    ['a bad key', '{"inbox":"support","visitorKey":"short"}', 400, 'frame.malformed'],
    ['a key that is no text', '{"inbox":"support","visitorKey":{"$gt":""}}', 400, 'frame.malformed'],
    ['__proto__', '{"inbox":"support","__proto__":{"x":1}}', 400, 'frame.malformed'],
    ['depth', '['.repeat(2_000), 400, 'frame.malformed'],
    ['an unknown inbox', '{"inbox":"nowhere"}', 404, 'inbox.unknown'],
    ['too much', ' '.repeat(8_193), 413, 'frame.tooLarge']
  ])('refuses %s', async (_name, body, status, code) => {
    const { url } = await open(createStubEngine())
    const answer = await post(`${url}/session`, body)
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([status, code])
  })

  test('refuses an address that asks too often and says when to come back', async () => {
    const { url } = await open(createStubEngine(), { sessionsPerMinute: 2 })
    const ask = () => post(`${url}/session`, '{"inbox":"support"}')
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
    const third = await ask()
    expect([third.status, Number(third.headers.get('retry-after')) > 50]).toEqual([429, true])
  })

  test('a forged proxy header changes nothing without a trusted proxy', async () => {
    const { url } = await open(createStubEngine(), { sessionsPerMinute: 1 })
    const ask = (from: string) => post(`${url}/session`, '{"inbox":"support"}', { 'x-forwarded-for': from })
    expect([(await ask('1.1.1.1')).status, (await ask('2.2.2.2')).status]).toEqual([200, 429])
  })

  test('an engine that fails is an answer to come back to, and no detail of it leaves', async () => {
    const engine = { ...createStubEngine(), enter: () => Promise.reject(new Error('secret detail')) }
    const { url, log } = await open(engine)
    const answer = await post(`${url}/session`, '{"inbox":"support"}')
    expect([answer.status, await answer.text()]).toEqual([503, '{"error":{"code":"gateway.unavailable","retryInMs":1000}}'])
    expect(log.lines).toEqual([{ level: 'error', fields: { reason: 'secret detail' }, text: 'a session could not be opened' }])
  })
})

describe("the widget's files", () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-widget-'))
    mkdirSync(join(folder, 'dist/assets/deep'), { recursive: true })
    writeFileSync(join(folder, 'secret.js'), 'secret')
    writeFileSync(join(folder, 'dist/parley.js'), 'loader()')
    writeFileSync(join(folder, 'dist/index.js'), 'secret')
    writeFileSync(join(folder, 'dist/assets/widget-AbC_1.js'), 'widget()')
    writeFileSync(join(folder, 'dist/assets/manifest.json'), '{}')
    writeFileSync(join(folder, 'dist/assets/.hidden'), 'secret')
    writeFileSync(join(folder, 'dist/assets/deep/file.js'), 'secret')
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const openFiles = () => open(createStubEngine(), { widgetDir: join(folder, 'dist') })

  test.each([
    ['/parley.js', 'loader()', 'public, max-age=300'],
    ['/assets/widget-AbC_1.js', 'widget()', 'public, max-age=31536000, immutable']
  ])('gives %s to pages of any origin', async (path, text, cacheControl) => {
    const { url } = await openFiles()
    const answer = await fetch(url + path, { headers: { origin: 'https://anywhere.test' } })
    expect(await answer.text()).toBe(text)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': cacheControl,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'content-encoding': 'gzip'
    })
  })

  test('answers 304 to who has it, and the new text after a new build', async () => {
    const { url } = await openFiles()
    const etag = (await fetch(`${url}/parley.js`)).headers.get('etag') ?? ''
    const again = () => fetch(`${url}/parley.js`, { headers: { 'if-none-match': etag, 'cache-control': 'no-cache' } })
    expect((await again()).status).toBe(304)
    writeFileSync(join(folder, 'dist/parley.js'), 'newer()')
    utimesSync(join(folder, 'dist/parley.js'), 2_000_000_000, 2_000_000_000)
    expect(await (await again()).text()).toBe('newer()')
  })

  test('gives it plain to who does not unpack, and HEAD without a body', async () => {
    const { url } = await openFiles()
    const answer = await fetch(`${url}/parley.js`, { headers: { 'accept-encoding': 'identity' } })
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual([null, 'loader()'])
    const head = await fetch(`${url}/parley.js`, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '8', ''])
  })

  test.each([
    '/assets/',
    '/assets/none.js',
    '/assets/manifest.json',
    '/assets/.hidden',
    '/assets/deep',
    '/assets/deep/file.js',
    '/assets/../index.js',
    '/assets/..%2findex.js',
    '/assets/%2e%2e/index.js',
    '/assets/%2e%2e%2findex.js',
    '/assets/..%5cindex.js',
    '/assets/....//index.js',
    '/assets/..%252findex.js',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.js',
    '/assets//etc/passwd',
    '/assets/widget-AbC_1.js%00.js',
    '/assets/widget-AbC_1.js/',
    '/assets/%',
    '/../secret.js',
    '/parley.js/../index.js',
    '/index.js'
  ])('does not give %s', async (path) => {
    const { url } = await openFiles()
    const answer = await raw(url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(answer).not.toMatch(/\r\n\r\n[\s\S]*secret\b/)
  })
})

describe('doors of connectors', () => {
  test('hands over method, path, query, headers, cookies and the raw body', async () => {
    const engine = createStubEngine({ answer: () => ({ status: 202, headers: { 'content-type': 'application/json' }, body: '{}' }) })
    const { url } = await open(engine)
    const bytes = new Uint8Array([0, 255, 10, 13])
    const answer = await fetch(`${url}/hooks/flows/in/a%20b?x=1&x=2&y=%C3%A9`, {
      method: 'PUT',
      body: bytes,
      headers: { 'X-Signature': 'v1', cookie: 'a=1; b=x=y; c', 'content-type': 'application/octet-stream' }
    })
    expect([answer.status, await answer.text()]).toEqual([202, '{}'])
    const [{ inbox, request }] = engine.requests as [(typeof engine.requests)[0]]
    expect([inbox, request.door, request.method, request.path]).toEqual(['flows', 'hooks', 'PUT', 'in/a%20b'])
    expect([{ ...request.query }, { ...request.cookies }, request.headers['x-signature'], [...request.body]]).toEqual([
      { x: '2', y: 'é' },
      { a: '1', b: 'x=y' },
      'v1',
      [...bytes]
    ])
  })

  test('foreign names reach nothing that objects inherit', async () => {
    const engine = createStubEngine({ answer: () => ({ status: 200 }) })
    const { url } = await open(engine)
    await fetch(`${url}/accounts/flows?__proto__=1&constructor=2`, { headers: { cookie: '__proto__=3' } })
    const request = engine.requests[0]?.request
    expect([request?.path, Object.getPrototypeOf(request?.query), Object.getPrototypeOf(request?.cookies), request?.query.constructor]).toEqual([
      '',
      null,
      null,
      '2'
    ])
    expect(({} as { x?: unknown }).x).toBe(undefined)
  })

  test('makes pages safe, whatever the connector says', async () => {
    const engine = createStubEngine({
      answer: () => ({
        status: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src *; script-src 'unsafe-inline'; style-src 'nonce-abc'; frame-ancestors *",
          'referrer-policy': 'unsafe-url',
          'set-cookie': 'x=1; HttpOnly'
        },
        body: '<p>'
      })
    })
    const { url } = await open(engine)
    const answer = await fetch(`${url}/accounts/flows/start`)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'nonce-abc'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'set-cookie': 'x=1; HttpOnly'
    })
  })

  test('takes a body up to its limit and not one byte more, announced or not', async () => {
    const engine = createStubEngine({ answer: () => ({ status: 204 }) })
    const { url } = await open(engine, { bodyBytes: 1_000 })
    const streamed = (bytes: number) =>
      fetch(`${url}/hooks/flows/x`, { method: 'POST', body: new Blob(['a'.repeat(bytes)]).stream(), duplex: 'half' } as RequestInit)
    expect((await post(`${url}/hooks/flows/x`, 'a'.repeat(1_000))).status).toBe(204)
    expect((await post(`${url}/hooks/flows/x`, 'a'.repeat(1_001))).status).toBe(413)
    expect([(await streamed(1_000)).status, (await streamed(1_001)).status]).toEqual([204, 413])
    expect(engine.requests.length).toBe(2)
  })

  test('tries the inboxes of the kind for the address that old callers know', async () => {
    const statuses: Record<string, number> = { one: 404, two: 200, three: 500 }
    const engine = createStubEngine({ answer: (inbox) => ({ status: statuses[inbox] ?? 0, body: inbox }) })
    const { url } = await open(engine, { inboxesOf: (kind) => (kind === 'oih' ? ['one', 'two', 'three'] : []) })
    const answer = await post(`${url}/oih-receiver`, '{"data":{}}')
    expect([answer.status, await answer.text(), engine.requests.map(({ inbox, request }) => `${inbox} ${request.path}`)]).toEqual([
      200,
      'two',
      ['one oih-receiver', 'two oih-receiver']
    ])
  })

  test.each([
    [{ pega: 200, labb: 200 }, 200, 'pega', ['pega webhook']],
    [{ pega: 404, labb: 200 }, 200, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 400, labb: 200 }, 200, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 403, labb: 200 }, 200, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 413, labb: 200 }, 200, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 503, labb: 200 }, 503, 'pega', ['pega webhook']],
    [{ pega: 410, labb: 200 }, 410, 'pega', ['pega webhook']],
    [{ pega: 403, labb: 410 }, 410, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 400, labb: 404 }, 400, 'pega', ['pega webhook', 'labb webhook']],
    [{ pega: 403, labb: 400 }, 400, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 403, labb: 413 }, 413, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 403, labb: 404 }, 403, 'pega', ['pega webhook', 'labb webhook']],
    [{ pega: 404, labb: 403 }, 403, 'labb', ['pega webhook', 'labb webhook']],
    [{ pega: 404, labb: 404 }, 404, 'pega', ['pega webhook', 'labb webhook']]
  ])('Pega without an inbox, whose inboxes would say %j, hears %i of %s', async (statuses, status, who, asked) => {
    const engine = createStubEngine({ answer: (inbox) => ({ status: statuses[inbox as keyof typeof statuses], body: inbox }) })
    const { url } = await open(engine, { inboxesOf: (kind) => (kind === 'pega-dms' ? ['pega'] : kind === 'labb-chat-hook' ? ['labb'] : []) })
    const answer = await post(`${url}/webhook`, '{}')
    expect([answer.status, await answer.text(), engine.requests.map(({ inbox, request }) => `${inbox} ${request.path}`)]).toEqual([status, who, asked])
    expect((await fetch(`${url}/webhook`)).status).toBe(404)
  })

  test('an inbox without a door, and one that throws', async () => {
    const engine = createStubEngine({
      answer: (inbox) => {
        if (inbox === 'broken') throw new Error('inside')
        return null
      }
    })
    const { url, log } = await open(engine)
    expect((await fetch(`${url}/hooks/none/x`)).status).toBe(404)
    const answer = await fetch(`${url}/hooks/broken/token-in-path?token=abc`)
    expect([answer.status, await answer.text()]).toEqual([503, '{"error":{"code":"gateway.unavailable","retryInMs":1000}}'])
    expect(log.lines).toEqual([
      { level: 'error', fields: { inbox: 'broken', door: 'hooks', reason: 'inside' }, text: 'a request from outside could not be handled' }
    ])
  })
})

describe('the rest', () => {
  test('lives, is ready or says why not, and knows nothing else', async () => {
    const { url } = await open(createStubEngine(), { unreadiness: async () => 'starting or draining' })
    const ready = await fetch(`${url}/readyz`)
    expect([(await fetch(`${url}/healthz`)).status, ready.status, await ready.text()]).toEqual([200, 503, 'starting or draining\n'])
    const unknown = await fetch(`${url}/admin`)
    expect([unknown.status, await unknown.json()]).toEqual([404, { error: { code: 'address.unknown', text: 'There is nothing at this address.' } }])
    expect((await fetch(url)).status).toBe(200)
  })

  test('leads from / to the home page when there is one', async () => {
    const { url } = await open(createStubEngine(), { home: 'https://www.example.com/' })
    const answer = await fetch(url, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://www.example.com/'])
  })
})
