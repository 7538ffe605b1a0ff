import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryStore } from '@parley/engine'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemChance, systemClock } from '../host.js'
import { audit, auditId, putAudits, upTo } from '../testing/audits.js'
import { createListLog } from '../testing/open-doors.js'
import { createRabbit, findRabbit, type Rabbit } from '../testing/rabbitmq.js'
import { createAmqpOutlet } from './amqp-outlet.js'
import { createAuditWorker } from './worker.js'

const server = findRabbit()
const NAME = server === null ? 'a real broker (skipped: rabbitmq-server is not installed)' : 'a real broker'

describe.skipIf(server === null)(NAME, { timeout: 120_000 }, () => {
  let folder: string
  let rabbit: Rabbit
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-rabbit-'))
    rabbit = await createRabbit(server ?? '', folder)
    await rabbit.start()
  }, 120_000)
  afterAll(async () => {
    await rabbit.dispose()
    rmSync(folder, { recursive: true, force: true })
  }, 30_000)

  const outlet = (exchange: string) => createAmqpOutlet({ url: rabbit.url, exchange, topic: 'parley', serviceName: 'chat', clock: systemClock })

  /** A durable queue at the exchange, made as the platform's services make theirs. */
  async function subscribe(exchange: string, queue: string, pattern: string): Promise<void> {
    const model = await connect(rabbit.url)
    const channel = await model.createChannel()
    await channel.assertExchange(exchange, 'topic')
    await channel.assertQueue(queue)
    await channel.bindQueue(queue, exchange, pattern)
    await model.close()
  }

  async function received(queue: string): Promise<readonly { readonly key: string; readonly isPersistent: boolean; readonly body: unknown }[]> {
    const model = await connect(rabbit.url)
    const channel = await model.createChannel()
    const messages = []
    for (let message = await channel.get(queue, { noAck: true }); message; message = await channel.get(queue, { noAck: true })) {
      messages.push({
        key: message.fields.routingKey,
        isPersistent: message.properties.deliveryMode === 2,
        body: JSON.parse(message.content.toString()) as unknown
      })
    }
    await model.close()
    return messages
  }
  const idsOf = (messages: Awaited<ReturnType<typeof received>>): readonly string[] =>
    messages.map(({ body }) => (body as { readonly payload: { readonly id: string } }).payload.id)

  test('routes records by their name, and says which of them nobody wants', async () => {
    await subscribe('one', 'audit-of-one', 'parley.command.*')
    const to = outlet('one')
    expect(await to.send([audit(1), audit(2, { name: 'flow.start' })])).toEqual({ taken: [auditId(1)], unrouted: [auditId(2)], obstacle: null })
    await to.close()
    expect(await received('audit-of-one')).toEqual([
      {
        key: 'parley.command.started',
        isPersistent: true,
        body: { headers: { name: 'parley.command.started', serviceName: 'chat', createdAt: 1_001 }, payload: audit(1).payload }
      }
    ])
  })

  test('gets an exchange that it did not have, which the platform finds as it wants it', async () => {
    const to = outlet('two')
    expect((await to.send([audit(1)])).obstacle?.kind).toBe('unrouted')
    await subscribe('two', 'audit-of-two', '#')
    await to.send([audit(2)])
    await to.close()
    expect(idsOf(await received('audit-of-two'))).toEqual([auditId(2)])
  })

  test('that is killed while it is being sent to has every record in the end, in order but for repeats', async () => {
    const numbers = upTo(3_000)
    await subscribe('three', 'audit-of-three', 'parley.#')
    const store = createMemoryStore(systemChance)
    await putAudits(store, ...numbers)
    const log = createListLog()
    const worker = createAuditWorker({
      store,
      outlet: outlet('three'),
      keep: 1_000_000,
      clock: systemClock,
      random: () => 0,
      log,
      meter: { count: () => {} }
    })
    worker.start()
    await expect.poll(() => store.auditCount(), { timeout: 20_000, interval: 1 }).toBeLessThan(2_700)
    await rabbit.kill()
    const left = await store.auditCount()
    expect(left).toBeGreaterThan(0)
    await rabbit.start()
    await expect.poll(() => store.auditCount(), { timeout: 60_000 }).toBe(0)
    await worker.stop()
    const ids = idsOf(await received('audit-of-three'))
    expect([...new Set(ids)]).toEqual(numbers.map(auditId))
    // What was sent, but not confirmed when it died, may stand there twice: one batch at the most.
    expect(ids.length - numbers.length).toBeLessThanOrEqual(100)
    expect(log.lines.map(({ level, text }) => `${level} ${text}`)).toContain('info audit records are taken again')
  })
})
