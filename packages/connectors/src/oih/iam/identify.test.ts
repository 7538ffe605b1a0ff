import { readPerson } from '@parley/engine'
import { describe, expect, test } from 'vitest'
import { jsonAnswer, openBench, TOKEN } from '../fixtures/bench.js'
import { createFakeHub, errorsAnswer, type FakeHub, hang, refusedConnection } from '../fixtures/fake-hub.js'
import { identityOf, readAccount } from './introspection.js'

const VISITOR_TOKEN = 'dGhlLXZpc2l0b3Jz-LW93bi10b2tlbg'
const TENANT = '5f8d0c2be4a1b2001c3d4e81'
const ACCOUNT = { _id: '5f8d0c2be4a1b2001c3d4e73', username: 'operator', tenant: TENANT, roles: [], permissions: ['flows.read', 'flows.control'] }
/** The gateway's own. */
const OWN = { _id: '5f8d0c2be4a1b2001c3d4e71', username: 'chat-gateway', tenant: TENANT, permissions: ['flows.control', 'iam.token.introspect'] }
const INTROSPECT = 'POST /api/v1/tokens/introspect'

type Opened = {
  readonly hub: FakeHub
  readonly bench: Awaited<ReturnType<typeof openBench>>
  /** What IAM says of the gateway's own token, and of any other. */
  readonly iam: { own: () => Response | Promise<Response>; visitor: () => Response | Promise<Response> }
  identify(token?: string): Promise<unknown>
}

async function open(over = {}): Promise<Opened> {
  const hub = createFakeHub()
  const iam: Opened['iam'] = { own: () => jsonAnswer(200, OWN), visitor: () => jsonAnswer(200, ACCOUNT) }
  hub.always(INTROSPECT, (body) => ((JSON.parse(body) as { token: string }).token === VISITOR_TOKEN ? iam.visitor() : iam.own()))
  const bench = await openBench({ visitorToken: 'optional', partner: 'Demo Hub', ...over }, { fetch: hub.fetch })
  return { hub, bench, iam, identify: async (token = VISITOR_TOKEN) => bench.connector.identify?.(token) }
}

describe('a visitor’s own token of the platform', () => {
  test('names the account, its name, its rights as roles, for a quarter of an hour', async () => {
    const { hub, bench, identify } = await open({ operatorRoles: ['gardener', 'florist'] })
    expect(await identify()).toEqual({ subject: ACCOUNT._id, name: 'operator', roles: ['gardener', 'florist'], expiresInS: 900 })
    expect([hub.asked, hub.tokens]).toEqual([
      [INTROSPECT, INTROSPECT],
      [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]
    ])
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

  test('a permission that is missing is named to the operator once, and again when it had been there in between', async () => {
    const { bench, iam, identify } = await open()
    const { visitor } = iam
    const refusals = async () => {
      iam.visitor = () => jsonAnswer(403, { message: 'MISSING_PERMISSION' })
      for (let time = 0; time < 3; time++) await expect(identify()).rejects.toThrow('status 403')
    }
    const refused = { name: 'platform.refused', fields: { permission: 'iam.token.introspect' } }
    await refusals()
    expect(bench.port.logged).toMatchObject([{ level: 'error', text: expect.stringContaining('iam.token.introspect') }])
    expect(bench.port.audited).toEqual([refused])
    iam.visitor = visitor
    await identify()
    await refusals()
    expect(bench.port.audited).toEqual([refused, refused])
    expect(bench.port.logged).toHaveLength(2)
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

describe('the tenant of the gateway’s own account', () => {
  const nameless = { subject: ACCOUNT._id, name: 'operator', roles: [], expiresInS: 900 }

  test.each([
    { ...ACCOUNT, tenant: '5f8d0c2be4a1b2001c3d4e82' },
    { ...ACCOUNT, tenant: '5f8d0c2be4a1b2001c3d4e82', isAdmin: true, role: 'ADMIN', roles: ['operator'], permissions: ['all', 'tenant.all'] },
    { ...ACCOUNT, tenant: undefined },
    { ...ACCOUNT, tenant: null },
    { ...ACCOUNT, tenant: [TENANT] }
  ])('is the only one whose people have roles here: %j has none', async (account) => {
    const { bench, iam, identify } = await open()
    iam.visitor = () => jsonAnswer(200, account)
    expect(await identify()).toEqual(nameless)
    expect(bench.port.logged).toEqual([])
  })

  test('is asked for once, and again after the gateway’s token was renewed', async () => {
    const { hub, iam, identify } = await open()
    for (let time = 0; time < 3; time++) await identify()
    expect(hub.count(INTROSPECT)).toBe(4)
    hub.next(INTROSPECT, async () => errorsAnswer(401, 'Token invalid'))
    iam.own = () => jsonAnswer(200, { ...OWN, tenant: 'another' })
    expect(await identify()).toEqual(nameless)
    expect(hub.asked.slice(4)).toEqual([INTROSPECT, 'GET /api/v1/tokens/refresh', INTROSPECT, INTROSPECT])
  })

  test.each<[string, () => Response | Promise<Response>]>([
    ['cannot be asked for', refusedConnection],
    ['is answered in HTML', () => new Response('<h1>welcome</h1>')],
    ['is not told to it', () => jsonAnswer(403, { message: 'MISSING_PERMISSION' })],
    ['is that of nobody', () => jsonAnswer(404, { message: 'INVALID_TOKEN' })]
  ])('that %s gives nobody a role, says so once, and is asked for again within a minute', async (_name, answer) => {
    const { bench, iam, identify } = await open()
    iam.own = answer
    const warnings = () => bench.port.logged.filter(({ level }) => level === 'warn')
    for (let time = 0; time < 3; time++) expect(await identify()).toEqual({ ...nameless, expiresInS: 60 })
    expect(warnings()).toMatchObject([{ text: expect.stringContaining('cannot be told now: tokens of Demo Hub bring no roles') }])
    iam.own = () => jsonAnswer(200, OWN)
    expect(await identify()).toEqual({ ...nameless, roles: ['operator'] })
    expect(warnings()).toHaveLength(1)
    expect(bench.port.audited.length).toBeLessThanOrEqual(1)
    expect(JSON.stringify(bench.port.logged)).not.toContain(TOKEN)
  })

  test.each([undefined, null, '', ' ', 7])('that is none (%j) is not shared by those who have none either', async (tenant) => {
    const { bench, iam, identify } = await open()
    iam.own = () => jsonAnswer(200, { ...OWN, tenant })
    iam.visitor = () => jsonAnswer(200, { ...ACCOUNT, tenant, isAdmin: true })
    for (let time = 0; time < 2; time++) expect(await identify()).toEqual(nameless)
    expect(bench.port.logged).toMatchObject([{ level: 'warn', text: expect.stringContaining('is missing') }])
  })
})

describe('an account', () => {
  const identityFrom = (body: object, operatorRoles = ['operator']) => {
    const account = readAccount({ _id: 'a', tenant: TENANT, ...body })
    return account && identityOf(account, TENANT, operatorRoles)
  }
  const rolesOf = (body: object) => identityFrom(body)?.roles

  test('may control flows by permission, as administrator, or in the context of its tenant', () => {
    const may = [
      { permissions: ['flows.control'] },
      { permissions: ['all'] },
      { permissions: ['tenant.all'] },
      { permissions: [{ name: 'flows.control' }] },
      { isAdmin: true },
      { currentContext: { permissions: ['flows.control'] } },
      { currentContext: { tenant: TENANT, permissions: ['flows.control'] } }
    ]
    expect(may.map(rolesOf)).toEqual(may.map(() => ['operator']))
    const mayNot = [
      {},
      { permissions: null },
      { permissions: ['flows.read', 'FLOWS.CONTROL', 'flows.control.not', 7, null] },
      { isAdmin: false },
      { currentContext: { tenant: 'another', permissions: ['all'] } }
    ]
    expect(mayNot.map(rolesOf)).toEqual(mayNot.map(() => []))
  })

  test('brings its roles as they are, each once, and no more than a token holds', () => {
    expect(rolesOf({ role: 'ADMIN', roles: ['ADMIN', { name: 'florist' }, { name: 7 }, '', 'x'.repeat(65)] })).toEqual(['operator', 'ADMIN', 'florist'])
    expect(rolesOf({ roles: Array.from({ length: 50 }, (_, index) => `role ${index}`) })).toHaveLength(20)
  })

  test.each([
    { roles: ['', ' ', '\t\n', 'half \ud83d', '\udc00', 'x'.repeat(65), { name: ' ' }, 'florist'] },
    { role: '\ud800', roles: ['florist'] },
    { roles: Array.from({ length: 30 }, (_, index) => `${'花'.repeat(60)}${index}`) },
    { roles: Array.from({ length: 30 }, (_, index) => `${'"'.repeat(60)}${index}`) }
  ])('is somebody whom the engine takes, without the roles that it would not: %j', (body) => {
    const identity = identityFrom(body)
    if (!identity) throw new Error('nobody')
    expect(readPerson({ ...identity })?.roles).toEqual(identity.roles)
    expect(identity.roles.length).toBeGreaterThan(0)
  })

  test('has operator roles that the engine takes, whatever the configuration calls them', () => {
    const identity = identityFrom({ isAdmin: true, roles: ['florist'] }, [' ', 'gardener'])
    expect(identity?.roles).toEqual(['gardener', 'florist'])
  })

  test.each([undefined, null, 7, 'x', [], {}, { _id: '' }, { _id: 'a b' }, { _id: 7 }, { _id: 'x'.repeat(129) }, { _id: 'a', permissions: 'all' }])(
    'is none: %j',
    (body) => {
      expect(readAccount(body)).toBeNull()
    }
  )
})
