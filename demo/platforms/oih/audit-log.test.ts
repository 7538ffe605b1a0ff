import { createFakeClock } from '@parley/engine/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAuditLog } from './audit-log.js'
import { createBus } from './bus.js'
import { createFaults } from './faults.js'
import { type Bench, openBench } from './testing.js'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.hub.stop())

const logs = async (query = ''): Promise<unknown> => {
  const [status, body] = await bench.ask(`/logs${query}`, { as: 'admin' })
  expect(status).toBe(200)
  return body
}
const send = (body: unknown, as = 'chat-gateway') => bench.ask('/logs', { as, body })
const record = (name = 'parley.flow.asked', more: object = {}) => ({
  headers: { name, serviceName: 'parley', createdAt: 1_900_000_000_000 },
  payload: { user: 'visitor-1' },
  ...more
})

describe('the audit log', () => {
  test('keeps what its fixed list names, and nothing else that is on the bus', async () => {
    const [, made] = await bench.ask('/flows', {
      as: 'admin',
      body: { graph: { nodes: [{ id: 'a', componentId: '5f8d0c2be4a1b2001c3d4e6a', function: 'echo' }] } }
    })
    const { id } = (made as { readonly data: { readonly id: string } }).data
    await bench.ask('/login', { body: { username: 'somebody', password: 'x' } })
    await bench.ask(`/flows/${id}/start`, { method: 'POST', as: 'admin' })
    await bench.clock.advance(0)
    const at = bench.clock.now()
    expect(await logs()).toEqual({
      data: [
        { headers: { name: 'iam.user.loginFailed', serviceName: 'iam', createdAt: at }, payload: { user: 'somebody' } },
        {
          headers: { name: 'flowrepo.flow.created', serviceName: 'flow-repository', createdAt: at },
          payload: { tenant: '5f8d0c2be4a1b2001c3d4e81', user: '5f8d0c2be4a1b2001c3d4e74', flowId: id }
        }
      ],
      meta: { total: 2, page: 1, perPage: 10, totalPages: 1 }
    })
  })

  test('takes one record or several from a gateway, newest first in the list, in pages and by filter', async () => {
    expect(await send(record('parley.flow.asked'))).toEqual([201, { data: [record('parley.flow.asked')] }])
    const two = [record('parley.flow.started'), record('parley.flow.stopped')]
    expect(await send(two)).toEqual([201, { data: two }])
    expect(await logs('?page[size]=2')).toEqual({ data: [...two].reverse(), meta: { total: 3, page: 1, perPage: 2, totalPages: 2 } })
    expect(await logs('?filter[name]=parley.flow.asked')).toMatchObject({ data: [record()], meta: { total: 1 } })
    expect(await logs('?filter[service]=iam')).toMatchObject({ data: [], meta: { total: 0 } })
  })

  test('strips what else an envelope’s headers carry', async () => {
    expect(await send({ ...record(), headers: { ...record().headers, type: 'x' } })).toEqual([201, { data: [record()] }])
  })

  test.each([
    ['null', 'A record is an object.'],
    ['{', 'A record is an object.'],
    [[], '1 to 500 records are taken at once, not 0.'],
    [Array(501).fill(record()), '1 to 500 records are taken at once, not 501.'],
    [record('parley.flow.asked', { user: 'x' }), '"user" is not a part of a record; headers and payload are.'],
    [record('parley.flow.asked', { headers: 1 }), 'headers is missing.'],
    [record('asked'), 'headers.name is to be words with dots between, like "flow.started".'],
    [record('a.b', { headers: { name: 'a.b', createdAt: 1 } }), 'headers.serviceName is to be a text.'],
    [record('a.b', { headers: { name: 'a.b', serviceName: 'x', createdAt: '2030-01-01' } }), 'headers.createdAt is to be a whole number of milliseconds.'],
    [[record(), record('a.b', { payload: [] })], 'Record 1: payload is to be an object.']
  ])('refuses %j and says why, and keeps none of it', async (body, message) => {
    expect(await send(body)).toEqual([400, { errors: [{ message, code: 400 }] }])
    expect(await logs()).toMatchObject({ data: [] })
  })

  test('wants a permission for each way', async () => {
    const refused = [403, { errors: [{ message: 'MISSING_PERMISSION', code: 403 }] }]
    expect(await send(record(), 'operator')).toEqual(refused)
    expect(await bench.ask('/logs', { as: 'chat-gateway' })).toEqual(refused)
    expect(await bench.ask('/logs', { body: record() })).toEqual([401, { errors: [{ message: 'Missing authorization header.', code: 401 }] }])
  })
})

test('who is deleted is named no more, in old records either', async () => {
  const clock = createFakeClock()
  const bus = createBus({ clock, faults: createFaults() })
  const log = createAuditLog({ bus })
  bus.publish({ name: 'flowrepo.flow.created', serviceName: 'flow-repository', payload: { user: 'a', list: ['a', 'b'] } })
  bus.publish({ name: 'iam.user.deleted', serviceName: 'iam', payload: { id: 'a' } })
  await clock.advance(0)
  expect(log.records.map(({ payload }) => payload)).toEqual([{ user: 'anonymised', list: ['anonymised', 'b'] }, { id: 'anonymised' }])
})
