import { describe, expect, test } from 'vitest'
import { jsonAnswer, openBench, TOKEN } from '../fixtures/bench.js'
import { createFakeHub, errorsAnswer, type FakeHub, hang, refusedConnection } from '../fixtures/fake-hub.js'
import { identityOf } from './introspection.js'

const VISITOR_TOKEN = 'dGhlLXZpc2l0b3Jz-LW93bi10b2tlbg'
const ACCOUNT = { _id: '5f8d0c2be4a1b2001c3d4e73', username: 'operator', tenant: '1', roles: [], permissions: ['flows.read', 'flows.control'] }

async function open(
  over = {}
): Promise<{ readonly hub: FakeHub; readonly bench: Awaited<ReturnType<typeof openBench>>; identify(token?: string): Promise<unknown> }> {
  const hub = createFakeHub()
  hub.always('POST /api/v1/tokens/introspect', async () => jsonAnswer(200, ACCOUNT))
  const bench = await openBench({ visitorToken: 'optional', partner: 'Demo Hub', ...over }, { fetch: hub.fetch })
  return { hub, bench, identify: async (token = VISITOR_TOKEN) => bench.connector.identify?.(token) }
}

describe('a visitor’s own token of the platform', () => {
  test('names the account, its name, its rights as roles, for a quarter of an hour', async () => {
    const { hub, bench, identify } = await open({ operatorRoles: ['gardener', 'florist'] })
    expect(await identify()).toEqual({ subject: ACCOUNT._id, name: 'operator', roles: ['gardener', 'florist'], expiresInS: 900 })
    expect([hub.asked, hub.tokens]).toEqual([['POST /api/v1/tokens/introspect'], [`Bearer ${TOKEN}`]])
    expect(JSON.stringify([bench.port.logged, bench.port.recorded, hub.asked])).not.toContain(VISITOR_TOKEN)
  })

  test.each([
    '',
    'short',
    `${VISITOR_TOKEN} x`,
    `${VISITOR_TOKEN}\n`,
    `${VISITOR_TOKEN}"`,
    '\u0000'.repeat(40),
    'é'.repeat(40),
    'x'.repeat(4_097),
    '../../../../etc/passwd\u202e'
  ])('that looks like none reaches nobody: %j', async (token) => {
    const { hub, identify } = await open()
    expect(await identify(token)).toMatchObject({ code: 'identity.invalid' })
    expect(hub.asked).toEqual([])
  })

  test('that IAM does not know is refused', async () => {
    const { hub, identify } = await open()
    hub.next('POST', async () => jsonAnswer(404, { message: 'INVALID_TOKEN' }))
    expect(await identify()).toEqual({ code: 'identity.invalid', text: 'Demo Hub does not know this token, or it has ended.' })
  })

  test.each<[string, () => Promise<Response>]>([
    ['is away', refusedConnection],
    ['answers 500', async () => errorsAnswer(500, 'oh')],
    ['answers 404 in HTML', async () => new Response('<h1>no</h1>', { status: 404 })],
    ['answers 200 in HTML', async () => new Response('<h1>welcome</h1>')],
    ['answers an account without an id', async () => jsonAnswer(200, { username: 'x', permissions: ['all'] })],
    ['does not take this gateway’s account', async () => jsonAnswer(403, { message: 'MISSING_PERMISSION' })]
  ])('is not said to be wrong by an IAM that %s', async (_name, answer) => {
    const { hub, identify } = await open()
    hub.next('POST', answer)
    await expect(identify()).rejects.toThrow('could not tell whose token it is')
  })

  test('a permission that is missing is named to the operator', async () => {
    const { hub, bench, identify } = await open()
    hub.next('POST', async () => jsonAnswer(403, { message: 'MISSING_PERMISSION' }))
    await expect(identify()).rejects.toThrow()
    expect(bench.port.logged).toMatchObject([{ level: 'error', text: expect.stringContaining('iam.token.introspect') }])
    expect(bench.port.audited).toEqual([{ name: 'platform.refused', fields: { permission: 'iam.token.introspect' } }])
  })

  test('is not waited for longer than postTimeoutMs', async () => {
    const { hub, bench, identify } = await open({ postTimeoutMs: 2_000 })
    hub.next('POST', () => hang(null))
    const asked = expect(identify()).rejects.toThrow('noAnswer')
    await bench.clock.advance(2_000)
    await asked
  })

  test('is asked for where the configuration says so, and only there', async () => {
    const [optional, required, absent] = await Promise.all([open(), open({ visitorToken: 'required' }), open({ visitorToken: null })])
    expect([optional, required, absent].map(({ bench }) => bench.connector.capabilities.identity)).toEqual(['optional', 'required', undefined])
  })
})

describe('an account', () => {
  const rolesOf = (account: object) => identityOf({ _id: 'a', ...account }, ['operator'])?.roles

  test('may control flows by permission, as administrator, or in the context of its tenant', () => {
    const may = [
      { permissions: ['flows.control'] },
      { permissions: ['all'] },
      { permissions: ['tenant.all'] },
      { permissions: [{ name: 'flows.control' }] },
      { isAdmin: true },
      { currentContext: { permissions: ['flows.control'] } }
    ]
    expect(may.map(rolesOf)).toEqual(may.map(() => ['operator']))
    const mayNot = [{}, { permissions: null }, { permissions: ['flows.read', 'FLOWS.CONTROL', 'flows.control.not', 7, null] }, { isAdmin: false }]
    expect(mayNot.map(rolesOf)).toEqual(mayNot.map(() => []))
  })

  test('brings its roles as they are, each once, and no more than a token holds', () => {
    expect(rolesOf({ role: 'ADMIN', roles: ['ADMIN', { name: 'florist' }, { name: 7 }, '', 'x'.repeat(65)] })).toEqual(['operator', 'ADMIN', 'florist'])
    expect(rolesOf({ roles: Array.from({ length: 50 }, (_, index) => `role ${index}`) })).toHaveLength(20)
  })

  test.each([undefined, null, 7, 'x', [], {}, { _id: '' }, { _id: 'a b' }, { _id: 7 }, { _id: 'x'.repeat(129) }, { _id: 'a', permissions: 'all' }])(
    'is none: %j',
    (body) => {
      expect(identityOf(body, ['operator'])).toBeNull()
    }
  )
})
