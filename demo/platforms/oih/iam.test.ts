import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, openBench } from './testing.js'

let bench: Bench
beforeEach(async () => void (bench = await openBench()))
afterEach(() => bench.hub.stop())

const login = (username: string, password: string) => bench.ask('/login', { body: { username, password } })
const introspect = (token: string, as = 'chat-gateway') => bench.ask('/api/v1/tokens/introspect', { as, body: { token } })

test('signing in says what is wrong, and is told to the bus', async () => {
  expect(await login('operator', 'operator-password')).toEqual([200, { token: bench.hub.tokenOf('operator'), id: '5f8d0c2be4a1b2001c3d4e73' }])
  expect(await login('operator', 'x')).toEqual([401, { message: 'PASSWORD_INCORRECT' }])
  expect(await login('nobody', 'x')).toEqual([401, { message: 'USER_NOT_FOUND' }])
  expect(await login('former', 'former-password')).toEqual([401, { message: 'ENTITY_DISABLED' }])
  expect(bench.hub.events.map(({ headers, payload }) => [headers.name, payload])).toEqual(
    ['operator', 'nobody', 'former'].map((user) => ['iam.user.loginFailed', { user }])
  )
})

test('a token tells whose it is to whom may ask, and never a password', async () => {
  const operator = {
    _id: '5f8d0c2be4a1b2001c3d4e73',
    username: 'operator',
    tenant: '5f8d0c2be4a1b2001c3d4e81',
    roles: [],
    permissions: ['flows.read', 'flows.control'],
    isAdmin: false
  }
  expect(await introspect(bench.hub.tokenOf('operator'))).toEqual([200, operator])
  expect(await introspect(bench.hub.tokenOf('admin'))).toMatchObject([200, { isAdmin: true, permissions: ['all'] }])
  expect(await introspect('x')).toEqual([404, { message: 'INVALID_TOKEN' }])
  expect(await introspect('x', 'operator')).toEqual([403, { message: 'MISSING_PERMISSION' }])
  expect(await bench.ask('/api/v1/tokens/introspect', { body: { token: 'x' } })).toEqual([401, { message: 'INVALID_TOKEN' }])
})

test('a token lives three hours from its last use, and no longer than somebody wants', async () => {
  const { token } = bench.hub
  const ask = () => bench.ask('/flows?page[size]=1', { headers: { authorization: `Bearer ${token}` } })
  await bench.clock.advance(2.9 * 3_600_000)
  expect((await ask())[0]).toBe(200)
  await bench.clock.advance(2.9 * 3_600_000)
  expect((await ask())[0]).toBe(200)
  await bench.clock.advance(3 * 3_600_000)
  expect(await ask()).toEqual([401, { errors: [{ message: 'Token invalid.', code: 401 }] }])
  const next = bench.hub.tokenOf('chat-gateway')
  expect(next).not.toBe(token)
  bench.hub.expireTokens()
  expect(await bench.ask('/api/v1/tokens/refresh', { headers: { authorization: `Bearer ${next}` } })).toEqual([401, { message: 'SESSION_EXPIRED' }])
})

test('a token that was made to last lasts, for what its account may do', async () => {
  const headers = { authorization: `Bearer ${bench.hub.auditToken}` }
  const body = { headers: { name: 'a.b', serviceName: 'parley', createdAt: 1 }, payload: {} }
  for (let day = 0; day < 2; day++) {
    expect((await bench.ask('/logs', { body, headers }))[0]).toBe(201)
    await bench.clock.advance(24 * 3_600_000)
  }
  expect((await bench.ask('/logs', { headers }))[0]).toBe(403)
})

test('one logout ends every session of the account, and no other’s', async () => {
  const operators = bench.hub.tokenOf('operator')
  const readers = bench.hub.tokenOf('reader')
  expect(await bench.ask('/logout', { method: 'POST', as: 'operator' })).toEqual([200, { loggedOut: true }])
  expect((await introspect(operators))[0]).toBe(404)
  expect((await introspect(readers))[0]).toBe(200)
})

test('a token of a name that is unknown is a mistake of the test', () => {
  expect(() => bench.hub.tokenOf('nobody')).toThrow(
    'There is no account nobody; there are chat-gateway, reader, operator, admin, other-shop, audit-writer, former.'
  )
})
