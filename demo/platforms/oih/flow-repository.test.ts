import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Flow } from './flow.js'
import { type AskInit, type Bench, openBench } from './testing.js'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.hub.stop())

const ask = (path: string, init: AskInit = {}) => bench.ask(path, { as: 'admin', ...init })
const list = async (query: string, as = 'chat-gateway'): Promise<{ readonly names: readonly string[]; readonly meta: object }> => {
  const [status, body] = await bench.ask(`/flows${query}`, { as })
  expect(status).toBe(200)
  const { data, meta } = body as { readonly data: readonly Flow[]; readonly meta: object }
  return { names: data.map(({ name }) => name), meta }
}
const ORDERS = '5f8d0c2be4a1b2001c3d4f01'
const FOREIGN = '5f8d0c2be4a1b2001c3d4fff'
const UNKNOWN = '58b41f5da9ee9d0018194bf3'
const GRAPH = { nodes: [{ id: 'step_1', componentId: '5f8d0c2be4a1b2001c3d4e6a', function: 'echo' }] }

describe('the list of flows', () => {
  test('comes in pages of ten, and only with what is one’s own', async () => {
    const first = await list('')
    const second = await list('?page[number]=2')
    expect(first.meta).toEqual({ total: 14, page: 1, perPage: 10, totalPages: 2 })
    expect([first.names.length, second.names.length]).toEqual([10, 4])
    expect(new Set([...first.names, ...second.names]).size).toBe(14)
    expect((await list('?page[size]=100', 'admin')).names).toContain('Payroll export')
    expect(await list('', 'other-shop')).toEqual({ names: ['Payroll export'], meta: { total: 1, page: 1, perPage: 10, totalPages: 1 } })
    expect((await list('?page[size]=5&page[number]=3')).meta).toEqual({ total: 14, page: 3, perPage: 5, totalPages: 3 })
    expect((await list('?page[number]=9')).names).toEqual([])
  })

  test('is filtered, sorted and searched', async () => {
    const active = ['Sign-in', 'Profile', 'Stock report', 'Count the greenhouse', 'Opening hours', 'Price update']
    expect((await list('?filter[status]=active')).names).toEqual(active)
    expect((await list('?filter[status]=1')).names).toEqual(active)
    expect((await list('?filter[status]=inactive')).meta).toMatchObject({ total: 8 })
    expect((await list('?filter[type]=long_running&sort=-name')).names).toEqual(['Invoice archive', 'Count the greenhouse'])
    expect((await list('?sort=name&page[size]=3')).names).toEqual(['Count the greenhouse', 'Delivery slots', 'Frost warning'])
    expect((await list('?sort=-createdAt&page[size]=2')).names).toEqual(['Delivery slots', 'Newsletter sign-up'])
    expect((await list('?search=STOCK')).names).toEqual(['Stock report', 'Stock watch'])
    expect((await list('?search=.*(greenhouse)%5B')).names).toEqual(['Count the greenhouse'])
  })

  test.each([
    ['filter[status]=starting', 'Invalid filter[status] parameter'],
    ['filter[status]=stopping', 'Invalid filter[status] parameter'],
    ['filter[status]=constructor', 'Invalid filter[status] parameter'],
    ['filter[type]=quick', 'Invalid filter[type] parameter'],
    ['sort=status', 'Invalid sort parameter']
  ])('refuses %s', async (query, message) => expect(await ask(`/flows?${query}`)).toEqual([400, { errors: [{ message, code: 400 }] }]))
})

describe('refusals', () => {
  test.each([
    ['GET', '/flows', undefined, 401, 'Missing authorization header.'],
    ['GET', `/flows/${ORDERS}`, undefined, 401, 'Missing authorization header.'],
    ['POST', `/flows/${ORDERS}/start`, 'reader', 403, 'MISSING_PERMISSION'],
    ['POST', '/flows/multiple/start', 'operator', 403, 'MISSING_PERMISSION'],
    ['POST', '/flows', 'operator', 403, 'MISSING_PERMISSION'],
    ['DELETE', `/flows/${ORDERS}`, 'operator', 403, 'MISSING_PERMISSION'],
    ['GET', `/flows/${UNKNOWN}`, 'admin', 404, 'No flow found'],
    ['GET', `/flows/${FOREIGN}`, 'operator', 404, 'No flow found'],
    ['POST', `/flows/${UNKNOWN}/start`, 'operator', 404, 'No flow with this ID found'],
    ['POST', `/flows/${FOREIGN}/stop`, 'operator', 404, 'No flow with this ID found'],
    ['POST', '/flows/x/start', 'operator', 400, 'Invalid id']
  ] as const)('%s %s as %s is answered %d %s', async (method, path, as, code, message) => {
    expect(await bench.ask(path, { method, ...(as ? { as } : {}) })).toEqual([code, { errors: [{ message, code }] }])
    expect(bench.newEvents()).toEqual([])
  })

  test('of a header that is none, and of a token that is none', async () => {
    for (const [authorization, message] of [
      ['Basic abc', 'Invalid authorization header.'],
      ['Bearer abc', 'Token invalid.']
    ] as const)
      expect(await bench.ask('/flows', { headers: { authorization } })).toEqual([401, { errors: [{ message, code: 401 }] }])
  })

  test.each(['GET', 'PATCH', 'DELETE'])('%s of a wrong id is answered with a mere text', async (method) =>
    expect(await ask('/flows/x', { method })).toEqual([400, { errors: 'Invalid id' }])
  )
})

describe('several at once', () => {
  test('are started and stopped, each with its own answer', async () => {
    const body = [ORDERS, UNKNOWN, 7]
    for (const [verb, status] of [
      ['start', 'starting'],
      ['stop', 'stopping']
    ] as const)
      expect(await ask(`/flows/multiple/${verb}`, { body })).toEqual([
        200,
        [
          { data: { id: ORDERS, status }, meta: {} },
          { errors: [{ message: 'No flow with this ID found', flowId: UNKNOWN, code: 404 }] },
          { errors: [{ message: 'No flow with this ID found', flowId: 7, code: 404 }] }
        ]
      ])
    expect(bench.newEvents()).toEqual(['flow.starting flow-repository', 'flow.stopping flow-repository'])
  })

  test.each([{}, '{', 'null'])('of %j, no list, are an error of the server', async (body) =>
    expect((await ask('/flows/multiple/start', { body }))[0]).toBe(500)
  )
})

describe('a flow', () => {
  test('is made, changed while it rests, and deleted; each is told', async () => {
    const [status, made] = await ask('/flows', { body: { name: 'Bulbs', graph: GRAPH, cron: '0 6 * * *' } })
    const { data } = made as { readonly data: Flow }
    const at = new Date(bench.clock.now()).toISOString()
    const admin = '5f8d0c2be4a1b2001c3d4e74'
    expect([status, data]).toEqual([
      201,
      {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        name: 'Bulbs',
        description: '',
        graph: { ...GRAPH, edges: [] },
        type: 'ordinary',
        tenant: '5f8d0c2be4a1b2001c3d4e81',
        owners: [{ id: admin, type: 'user' }],
        status: 'inactive',
        cron: '0 6 * * *',
        flowSettings: {},
        createdAt: at,
        updatedAt: at
      }
    ])
    expect(await ask(`/flows/${data.id}`, { method: 'PATCH', body: { name: 'Tulips' } })).toEqual([200, { data: { ...data, name: 'Tulips' }, meta: {} }])
    expect(await ask(`/flows/${data.id}`, { method: 'DELETE' })).toEqual([200, { msg: 'Flow was successfully deleted' }])
    expect((await ask(`/flows/${data.id}`))[0]).toBe(404)
    expect(bench.newEvents()).toEqual(['created', 'modified', 'deleted'].map((did) => `flowrepo.flow.${did} flow-repository`))
    expect(bench.hub.events.at(-1)?.payload).toEqual({ tenant: '5f8d0c2be4a1b2001c3d4e81', user: admin, flowId: data.id })
  })

  test('may not bring its status, nor a cron that is none', async () => {
    const message = (text: string) => ({ errors: [{ message: text, code: 400 }] })
    expect(await ask('/flows', { body: { graph: GRAPH, status: 'active' } })).toEqual([400, message('Status may not be set.')])
    expect(await ask(`/flows/${ORDERS}`, { method: 'PATCH', body: { cron: 'soon' } })).toEqual([400, message('Invalid cron expression.')])
    expect(await ask(`/flows/${ORDERS}`, { method: 'PATCH', body: { status: 'active' } })).toEqual([400, message('Status may not be set.')])
    expect(await ask('/flows', { body: 'no JSON' })).toEqual([400, message('Flow is not an object.')])
  })

  test.each(['PATCH', 'DELETE'])('that does not rest takes no %s', async (method) => {
    const message = 'Flow is not inactive. Current status: active'
    expect(await ask(`/flows/${bench.hub.flows.report}`, { method, body: {} })).toEqual([409, { errors: [{ message, code: 409 }] }])
  })

  test('that others have may not be changed', async () => {
    expect(await bench.ask(`/flows/${ORDERS}`, { as: 'other-shop', method: 'DELETE' })).toEqual([404, { errors: [{ message: 'Flow not found', code: 404 }] }])
  })
})

test('two services say at the same path how they are', async () => {
  expect(await ask('/healthcheck', { headers: { accept: 'application/json' } })).toEqual([
    200,
    { status: 'pass', version: '1.0', details: { mongoDB: { status: 'connected' }, queue: { status: 'connected' } } }
  ])
  expect(await ask('/healthcheck')).toEqual([200, 'OK'])
})
