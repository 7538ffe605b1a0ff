import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDoors, type OpenDoors } from './testing/open-doors.js'
import { createStubEngine } from './testing/stub-engine.js'

const ALLOWED = ['https://www.example.com', 'http://localhost:8081', 'https://xn--mnchen-3ya.example', 'https://shop.example.com:8443']

/** `undefined`: no header at all, which no page can send across origins. */
const CASES: readonly (readonly [origin: string | undefined, passes: boolean])[] = [
  [undefined, true],
  ['https://www.example.com', true],
  ['http://localhost:8081', true],
  ['https://xn--mnchen-3ya.example', true],
  ['https://shop.example.com:8443', true],
  ['null', false],
  ['', false],
  ['*', false],
  ['https://', false],
  ['http://www.example.com', false],
  ['https://example.com', false],
  ['https://evil.www.example.com', false],
  ['https://www.example.com.evil.test', false],
  ['https://www.example.com.', false],
  ['https://wwwwexample.com', false],
  ['https://www-example.com', false],
  ['https://evilwww.example.com', false],
  ['https://www.example.com:443', false],
  ['https://www.example.com:8443', false],
  ['https://www.example.com:', false],
  ['https://www.example.com/', false],
  ['https://www.example.com/path', false],
  ['https://www.example.com?x', false],
  ['https://www.example.com#x', false],
  ['https://www.example.com@evil.test', false],
  ['https://evil.test@www.example.com', false],
  ['https://evil.test#https://www.example.com', false],
  ['https://evil.test/https://www.example.com', false],
  ['https://www.example.com https://evil.test', false],
  ['https://www.example.com, https://evil.test', false],
  ['https://WWW.example.com', false],
  ['HTTPS://www.example.com', false],
  ['https://www.exаmple.com'.normalize().replace('а', '%D0%B0'), false],
  ['https://m\u00fcnchen.example', false],
  ['http://localhost', false],
  ['http://localhost:8080', false],
  ['http://localhost:80810', false],
  ['http://127.0.0.1:8081', false],
  ['http://localhost.evil.test:8081', false],
  ['https://shop.example.com', false],
  ['https://shop.example.com:84430', false],
  ['file://', false],
  ['chrome-extension://www.example.com', false],
  ['data:', false]
]

type Answer = { readonly status: number; readonly allows: string | undefined }
type Ask = { readonly method: string; readonly path: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }

/** The raw client: `fetch` refuses to send some of these headers. */
function ask(url: string, origin: string | undefined, { method, path, headers = {}, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, {
      method,
      headers: { ...headers, ...(origin === undefined ? {} : { origin: Buffer.from(origin, 'utf8').toString('latin1') }) }
    })
    asked.on('response', (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, allows: answer.headers['access-control-allow-origin'] })
    })
    asked.on('upgrade', (answer, socket) => {
      socket.destroy()
      resolve({ status: answer.statusCode ?? 0, allows: undefined })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }

describe('only exact origins of the configuration pass', () => {
  let doors: OpenDoors
  beforeAll(async () => {
    doors = await openDoors(createStubEngine(), { origins: new Set(ALLOWED) })
  })
  afterAll(() => doors.close())

  test.each(CASES)('origin %j: %j', async (origin, passes) => {
    const allows = passes ? origin : undefined
    expect({
      session: await ask(doors.url, origin, { method: 'POST', path: '/session', headers: { 'content-type': 'application/json' }, body: '{"inbox":"support"}' }),
      preflight: await ask(doors.url, origin, { method: 'OPTIONS', path: '/session', headers: { 'access-control-request-method': 'POST' } }),
      polling: await ask(doors.url, origin, { method: 'GET', path: '/socket.io/?EIO=4&transport=polling' }),
      upgrade: await ask(doors.url, origin, { method: 'GET', path: '/socket.io/?EIO=4&transport=websocket', headers: UPGRADE })
    }).toEqual({
      session: { status: passes ? 200 : 403, allows },
      preflight: { status: passes ? 204 : 403, allows },
      polling: { status: passes ? 200 : 403, allows },
      // Engine.IO ends every refused upgrade with 400.
      upgrade: { status: passes ? 101 : 400, allows: undefined }
    })
  })

  test('there are at least 40 cases', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(40)
  })
})
