import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppendAck, Arguments } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../gateway.js'
import { systemChance } from '../host.js'
import { openStore } from '../stores/open-store.js'
import { type AuditReceiver, startAuditReceiver } from '../testing/audit-receiver.js'
import { upTo } from '../testing/audits.js'
import { FLOWS } from '../testing/flows.js'
import { createListLog } from '../testing/open-doors.js'
import { enter, type Visitor } from '../testing/visitor.js'
import type { Envelope } from './envelope.js'

const KEY = 'k'.repeat(43)
const SECRET = 'the secret of the host, 32 letters or more'
const ID = expect.stringMatching(/^[\w-]{22}$/)
let folder: string
let receiver: AuditReceiver
const gateways: Gateway[] = []
const visitors: Visitor[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-audit-'))
  receiver = await startAuditReceiver()
})
afterEach(async () => {
  for (const visitor of visitors.splice(0)) visitor.close()
  for (const gateway of gateways.splice(0)) await gateway.stop()
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const store = () => `sqlite:${join(folder, 'log.db')}`
async function start(config: object): Promise<{ gateway: Gateway; url: string; log: ReturnType<typeof createListLog> }> {
  const log = createListLog()
  const gateway = createGateway(
    { port: 0, store: store(), inboxes: { support: { connector: 'flows' } }, identity: { secret: SECRET }, ...config },
    { connectors: FLOWS, log, widgetDir: folder }
  )
  gateways.push(gateway)
  return { gateway, log, ...(await gateway.start()) }
}
async function visit(url: string): Promise<Visitor> {
  const visitor = await enter(url, KEY)
  visitors.push(visitor)
  return visitor
}
const run = async (visitor: Visitor, deviceSeq: number, args: Arguments, command = 'flow'): Promise<AppendAck> =>
  (await visitor.request('append', {
    conversation: visitor.session.conversation,
    deviceSeq,
    messageId: `command-${deviceSeq}`.padEnd(22, '-'),
    after: 0,
    type: 'run.started',
    body: { command, args }
  })) as AppendAck
const namesOf = (envelopes: readonly Envelope[]): readonly string[] => envelopes.map(({ headers }) => headers.name)
const metricsOf = async (url: string): Promise<readonly string[]> =>
  (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('parley_audit'))
    .sort()
const keptIn = async () => {
  const kept = await openStore(store(), systemChance)
  const audits = await kept.audits(10_000)
  await kept.close()
  return audits
}

describe('a gateway with an audit', () => {
  test('tells the whole life of commands and identities, and nothing that was said', { timeout: 30_000 }, async () => {
    const { url } = await start({ audit: { url: receiver.url, token: 'the token of the audit log', topic: 'shop', serviceName: 'chat' } })
    const from = Date.now()
    const visitor = await visit(url)
    await visitor.say(1, 'my secret words')
    await run(visitor, 2, { end: 'done', why: 'my secret words' })
    await run(visitor, 3, { why: 'my secret words' }, 'secret-words')
    await expect.poll(() => receiver.taken().length).toBe(4)
    const refusal = await fetch(`${url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', identity: 'no token' }) })
    const named = await fetch(`${url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', identity: identity('anna') }) })
    expect([refusal.status, named.status]).toEqual([401, 200])
    await expect.poll(() => receiver.taken().length).toBe(6)

    const { conversation } = visitor.session
    const [first] = receiver.taken()
    const who = { id: ID, inbox: 'support', conversation, visitor: first?.payload.visitor }
    const about = { ...who, run: first?.payload.run, command: 'flow' }
    expect(receiver.taken().map(({ headers, payload }) => [headers.name, payload])).toEqual([
      ['shop.command.started', { ...about, args: { end: 'done' } }],
      ['shop.flow.start', { ...about, flow: 'f1' }],
      ['shop.command.finished', { ...about, tookMs: expect.any(Number) }],
      ['shop.command.refused', { ...who, code: 'command.unknown' }],
      ['shop.identity.refused', { id: ID, inbox: 'support', conversation: null, visitor: null, code: 'identity.invalid' }],
      ['shop.identity.accepted', { id: ID, inbox: 'support', conversation: ID, visitor: ID, roles: '' }]
    ])
    expect(who.visitor).toMatch(/^[\w-]{22}$/)
    for (const { headers } of receiver.taken()) {
      expect(headers).toEqual({ name: expect.any(String), serviceName: 'chat', createdAt: expect.any(Number) })
      expect(headers.createdAt).toBeGreaterThanOrEqual(from)
    }
    expect(JSON.stringify(receiver.posted)).not.toMatch(/secret|nobody records|anna/)
    expect(receiver.posted[0]?.headers.authorization).toBe('Bearer the token of the audit log')
    await expect.poll(() => metricsOf(url)).toEqual(['parley_audit_sent_total{outcome="taken"} 6', 'parley_audit_waiting 0'])
  })

  test('keeps what the receiver does not take, and sends all of it once and in order when it is back', { timeout: 30_000 }, async () => {
    receiver.answer = () => ({ status: 503 })
    const { url, log } = await start({ audit: { url: receiver.url } })
    const visitor = await visit(url)
    for (const number of upTo(5)) await run(visitor, number, { end: 'waits' })
    await expect.poll(() => metricsOf(url)).toEqual(['parley_audit_waiting 5'])
    await expect.poll(() => receiver.posted.length, { timeout: 10_000 }).toBeGreaterThan(1)
    receiver.answer = () => ({ status: 200 })
    await expect.poll(() => receiver.taken().length, { timeout: 20_000 }).toBe(5)
    expect(namesOf(receiver.taken())).toEqual(upTo(5).map(() => 'parley.command.started'))
    const runs = visitor.rows.flatMap((row) => (row.type === 'run.started' ? [row.body.run] : []))
    expect(receiver.taken().map(({ payload }) => payload.run)).toEqual(runs)
    expect(log.lines.filter(({ text }) => text.startsWith('audit')).map(({ level, fields, text }) => ({ level, fields, text }))).toEqual([
      { level: 'warn', fields: { reason: 'status 503' }, text: 'audit records cannot be sent; they wait and are sent later' },
      { level: 'info', fields: {}, text: 'audit records are taken again' }
    ])
  })

  test('that ended before they were taken sends them after the next start', { timeout: 30_000 }, async () => {
    receiver.answer = () => null
    const first = await start({ audit: { url: receiver.url } })
    const visitor = await visit(first.url)
    await run(visitor, 1, { end: 'done' })
    await expect.poll(() => receiver.posted.length).toBeGreaterThan(0)
    const began = performance.now()
    await first.gateway.stop()
    expect(performance.now() - began).toBeLessThan(5_000)
    const kept = await keptIn()
    expect(kept.map(({ name }) => name)).toEqual(['command.started', 'flow.start', 'command.finished'])
    receiver.answer = () => ({ status: 200 })
    await start({ audit: { url: receiver.url } })
    await expect.poll(() => receiver.taken().map(({ payload }) => payload)).toEqual(kept.map(({ payload }) => payload))
  })

  test('counts identities that are refused one after another, and records the number when it stops', { timeout: 30_000 }, async () => {
    const { gateway, url } = await start({ audit: { url: receiver.url } })
    const refuse = () => fetch(`${url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', identity: 'no token' }) })
    for (const _ of upTo(5)) expect((await refuse()).status).toBe(401)
    await expect.poll(() => receiver.taken().length).toBe(1)
    await gateway.stop()
    const all = [...receiver.taken().map(({ payload }) => payload), ...(await keptIn()).map(({ payload }) => payload)]
    expect(all.map(({ code, count }) => [code, count])).toEqual([
      ['identity.invalid', undefined],
      ['identity.invalid', 4]
    ])
  })

  test('sets aside the one record that is not wanted', { timeout: 30_000 }, async () => {
    receiver.answer = ({ envelopes }) => ({ status: namesOf(envelopes).includes('parley.flow.start') ? 422 : 200 })
    const { url, log } = await start({ audit: { url: receiver.url } })
    const visitor = await visit(url)
    await run(visitor, 1, { end: 'done' })
    await expect.poll(() => namesOf(receiver.taken()), { timeout: 20_000 }).toEqual(['parley.command.started', 'parley.command.finished'])
    await expect
      .poll(() => metricsOf(url))
      .toEqual(['parley_audit_dropped_total{outcome="refused"} 1', 'parley_audit_sent_total{outcome="taken"} 2', 'parley_audit_waiting 0'])
    expect(log.lines.filter(({ text }) => text === 'an audit record was refused and set aside').map(({ fields }) => fields.name)).toEqual(['flow.start'])
  })
})

test('a gateway without an audit keeps no records', { timeout: 30_000 }, async () => {
  const { gateway, url } = await start({})
  const visitor = await visit(url)
  await run(visitor, 1, { end: 'done' })
  await run(visitor, 2, {}, 'none')
  await fetch(`${url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', identity: identity('anna') }) })
  await expect.poll(() => visitor.rows.some((row) => row.type === 'run.finished')).toBe(true)
  await gateway.stop()
  expect(await keptIn()).toEqual([])
})

function identity(subject: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256' })}.${part({ sub: subject, exp: Math.floor(Date.now() / 1_000) + 300 })}`
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
}
