import { createFakeClock } from '@parley/engine/contracts'
import { expect, test } from 'vitest'
import { createBus, type Envelope } from './bus.js'
import { createFaults } from './faults.js'

function open() {
  const clock = createFakeClock()
  const faults = createFaults()
  const reported: string[] = []
  const bus = createBus({ clock, faults, report: (text) => reported.push(text) })
  const heard: string[] = []
  const hear = (service: string, topics: readonly string[]): void =>
    bus.subscribe(service, topics, ({ headers }) => void heard.push(`${service}: ${headers.name} ${headers.serviceName}`))
  const raise = (name: string, payload: unknown = {}): void => bus.publish({ name, serviceName: 'sender', payload })
  return { clock, faults, bus, heard, hear, raise, reported }
}

test('an event reaches each service that asked for it, later and in order', async () => {
  const { clock, heard, hear, raise } = open()
  hear('one', ['flow.started', 'flow.stopped'])
  hear('two', ['flow.#'])
  for (const name of ['flow.started', 'iam.user.created', 'flow.stopped']) raise(name)
  expect(heard).toEqual([])
  await clock.advance(0)
  expect(heard).toEqual(['one: flow.started sender', 'two: flow.started sender', 'one: flow.stopped sender', 'two: flow.stopped sender'])
})

test('what is on the wire is the envelope, a copy with the time as a number', async () => {
  const { clock, bus } = open()
  const seen: Envelope[] = []
  bus.subscribe('one', ['flow.execute'], (event) => void seen.push(event))
  const payload = { id: 'a' }
  bus.publish({ name: 'flow.execute', serviceName: 'scheduler', payload, type: 'scheduler' })
  payload.id = 'b'
  await clock.advance(0)
  expect(seen).toEqual([{ headers: { name: 'flow.execute', createdAt: clock.now(), serviceName: 'scheduler', type: 'scheduler' }, payload: { id: 'a' } }])
})

test('a handler that throws has lost its event, and nobody else has', async () => {
  const { clock, bus, heard, hear, raise, reported } = open()
  bus.subscribe('weak', ['a.b'], () => {
    throw new Error('no database')
  })
  hear('strong', ['a.b'])
  raise('a.b')
  raise('a.b')
  await clock.advance(0)
  expect(heard).toEqual(['strong: a.b sender', 'strong: a.b sender'])
  expect(bus.events.map(({ lostBy }) => lostBy)).toEqual([['weak'], ['weak']])
  expect(reported).toEqual(Array(2).fill('demo hub: weak lost a.b: no database'))
})

test('a fault loses the next event of a name, for one service or for all', async () => {
  const { clock, faults, bus, heard, hear, raise } = open()
  hear('one', ['a.b'])
  hear('two', ['a.b'])
  faults.dropEvent('a.b', 'one')
  faults.dropEvent('a.b')
  for (let time = 0; time < 3; time++) raise('a.b')
  await clock.advance(0)
  expect(bus.events.map(({ lostBy }) => lostBy)).toEqual([['one', 'two'], ['one'], []])
  expect(heard).toEqual(['two: a.b sender', 'one: a.b sender', 'two: a.b sender'])
})

test('the record is bounded, holds no secret, and tells who watches', () => {
  const { bus, raise } = open()
  const told: number[] = []
  const unwatch = bus.watch(({ number }) => told.push(number))
  raise('a.b', { msg: { headers: { Authorization: 'Bearer abc', 'x-parley-reply-token': 'abc' } }, list: [{ secretId: 'abc', item: 'pot' }] })
  unwatch()
  expect(bus.events[0]?.payload).toEqual({
    msg: { headers: { Authorization: '***', 'x-parley-reply-token': '***' } },
    list: [{ secretId: '***', item: 'pot' }]
  })
  for (let time = 0; time < 600; time++) raise('a.b')
  expect(told).toEqual([1])
  expect([bus.events.length, bus.events[0]?.number, bus.events.at(-1)?.number]).toEqual([500, 102, 601])
})
