import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFakeClock } from '@parley/engine/contracts'
import { decodeJwt } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { type DmsOutcome, sendToDms } from './send.js'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void
async function open(answer: Answer): Promise<string> {
  server = createServer(answer)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages?channel=1`
}
const clock = createFakeClock()
const send = (url: string): Promise<DmsOutcome> => sendToDms({ fetch, clock }, { url, issuer: 'connection-1', secret: 'secret' }, { type: 'text', text: ['ü'] })

test('one request goes to the address as it stands, with a token and the id of the connection', async () => {
  const seen: unknown[] = []
  const url = await open(async (request, response) => {
    const { method, headers } = request
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    const { iss, iat } = decodeJwt(String(headers.authorization).replace('Bearer ', ''))
    seen.push([method, request.url, headers['content-type'], headers.connection_id, iss, iat, JSON.parse(body)])
    response.end()
  })
  expect(await send(url)).toEqual({ kind: 'taken' })
  expect(seen).toEqual([
    ['POST', '/messages?channel=1', 'application/json', 'connection-1', 'connection-1', clock.now() / 1_000, { type: 'text', text: ['ü'] }]
  ])
})

const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body)

test.each<[string, Answer, unknown]>([
  ['200 in HTML', answer(200, { 'content-type': 'text/html' }, '<h1>Welcome</h1>'), { kind: 'taken' }],
  ['a MiB', answer(200, {}, 'x'.repeat(1_048_576)), { kind: 'taken' }],
  ['204', answer(204), { kind: 'taken' }],
  ['a redirect', answer(302, { location: 'http://127.0.0.1:1/' }), { kind: 'refused', status: 302 }],
  ['400', answer(400), { kind: 'refused', status: 400 }],
  ['401', answer(401), { kind: 'refused', status: 401 }],
  ['403', answer(403, {}, '<h1>no</h1>'), { kind: 'refused', status: 403 }],
  ['429 with seconds', answer(429, { 'retry-after': '7' }), { kind: 'failed', status: 429, retryInMs: 7_000 }],
  ['429 without', answer(429), { kind: 'failed', status: 429 }],
  ['500', answer(500), { kind: 'failed', status: 500 }],
  ['503 with a date', answer(503, { 'retry-after': new Date(clock.now() + 9_000).toUTCString() }), { kind: 'failed', status: 503, retryInMs: 9_000 }],
  ['503 until next year', answer(503, { 'retry-after': '31536000' }), { kind: 'failed', status: 503, retryInMs: 600_000 }],
  ['503 with nonsense', answer(503, { 'retry-after': 'soon' }), { kind: 'failed', status: 503 }],
  ['a connection that breaks', (request) => void request.socket.destroy(), { kind: 'failed', status: null, reason: 'fetch failed' }]
])('an answer of %s has its outcome', async (_name, how, outcome) => {
  expect(await send(await open(how))).toEqual(outcome)
})

test('an answer that does not come in 15 s is given up, and nobody knows', async () => {
  let asked = (): void => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const url = await open(() => asked())
  const outcome = send(url)
  await isAsked
  await clock.advance(15_000)
  expect(await outcome).toEqual({ kind: 'unknown' })
})

test('a request whose time is over before it left was not sent', async () => {
  let asked = 0
  const hurried = createFakeClock()
  const fetchNever = async () => new Response(String(++asked))
  const outcome = sendToDms({ fetch: fetchNever, clock: hurried }, { url: 'https://x.test', issuer: 'i', secret: 's' }, {})
  await hurried.advance(15_000)
  expect([await outcome, asked]).toEqual([{ kind: 'failed', status: null, reason: 'no answer within 15000 ms' }, 0])
})

test('a server that is not there is a failure', async () => {
  const url = await open(answer(200))
  await new Promise((resolve) => server?.close(resolve))
  expect(await send(url)).toEqual({ kind: 'failed', status: null, reason: 'fetch failed' })
})
