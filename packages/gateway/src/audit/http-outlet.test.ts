import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../host.js'
import { listen } from '../listen.js'
import { createOutbound } from '../outbound-fetch.js'
import { type AuditReceiver, startAuditReceiver } from '../testing/audit-receiver.js'
import { audit, auditId, upTo } from '../testing/audits.js'
import { createHttpOutlet } from './http-outlet.js'
import type { Outlet } from './outlet.js'

const TOKEN = 'the token of the audit log'
let receiver: AuditReceiver
const outlets: Outlet[] = []
beforeEach(async () => {
  receiver = await startAuditReceiver()
})
afterEach(async () => {
  for (const outlet of outlets.splice(0)) await outlet.close()
  await receiver.close()
})

function outletTo(url: string, { token = TOKEN, withinMs = 2_000 }: { readonly token?: string | null; readonly withinMs?: number } = {}): Outlet {
  const { fetch, close } = createOutbound({ trusted: new Set([new URL(url).origin]), allow: [], withinMs })
  const outlet = createHttpOutlet({ url, token, topic: 'shop.chat', serviceName: 'chat', fetch, clock: systemClock, close })
  outlets.push(outlet)
  return outlet
}

describe('a batch', () => {
  test('is posted as one array of envelopes, with the token', async () => {
    expect(await outletTo(receiver.url).send([audit(1), audit(2, { name: 'signIn.refused' })])).toEqual({ taken: [auditId(1), auditId(2)], obstacle: null })
    expect(receiver.posted.map(({ path, envelopes }) => ({ path, envelopes }))).toEqual([
      {
        path: '/logs',
        envelopes: [
          { headers: { name: 'shop.chat.command.started', serviceName: 'chat', createdAt: 1_001 }, payload: audit(1).payload },
          { headers: { name: 'shop.chat.signIn.refused', serviceName: 'chat', createdAt: 1_002 }, payload: audit(2).payload }
        ]
      }
    ])
    expect(receiver.posted[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` })
  })

  test('goes without a token where there is none', async () => {
    await outletTo(receiver.url, { token: null }).send([audit(1)])
    expect(receiver.posted[0]?.headers.authorization).toBe(undefined)
  })

  test.each([200, 201, 202, 204])('is taken with %i', async (status) => {
    receiver.answer = () => ({ status })
    expect(await outletTo(receiver.url).send([audit(1)])).toEqual({ taken: [auditId(1)], obstacle: null })
  })

  test.each([400, 409, 413, 415, 422])('is refused with %i', async (status) => {
    receiver.answer = () => ({ status })
    expect(await outletTo(receiver.url).send([audit(1)])).toEqual({ taken: [], obstacle: { kind: 'refused', reason: `status ${status}` } })
  })

  test.each([301, 307, 401, 403, 404, 405, 408, 429, 500, 502, 503])('waits at %i', async (status) => {
    receiver.answer = () => ({ status, headers: { location: '/elsewhere' } })
    expect(await outletTo(receiver.url).send([audit(1)])).toEqual({ taken: [], obstacle: { kind: 'away', reason: `status ${status}` } })
    expect(receiver.posted.map(({ path }) => path)).toEqual(['/logs'])
  })

  test.each([
    ['7', 7_000],
    ['900', 300_000],
    ['soon', undefined]
  ])('waits as long as the receiver asks for: %s', async (retryAfter, retryInMs) => {
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': retryAfter } })
    expect((await outletTo(receiver.url).send([audit(1)])).obstacle?.retryInMs).toBe(retryInMs)
  })

  test('is taken by its status, whatever the answer says and however long it is', async () => {
    const wordy = createServer((_request, response) => response.end('x'.repeat(200_000)))
    const port = await listen(wordy, 0, '127.0.0.1')
    expect(await outletTo(`http://127.0.0.1:${port}/logs`).send([audit(1)])).toEqual({ taken: [auditId(1)], obstacle: null })
    wordy.closeAllConnections()
    wordy.close()
  })

  test('one after another uses the same connections', async () => {
    let connections = 0
    const counting = createServer((_request, response) => response.end('{"msg":"noted"}'))
    counting.on('connection', () => connections++)
    const port = await listen(counting, 0, '127.0.0.1')
    const counted = outletTo(`http://127.0.0.1:${port}/logs`)
    for (const number of upTo(20)) expect((await counted.send([audit(number)])).obstacle).toBe(null)
    await counted.close()
    counting.closeAllConnections()
    counting.close()
    // The next one may begin before the line of the last one is free.
    expect(connections).toBeLessThanOrEqual(2)
  })
})

describe('a receiver that is not there', () => {
  test('is told with what lies beneath, and without the token', async () => {
    await receiver.close()
    const { taken, obstacle } = await outletTo(receiver.url).send([audit(1)])
    expect([taken, obstacle?.kind, obstacle?.reason]).toEqual([[], 'away', expect.stringContaining('ECONNREFUSED')])
    expect(JSON.stringify(obstacle)).not.toContain(TOKEN)
  })

  test('that does not answer is given up', async () => {
    receiver.answer = () => null
    expect(await outletTo(receiver.url, { withinMs: 100 }).send([audit(1)])).toMatchObject({ taken: [], obstacle: { kind: 'away' } })
  })

  test('that cuts the line is given up', async () => {
    const cutting = createTcpServer((socket) => socket.once('data', () => socket.destroy()))
    const port = await new Promise<number>((resolve) => cutting.listen(0, '127.0.0.1', () => resolve((cutting.address() as AddressInfo).port)))
    expect(await outletTo(`http://127.0.0.1:${port}/logs`).send([audit(1)])).toMatchObject({ taken: [], obstacle: { kind: 'away' } })
    cutting.close()
  })

  test('does not hold up whoever closes', async () => {
    receiver.answer = () => null
    const outlet = outletTo(receiver.url, { withinMs: 60_000 })
    const sent = outlet.send([audit(1)])
    await expect.poll(() => receiver.posted.length).toBe(1)
    await outlet.close()
    expect(await sent).toMatchObject({ taken: [], obstacle: { kind: 'away' } })
  })
})
