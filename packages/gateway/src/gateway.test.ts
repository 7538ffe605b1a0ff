import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ParleyEvent } from '@parley/protocol'
import { createGateway, type Gateway } from './gateway.js'
import { ECHO } from './testing/echo.js'
import { createListLog } from './testing/open-doors.js'
import { runSource } from './testing/run-source.js'
import { enter, openSession, type Visitor } from './testing/visitor.js'

const KEY = 'k'.repeat(43)
const MAIN = new URL('./main.ts', import.meta.url)
let folder: string
const gateways: Gateway[] = []
const visitors: Visitor[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-gateway-'))
})
afterEach(async () => {
  for (const visitor of visitors.splice(0)) visitor.close()
  for (const gateway of gateways.splice(0)) await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(config: object = {}): Promise<{ gateway: Gateway; url: string; log: ReturnType<typeof createListLog> }> {
  const log = createListLog()
  const gateway = createGateway(
    { port: 0, store: `sqlite:${join(folder, 'log.db')}`, inboxes: { support: { connector: 'echo' } }, ...config },
    { connectors: ECHO, log, widgetDir: folder }
  )
  gateways.push(gateway)
  return { gateway, log, ...(await gateway.start()) }
}
async function visit(...parameters: Parameters<typeof enter>): Promise<Visitor> {
  const visitor = await enter(...parameters)
  visitors.push(visitor)
  return visitor
}
const said = (rows: readonly ParleyEvent[]): readonly string[] =>
  rows.flatMap((row) => (row.type === 'message.created' ? row.body.parts.map((part) => (part.kind === 'text' ? `${row.seq} ${part.text}` : '')) : []))

describe('a gateway', () => {
  test("takes a message, answers it, and goes on after a restart from the visitor's cursor", { timeout: 30_000 }, async () => {
    const first = await start()
    const before = await visit(first.url, KEY)
    expect(before.frames[0]?.name).toBe('welcome')
    const ack = await before.say(1, 'one')
    const { from } = before.welcome.conversations[0] ?? { from: 0 }
    const base = before.welcome.conversations[0]?.head ?? 0
    expect([ack, from]).toEqual([{ seq: base + 1, at: expect.any(String) as string }, 1])
    await expect.poll(() => said(before.rows)).toEqual([`${base + 1} one`, `${base + 2} echo: one`])
    expect(before.rows.map((row) => row.seq)).toEqual(before.rows.map((_, index) => index + 1))
    const place = before.place()

    await first.gateway.stop()
    expect([await before.ended, before.frames.at(-1)]).toEqual(['io server disconnect', { name: 'drain', payload: { spreadMs: 503 } }])
    const second = await start()
    const other = await visit(second.url, KEY)
    expect(await other.say(2, 'two')).toEqual({ seq: base + 3, at: expect.any(String) as string })
    await expect.poll(() => said(other.rows).at(-1)).toBe(`${base + 4} echo: two`)
    const after = await visit(second.url, KEY, place)
    expect(after.welcome.conversations[0]).toMatchObject({
      id: before.session.conversation,
      epoch: place.epoch,
      head: base + 4,
      from: place.cursor + 1,
      reset: false,
      lastDeviceSeq: 2
    })
    await expect.poll(() => said(after.rows)).toEqual([`${base + 3} two`, `${base + 4} echo: two`])
    // Sent again, it is the message that is there already.
    expect(await after.say(2, 'two')).toEqual({ seq: base + 3, at: expect.any(String) as string })
  })

  test('keeps tokens over a restart, because its secret is in the store', async () => {
    const first = await start()
    const session = await openSession(first.url, KEY)
    await first.gateway.stop()
    const second = await start()
    expect((await visit(second.url, session)).welcome.conversations[0]?.id).toBe(session.conversation)
    await second.gateway.stop()
    const elsewhere = await start({ secret: 'another secret, which the operator has set' })
    await expect(enter(elsewhere.url, session)).rejects.toMatchObject({ data: { code: 'auth.invalid' } })
  })

  test('hands requests from outside to the inbox, which knows its own address', async () => {
    const { url } = await start({ publicUrl: 'https://chat.example.com/' })
    expect(await (await fetch(`${url}/hooks/support/a/b`)).json()).toEqual({ inbox: 'support', publicUrl: 'https://chat.example.com', path: 'a/b' })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  test('logs no message, no token and no address with secrets', async () => {
    const { url, log } = await start()
    const visitor = await visit(url, KEY)
    await visitor.say(1, 'private words')
    await fetch(`${url}/hooks/support/private-path?token=private-token`)
    await fetch(`${url}/private-nowhere?x=private`)
    await expect.poll(() => said(visitor.rows).length).toBe(2)
    const text = JSON.stringify(log.lines)
    expect([text.includes('private'), text.includes(visitor.session.token), text.includes(KEY)]).toEqual([false, false, false])
    expect(log.lines.map((line) => line.text)).toContain('gateway started')
  })

  test('V11: counts frames against the address, which a forged header does not change, and answers before any work', async () => {
    const { url, log } = await start({ limits: { messagesPerSecondPerIp: 1, burstPerIp: 4 } })
    const [one, two] = [await visit(url, KEY), await visit(url, 's'.repeat(43), null, { 'x-forwarded-for': '203.0.113.9' })]
    const wait = expect.objectContaining({ code: 'append.busy', retryInMs: expect.any(Number) as number }) as object
    const answers = [await one.say(1, 'a'), await two.say(1, 'b'), await one.say(2, 'c'), await two.say(2, 'd'), await one.say(3, 'e'), await two.say(3, 'f')]
    expect(answers.map((answer) => 'error' in answer)).toEqual([false, false, false, false, true, true])
    expect(answers[5]).toEqual({ error: wait })
    // Whoever is let in anew from there finds the same allowance.
    const third = await visit(url, 't'.repeat(43), null, { 'x-forwarded-for': '198.51.100.7' })
    expect(await third.say(1, 'g')).toEqual({ error: wait })
    expect(log.lines.filter((line) => line.level === 'error')).toEqual([])
  })

  test('V11: behind a trusted proxy each address has an allowance of its own', async () => {
    const { url } = await start({ trustProxy: true, limits: { messagesPerSecondPerIp: 1, burstPerIp: 1 } })
    const from = (key: string, address: string) => visit(url, key.repeat(43), null, { 'x-forwarded-for': address })
    const visitors = [await from('a', '203.0.113.9'), await from('b', '198.51.100.7'), await from('c', '203.0.113.9')]
    const answers: boolean[] = []
    for (const visitor of visitors) answers.push('seq' in (await visitor.say(1, 'hello')))
    expect(answers).toEqual([true, true, false])
  })

  test('tells this machine its figures, without an id and without a word of anybody', { timeout: 30_000 }, async () => {
    const { url } = await start()
    const visitor = await visit(url, KEY)
    await visitor.say(1, 'private words')
    await visitor.say(1, 'private words')
    await visitor.request('read', { conversation: visitor.session.conversation, log: 'public', from: 1, to: 2 })
    await visitor.request('check', { conversation: visitor.session.conversation, log: 'public', from: 1, to: 2, digest: 'd'.repeat(22) })
    await expect.poll(() => said(visitor.rows).length).toBe(2)
    const answer = await fetch(`${url}/metrics`)
    const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('parley_') && !/_(bucket|sum|count)\b/.test(line))
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(lines.sort()).toEqual([
      'parley_appends_total{outcome="known"} 1',
      'parley_appends_total{outcome="stored"} 1',
      'parley_checks_total{outcome="differs"} 1',
      'parley_connections 1',
      'parley_connects_total{outcome="admitted"} 1',
      'parley_deliveries_total{outcome="done"} 1',
      `parley_events_total{outcome="sent"} ${visitor.rows.length}`,
      'parley_jobs 0',
      `parley_log_info{epoch="${visitor.welcome.conversations[0]?.epoch}"} 1`,
      'parley_reads_total{outcome="asked"} 1',
      'parley_sessions_total{outcome="200"} 1'
    ])
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toMatch(/parley_commit_seconds_count [1-9]/)
    expect(text).toMatch(/process_resident_memory_bytes \d+/)
    for (const secret of ['private', KEY, visitor.session.token, visitor.session.conversation]) expect(text).not.toContain(secret)
  })

  test('says in one line why it cannot start, and leaves nothing behind', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    const { port } = blocker.address() as AddressInfo
    await expect(start({ port })).rejects.toThrow(`port: found ${port}, which another program uses; wanted is a free port; the variable PORT overrides it`)
    await new Promise((resolve) => blocker.close(resolve))
    await expect(start({ host: '203.0.113.1' })).rejects.toThrow(
      /^host: found "203\.0\.113\.1", where this machine cannot listen \(EADDRNOTAVAIL\); wanted is one of its own addresses$/
    )
    await expect(start({ store: 'sqlite:/nowhere/log.db' })).rejects.toThrow(/^store: /)
    // The file is free again after each of them.
    await start({ port })
  })

  test('refuses a frame that is not of the protocol, and serves the others', async () => {
    const { url } = await start()
    const [stranger, other] = [await visit(url, 's'.repeat(43)), await visit(url, KEY)]
    stranger.request('append', { conversation: 'x'.repeat(60_000) }).catch(() => 'the line ended')
    expect([await stranger.ended, stranger.frames.at(-1)]).toEqual([
      'io server disconnect',
      { name: 'refuse', payload: expect.objectContaining({ code: 'frame.malformed' }) as object }
    ])
    expect(await other.request('probe', {})).toEqual({ ok: true })
  })

  test('a visitor reaches no conversation of another', async () => {
    const { url } = await start()
    const [one, two] = [await visit(url, 's'.repeat(43)), await visit(url, KEY)]
    const foreign = two.session.conversation
    expect(await one.request('read', { conversation: foreign, log: 'public', from: 1, to: 9 })).toMatchObject({ error: { code: expect.any(String) as string } })
    expect(said(one.rows)).toEqual([])
  })
})

describe('the executable', () => {
  const config = (more: object = {}) => ({
    port: 0,
    store: `sqlite:${join(folder, 'main.db')}`,
    inboxes: { support: { connector: 'oih', webhooksUrl: 'http://127.0.0.1:9' } },
    ...more
  })
  function runMain(content: object, environment: Record<string, string> = {}) {
    const file = join(folder, 'parley.config.json')
    writeFileSync(file, JSON.stringify(content))
    return runSource(MAIN, ['--config', file], environment)
  }
  const left: ReturnType<typeof runMain>[] = []
  const runOn = (main: ReturnType<typeof runMain>): ReturnType<typeof runMain> => {
    left.push(main)
    return main
  }
  afterEach(async () => {
    for (const main of left.splice(0)) {
      main.child.kill('SIGKILL')
      await main.ended
    }
  })
  const urlOf = (main: ReturnType<typeof runMain>) => main.line((line) => line.startsWith('http://'))

  test('survives kill -9 with all that it had acknowledged, and leaves in good order on SIGTERM', { timeout: 180_000 }, async () => {
    const first = runMain(config())
    const before = await visit(await urlOf(first), KEY)
    const acks = await Promise.all([1, 2, 3].map((number) => before.say(number, `text ${number}`)))
    first.child.kill('SIGKILL')
    await first.ended
    const second = runMain(config())
    const after = await visit(await urlOf(second), KEY)
    expect(after.welcome.conversations[0]).toMatchObject({ id: before.session.conversation, lastDeviceSeq: 3 })
    const own = () => said(after.rows.filter((row) => row.author.role === 'visitor'))
    await expect.poll(() => own().length).toBe(3)
    expect(own()).toEqual(acks.map((ack, index) => `${'seq' in ack ? ack.seq : 'refused'} text ${index + 1}`))
    const began = Date.now()
    second.child.kill('SIGTERM')
    expect([await second.ended, await after.ended, after.frames.at(-1)?.name]).toEqual([{ code: 0, signal: null }, 'io server disconnect', 'drain'])
    expect(Date.now() - began).toBeLessThan(5_000)
  })

  test('rule 14: on SIGTERM 200 clients lose nothing that was acknowledged, and are told a spread that fits', { timeout: 180_000 }, async () => {
    const limits = { connectionsPerIp: 1_000, sessionsPerMinutePerIp: 1_000 }
    const first = runMain(config({ limits }))
    const url = await urlOf(first)
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => visit(url, String(index).padStart(43, 'k'))))
    // What is not acknowledged by the end stays with the client; it is not counted.
    const asked = all.map((visitor) => visitor.say(1, 'last words').catch(() => null))
    await Promise.race(asked)
    const began = Date.now()
    first.child.kill('SIGTERM')
    expect(await first.ended).toEqual({ code: 0, signal: null })
    expect(Date.now() - began).toBeLessThan(5_000)
    expect(new Set(all.map((visitor) => JSON.stringify(visitor.frames.findLast((frame) => frame.name === 'drain')?.payload)))).toEqual(
      new Set([JSON.stringify({ spreadMs: 1_000 })])
    )
    const acked = (await Promise.all(asked)).flatMap((ack, index) => (ack && 'seq' in ack ? [{ index, seq: ack.seq }] : []))
    expect(acked.length).toBeGreaterThan(0)
    const again = await urlOf(runOn(runMain(config({ limits }))))
    for (const { index, seq } of acked) {
      const back = await visit(again, all[index]?.session ?? '')
      await expect.poll(() => back.rows.find((row) => row.seq === seq)?.messageId).toBe('message-1'.padEnd(22, '-'))
      back.close()
    }
  })

  test.each([
    [{}, { PORT: 'eighty' }, /^port: found "eighty"; wanted is a port/],
    [{ inboxes: { support: { connector: 'oih', webhooksUrl: 'nowhere' } } }, {}, /^inboxes\.support\.webhooksUrl: found "nowhere"; wanted is /]
  ])('%j with %j ends with one line', { timeout: 30_000 }, async (more, environment, line) => {
    const main = runMain(config(more), environment as Record<string, string>)
    expect(await main.ended).toEqual({ code: 1, signal: null })
    expect([main.errors.length, main.lines]).toEqual([1, []])
    expect(main.errors[0]).toMatch(line)
  })
})
