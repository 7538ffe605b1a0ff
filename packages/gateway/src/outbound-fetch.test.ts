import { createServer, type Server } from 'node:http'
import type { LookupAddress } from 'node:dns'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAddressGuard } from './outbound-addresses.js'
import { createOutbound, type Outbound, type OutboundOptions } from './outbound-fetch.js'

let server: Server
let port: number
/** Connections that reached the forbidden inside. */
let connections = 0
let asked: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[] = []
let outbound: Outbound

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('connection', 'close')
    asked.push({ path: request.url ?? '', headers: request.headers })
    if (request.url === '/away') response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end()
    else if (request.url === '/big') response.end('x'.repeat(5_000))
    else if (request.url === '/slow') response.write('a')
    else if (request.url === '/none') response.writeHead(204).end()
    else response.writeHead(201, { 'x-own': 'yes' }).end('hello')
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  connections = 0
  asked = []
})
afterEach(() => outbound.close())

function open(options: Partial<OutboundOptions> = {}): Outbound {
  outbound = createOutbound({ trusted: new Set(), allow: [], ...options })
  return outbound
}
const reasonOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (thrown: Error) => `${thrown.name} ${thrown.message} ${(thrown.cause as Error | undefined)?.message ?? ''}`
  )

const HOSTS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '127.000.000.001',
  '0',
  '0.0.0.0',
  '000.0.0.0',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ip6-localhost',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[ff02::1]',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '100.64.0.1',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '１２７.0.0.1',
  '127。0。0。1'
]

describe('requests to addresses that nobody wrote down', () => {
  test.each(HOSTS)('%s is not connected to', async (host) => {
    const reason = await reasonOf(open({ withinMs: 1_000 }).fetch(`http://${host}:${port}/`))
    expect(reason).toMatch(/is not an address that may be reached|has no address|ENOTFOUND|EAI_AGAIN/)
    expect(connections).toBe(0)
  })

  test.each([
    ['file:///etc/passwd', /is not a protocol of the web/],
    ['gopher://127.0.0.1/', /is not a protocol of the web/],
    ['http://user:password@example.com/', /must not hold a user name or password/],
    ['http://', /Invalid URL/],
    ['//127.0.0.1/', /Invalid URL/],
    ['http://127.0.0.1:99999/', /Invalid URL/],
    ['http://127.0.0.1\r\n.example.com/', /is not an address|Invalid URL|ENOTFOUND|EAI_AGAIN/]
  ])('%j is not asked for', async (address, reason) => {
    expect(await reasonOf(open({ withinMs: 1_000 }).fetch(address))).toMatch(reason)
    expect(connections).toBe(0)
  })

  const answering = (...answers: LookupAddress[][]): OutboundOptions['lookup'] => {
    let calls = 0
    return (_host, answer) => answer(null, answers[Math.min(calls++, answers.length - 1)] ?? [])
  }
  const inside = { address: '127.0.0.1', family: 4 }
  /** Stands for an address on the internet. */
  const outside = { address: '127.0.0.2', family: 4 }
  const allow = [outside.address]

  test('a name is refused when any of its addresses is inside', async () => {
    for (const answer of [[inside], [outside, inside], [{ address: '::ffff:127.0.0.1', family: 6 }], []]) {
      expect(await reasonOf(open({ allow, lookup: answering(answer) }).fetch(`http://inside.test:${port}/`))).toMatch(
        /inside\.test is not an address|has no address/
      )
      await outbound.close()
    }
    expect(connections).toBe(0)
  })

  test('a name that changes its address between two look-ups is refused at the second', async () => {
    const { fetch } = open({ allow, lookup: answering([outside], [inside]) })
    expect((await fetch(`http://changes.test:${port}/`)).status).toBe(201)
    expect(await reasonOf(fetch(`http://changes.test:${port}/`))).toMatch(/may be reached/)
    expect(connections).toBe(1)
  })

  test('what outbound.allow names is let through, and nothing else', async () => {
    const { fetch } = open({ allow: ['127.0.0.1'], lookup: answering([inside]) })
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(201)
    expect((await fetch(`http://named.test:${port}/`)).status).toBe(201)
    expect(await reasonOf(fetch(`http://127.0.0.2:${port}/`))).toMatch(/may be reached/)
  })
})

describe('requests to addresses of the operator', () => {
  const trusted = () => new Set([`http://127.0.0.1:${port}`, `http://localhost:${port}`])

  test('are made as they stand, without anything that was not asked for', async () => {
    const answer = await open({ trusted: trusted() }).fetch(`http://127.0.0.1:${port}/api`, {
      method: 'POST',
      body: '{}',
      headers: { authorization: 'Bearer x' }
    })
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([201, 'yes', 'hello'])
    expect([asked[0]?.path, asked[0]?.headers.authorization, asked[0]?.headers.cookie]).toEqual(['/api', 'Bearer x', undefined])
    expect((await outbound.fetch(`http://localhost:${port}/none`)).body).toBe(null)
  })

  test("another port of the same host is not the operator's address", async () => {
    expect(await reasonOf(open({ trusted: new Set(['http://127.0.0.1:1']) }).fetch(`http://127.0.0.1:${port}/`))).toMatch(/may be reached/)
    expect(connections).toBe(0)
  })

  test('a redirect is handed back and not followed, whatever was asked for', async () => {
    const answer = await open({ trusted: trusted() }).fetch(`http://127.0.0.1:${port}/away`, { redirect: 'follow' })
    expect([answer.status, answer.headers.get('location'), asked.map(({ path }) => path)]).toEqual([302, `http://127.0.0.1:${port}/inside`, ['/away']])
  })

  test('an answer ends at its limit of bytes', async () => {
    const { fetch } = open({ trusted: trusted(), mostBytes: 4_999 })
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/big`).then((answer) => answer.text()))).toMatch(/more than 4999 bytes/)
    await outbound.close()
    expect((await (await open({ trusted: trusted(), mostBytes: 5_000 }).fetch(`http://127.0.0.1:${port}/big`)).text()).length).toBe(5_000)
  })

  test('an answer that does not come to its end is given up', async () => {
    const { fetch } = open({ trusted: trusted(), withinMs: 100 })
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/slow`).then((answer) => answer.text()))).toMatch(/TimeoutError/)
  })

  test('a connection that does not come to stand fails by itself, well before the time for the answer is over', async () => {
    // It takes connections and never says a word, so that no TLS comes about.
    const silent = createTcpServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const origin = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const { fetch } = open({ trusted: new Set([origin]), withinMs: 6_000 })
    const thrown = await fetch(origin).then(
      () => null,
      (reason: Error) => (reason.cause as { readonly code?: unknown } | undefined)?.code
    )
    expect(thrown).toBe('UND_ERR_CONNECT_TIMEOUT')
    silent.close()
  })

  test('the caller may give up earlier', async () => {
    const { fetch } = open({ trusted: trusted() })
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/slow`, { signal: AbortSignal.abort() }))).toMatch(/AbortError/)
  })
})

test('the addresses of the public internet are open', () => {
  const isAllowed = createAddressGuard([])
  expect(
    ['1.1.1.1', '93.184.215.14', '172.15.0.1', '172.32.0.1', '11.0.0.1', '2606:4700::1111', '2a00:1450:4001::1'].filter((address) => !isAllowed(address))
  ).toEqual([])
  expect(['no address', '', '1.1.1'].filter(isAllowed)).toEqual([])
  outbound = createOutbound({ trusted: new Set(), allow: [] })
})
