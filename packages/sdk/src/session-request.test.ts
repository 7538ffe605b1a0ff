import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ParleyError } from '@parley/protocol'
import { afterEach, expect, test } from 'vitest'
import { httpSession } from './session-request.js'
import { createFakeClock } from './testing/index.js'

const ANSWER = { token: 't', expiresInS: 900, conversation: 'A'.repeat(22) }
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

type Got = {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly contentType?: string | undefined
  readonly cookie?: string | undefined
  readonly body: string
}

async function serve(status: number, body: string | null): Promise<{ readonly url: string; readonly got: Got[]; readonly asked: Promise<void> }> {
  const got: Got[] = []
  let onAsked = (): void => {}
  const asked = new Promise<void>((resolve) => (onAsked = resolve))
  const read = async (request: IncomingMessage) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    got.push({ method: request.method, url: request.url, contentType: request.headers['content-type'], cookie: request.headers.cookie, body: text })
  }
  const server = createServer((request, response) => {
    void read(request).then(() => {
      onAsked()
      if (body !== null) response.writeHead(status).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, asked }
}

const ask = (url: string, { clock = createFakeClock(), signal = new AbortController().signal } = {}) =>
  httpSession({ url, clock })({ inbox: 'support', visitorKey: 'k' }, signal).catch((reason: unknown) =>
    ParleyError.is(reason) ? [reason.code, reason.message] : reason
  )

test('asks as JSON, without cookies, and takes the answer', async () => {
  const { url, got } = await serve(200, JSON.stringify({ ...ANSWER, more: 1 }))
  expect(await ask(`${url}/chat`)).toEqual(ANSWER)
  expect(got).toEqual([
    { method: 'POST', url: '/chat/session', contentType: 'application/json', cookie: undefined, body: '{"inbox":"support","visitorKey":"k"}' }
  ])
})

test.each([
  [404, JSON.stringify({ error: { code: 'inbox.unknown', text: 'There is no inbox "support".' } }), ['inbox.unknown', 'There is no inbox "support".']],
  [502, '<html>Bad gateway</html>', ['gateway.unavailable', 'POST /session was answered with status 502 and not as a gateway does.']],
  [200, '<html>Welcome to the hotel</html>', ['gateway.unavailable', 'POST /session was answered with status 200 and not as a gateway does.']],
  [200, '{"token":7}', ['gateway.unavailable', 'POST /session was answered with status 200 and not as a gateway does.']]
])('status %d with %j is %j', async (status, body, outcome) => {
  const { url } = await serve(status, body)
  expect(await ask(url)).toEqual(outcome)
})

test('a gateway that is not there is unavailable', async () => {
  expect(await ask('http://127.0.0.1:9')).toEqual(['gateway.unavailable', 'http://127.0.0.1:9 cannot be reached.'])
})

test('an answer that does not come is given up after 10 s, and at once when nobody wants it any more', async () => {
  const clock = createFakeClock()
  const silent = await serve(200, null)
  const late = ask(silent.url, { clock })
  await silent.asked
  await clock.advance(10_000)
  expect(await late).toEqual(['gateway.unavailable', `${silent.url} cannot be reached.`])
  const abort = new AbortController()
  const unwanted = ask(silent.url, { signal: abort.signal })
  abort.abort()
  expect(await unwanted).toEqual(['gateway.unavailable', `${silent.url} cannot be reached.`])
})
