import { afterEach, expect, test } from 'vitest'
import { createGateway } from './gateway.js'
import { ECHO } from './testing/echo.js'
import { createListLog } from './testing/open-doors.js'
import { openStallingRelay } from './testing/stalling-relay.js'
import { enter, openSession } from './testing/visitor.js'

const KEY = 'k'.repeat(43)
/** More than the buffers of the kernel on both sides of a stalled line and our 4 MiB hold together. */
const MESSAGES = 500
const TEXT = 'x'.repeat(30_000)

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

test('rule 10: a reader that stops is not buffered for and not cut; when it reads on it gets all, in order', { timeout: 60_000 }, async () => {
  const log = createListLog()
  const config = { port: 0, store: 'sqlite::memory:', inboxes: { support: { connector: 'echo' } }, limits: { messagesPerSecond: 10_000, burst: 100_000 } }
  const gateway = createGateway(config, { connectors: ECHO, log, widgetDir: '/nowhere' })
  undo.push(() => gateway.stop())
  const { url } = await gateway.start()
  const relay = await openStallingRelay(url)
  undo.push(() => relay.close())
  const session = await openSession(url, KEY)
  const slow = await enter(relay.url, session)
  const writer = await enter(url, session)
  undo.push(() => [slow, writer].map((visitor) => visitor.close()))

  relay.stall()
  for (let next = 1; next <= MESSAGES; next += 50) {
    const acks = await Promise.all(Array.from({ length: 50 }, (_, index) => writer.say(next + index, TEXT)))
    expect(acks.filter((ack) => 'error' in ack)).toEqual([])
  }
  await expect.poll(() => writer.rows.filter((row) => row.author.role === 'bot' && row.type === 'message.created').length, { timeout: 20_000 }).toBe(MESSAGES)
  const heardWhileStalled = slow.rows.length

  relay.flow()
  await expect.poll(() => slow.rows.length, { timeout: 20_000 }).toBe(writer.rows.length)
  expect(slow.rows.map((row) => row.seq)).toEqual(slow.rows.map((_, index) => index + 1))
  expect([heardWhileStalled < MESSAGES, log.lines.filter((line) => line.level === 'warn' && line.text.includes('slow'))]).toEqual([true, []])
})
