import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../host.js'
import { type AmqpBroker, startAmqpBroker } from '../testing/amqp-broker.js'
import { audit, auditId, upTo } from '../testing/audits.js'
import { createAmqpOutlet } from './amqp-outlet.js'
import type { Outlet } from './outlet.js'

let broker: AmqpBroker
const outlets: Outlet[] = []
beforeEach(async () => {
  broker = await startAmqpBroker()
})
afterEach(async () => {
  for (const outlet of outlets.splice(0)) await outlet.close()
  await broker.close()
})

function outletTo(url: string, withinMs = 2_000): Outlet {
  const outlet = createAmqpOutlet({ url, exchange: 'event-bus', topic: 'parley', serviceName: 'chat', clock: systemClock, withinMs })
  outlets.push(outlet)
  return outlet
}
const ids = (...numbers: readonly number[]): readonly string[] => numbers.map(auditId)
const bodies = (): readonly unknown[] => broker.published.map(({ body }) => (JSON.parse(body) as { payload: { id: string } }).payload.id)

describe('records', () => {
  test('are published one by one, under their name, persistent, and taken when they are confirmed', async () => {
    expect(await outletTo(broker.url).send([audit(1), audit(2, { name: 'flow.stop' })])).toEqual({ taken: ids(1, 2), unrouted: [], obstacle: null })
    expect(
      broker.published.map(({ exchange, routingKey, isMandatory, body }) => ({ exchange, routingKey, isMandatory, body: JSON.parse(body) as unknown }))
    ).toEqual([
      {
        exchange: 'event-bus',
        routingKey: 'parley.command.started',
        isMandatory: true,
        body: { headers: { name: 'parley.command.started', serviceName: 'chat', createdAt: 1_001 }, payload: audit(1).payload }
      },
      {
        exchange: 'event-bus',
        routingKey: 'parley.flow.stop',
        isMandatory: true,
        body: { headers: { name: 'parley.flow.stop', serviceName: 'chat', createdAt: 1_002 }, payload: audit(2).payload }
      }
    ])
    const [first] = broker.published
    // Content type, delivery mode, message id, time, as the flags announce them.
    expect(first?.properties.readUInt16BE(0)).toBe(0x8000 | 0x2000 | 0x1000 | 0x0080 | 0x0040)
    expect(first?.properties.toString('latin1')).toContain('application/json')
    expect(first?.properties.toString('latin1')).toContain(auditId(1))
    // Behind the flags, the content type with its length, and a table without entries stands the mode; 2 is persistent.
    expect(first?.properties.readUInt8(2 + 17 + 4)).toBe(2)
  })

  test('find the exchange that is there, or a durable topic exchange is made', async () => {
    await outletTo(broker.url).send([audit(1)])
    expect([...broker.exchanges]).toEqual(['event-bus topic true'])
    await outletTo(broker.url).send([audit(2)])
    expect([...broker.exchanges]).toEqual(['event-bus topic true'])
  })

  test('go over one line, in order', async () => {
    const outlet = outletTo(broker.url)
    for (const number of upTo(3)) await outlet.send([audit(number), audit(number + 10)])
    expect([bodies(), broker.lines()]).toEqual([ids(1, 11, 2, 12, 3, 13), 1])
  })

  test('that no queue takes are told apart', async () => {
    broker.fate = (_message, index) => (index === 2 ? 'return' : 'ack')
    expect(await outletTo(broker.url).send(upTo(3).map((number) => audit(number)))).toEqual({ taken: ids(1, 3), unrouted: ids(2), obstacle: null })
  })

  test('of which no queue takes any say what is to be bound, and are not taken', async () => {
    broker.fate = () => 'return'
    expect(await outletTo(broker.url).send([audit(1), audit(2)])).toEqual({
      taken: [],
      unrouted: ids(1, 2),
      obstacle: { kind: 'unrouted', reason: 'no queue of the exchange "event-bus" is bound to these names; bind one to "parley.#"' }
    })
  })
})

describe('a broker that fails', () => {
  test('before it confirms leaves what was not confirmed, and the next batch opens another line', async () => {
    broker.fate = (_message, index) => (index === 3 ? 'cut' : 'ack')
    const outlet = outletTo(broker.url)
    const batch = upTo(5).map((number) => audit(number))
    const first = await outlet.send(batch)
    expect(first.obstacle?.kind).toBe('away')
    // What was confirmed may have been cut off, too; then it comes again.
    expect(ids(1, 2).slice(0, first.taken.length)).toEqual(first.taken)
    const left = batch.filter(({ id }) => !first.taken.includes(id))
    expect(await outlet.send(left)).toEqual({ taken: left.map(({ id }) => id), unrouted: [], obstacle: null })
    expect(new Set(bodies())).toEqual(new Set(ids(...upTo(5))))
  })

  test('and refuses one keeps the others', async () => {
    broker.fate = (_message, index) => (index === 2 ? 'nack' : 'ack')
    const { taken, obstacle } = await outletTo(broker.url).send(upTo(3).map((number) => audit(number)))
    expect([taken, obstacle?.kind]).toEqual([ids(1, 3), 'away'])
  })

  test('and says nothing is given up after its time, and its line with it', async () => {
    broker.fate = (_message, index) => (index === 2 ? 'silence' : 'ack')
    const outlet = outletTo(broker.url, 200)
    expect(await outlet.send([audit(1), audit(2)])).toEqual({
      taken: ids(1),
      unrouted: [],
      obstacle: { kind: 'away', reason: 'no confirmation within 200 ms' }
    })
    await expect.poll(() => broker.lines()).toBe(0)
    broker.fate = () => 'ack'
    expect((await outlet.send([audit(2)])).taken).toEqual(ids(2))
  })

  test.each([
    ['the channel is opened', 20_010],
    ['the exchange is looked for', 40_010],
    ['confirmations are asked for', 85_010]
  ])('and falls silent when %s is given up after its time, and its line with it', async (_when, method) => {
    broker.silentFrom = method
    const outlet = outletTo(broker.url, 200)
    expect(await outlet.send([audit(1)])).toEqual({ taken: [], obstacle: { kind: 'away', reason: 'no line within 200 ms' } })
    await expect.poll(() => broker.lines()).toBe(0)
    broker.silentFrom = null
    expect((await outlet.send([audit(1)])).taken).toEqual(ids(1))
  })

  test('between two batches is noticed by the next, which opens another line', async () => {
    const outlet = outletTo(broker.url)
    await outlet.send([audit(1)])
    broker.cut()
    await expect.poll(() => broker.lines()).toBe(0)
    await expect.poll(async () => (await outlet.send([audit(2)])).taken).toEqual(ids(2))
    expect(new Set(bodies())).toEqual(new Set(ids(1, 2)))
  })

  test('and comes back is found again', async () => {
    const { port } = broker
    await broker.close()
    const outlet = outletTo(broker.url)
    const first = await outlet.send([audit(1)])
    expect([first.taken, first.obstacle?.kind, first.obstacle?.reason]).toEqual([[], 'away', expect.stringContaining('ECONNREFUSED')])
    broker = await startAmqpBroker(port)
    expect((await outlet.send([audit(1)])).taken).toEqual(ids(1))
  })

  test('and refuses the password is told without it', async () => {
    const { taken, obstacle } = await outletTo(`amqp://parley:hunter2@127.0.0.1:${broker.port}`).send([audit(1)])
    expect([taken, obstacle?.kind]).toEqual([[], 'away'])
    expect(obstacle?.reason).toMatch(/ACCESS.REFUSED/)
    expect(obstacle?.reason).not.toContain('hunter2')
  })
})

test('closing says goodbye, and nothing is sent afterwards', async () => {
  const outlet = outletTo(broker.url)
  await outlet.send([audit(1)])
  await outlet.close()
  await expect.poll(() => broker.lines()).toBe(0)
  expect((await outlet.send([audit(2)])).taken).toEqual([])
  expect(bodies()).toEqual(ids(1))
})

test('closing does not wait for a broker that takes the line and says nothing', async () => {
  const mute = createServer()
  const port = await new Promise<number>((resolve) => mute.listen(0, '127.0.0.1', () => resolve((mute.address() as AddressInfo).port)))
  const sockets: Socket[] = []
  mute.on('connection', (socket) => sockets.push(socket))
  const outlet = outletTo(`amqp://127.0.0.1:${port}`, 60_000)
  const sent = outlet.send([audit(1)])
  await expect.poll(() => sockets.length).toBe(1)
  const began = performance.now()
  await outlet.close()
  expect(await sent).toEqual({ taken: [], obstacle: { kind: 'away', reason: 'the line is closed' } })
  expect(performance.now() - began).toBeLessThan(2_000)
  for (const socket of sockets) socket.destroy()
  mute.close()
})
