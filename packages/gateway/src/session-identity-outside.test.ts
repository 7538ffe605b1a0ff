import type { ConnectorIdentity } from '@parley/engine'
import type { WireError } from '@parley/protocol'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from './host.js'
import { createIdentityTokens } from './identity-token.js'
import { openDoors, type OpenDoors } from './testing/open-doors.js'
import { createStubEngine, VISITOR } from './testing/stub-engine.js'

const TOKEN = 'opaque-token-of-the-outside-system'
let doors: OpenDoors | null = null
afterEach(async () => {
  await doors?.close()
  doors = null
})

type Named = (ConnectorIdentity & { readonly namedBy: 'connector' }) | WireError | null
const ANNA: Named = { subject: 'anna', name: 'Anna', roles: ['admin', 'user'], expiresInS: 300, namedBy: 'connector' }

async function ask(named: Named, body: object = { identity: TOKEN }) {
  const engine = createStubEngine({ identify: async () => named })
  const identities = createIdentityTokens({ secret: 'the secret of the host, 32 letters or more' }, systemClock)
  doors = await openDoors(engine, { identities })
  const answer = await fetch(`${doors.url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', ...body }) })
  const json = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, body: json, asked: engine.identified, entered: engine.entered, log: JSON.stringify(doors.log.lines) }
}

test('whom the outside names comes in as such, with a token that carries the roles and ends with the identity', async () => {
  const { status, body, asked, entered, log } = await ask(ANNA)
  expect([status, asked, entered]).toEqual([200, [['support', TOKEN]], [['support', { visitorKey: null, person: ANNA }]]])
  expect(body).toEqual({ token: expect.any(String), expiresInS: 300, conversation: expect.any(String), identified: true })
  const who = await doors?.tokens.authenticate(String(body['token']))
  expect(who).toEqual({ visitor: VISITOR, inbox: 'support', roles: ['admin', 'user'], expiresInS: expect.any(Number) })
  expect(log).not.toContain(TOKEN)
})

test('whom the outside refuses does not come in, also not by the host’s word', async () => {
  const { status, body, entered, log } = await ask({ code: 'identity.invalid', text: 'Not known there.' })
  expect([status, body, entered]).toEqual([401, { error: { code: 'identity.invalid', text: 'Not known there.' } }, []])
  expect(log).not.toContain(TOKEN)
})

test('an outside that cannot be asked now is 503 with a wait, which clients take as a reason to try again', async () => {
  const { status, body } = await ask({ code: 'gateway.unavailable', text: 'It cannot be checked now who you are.', retryInMs: 1_000 })
  expect([status, body]).toEqual([503, { error: { code: 'gateway.unavailable', text: 'It cannot be checked now who you are.', retryInMs: 1_000 } }])
})

test('where the outside names nobody, the token is the host’s business', async () => {
  expect(await ask(null)).toMatchObject({ status: 401, body: { error: { code: 'identity.invalid' } }, asked: [['support', TOKEN]], entered: [] })
})

test('without a token nobody is asked, and where one is required that is 401', async () => {
  expect(await ask(ANNA, {})).toMatchObject({ status: 200, asked: [], entered: [['support', { visitorKey: null, person: null }]] })
  await doors?.close()
  doors = await openDoors(createStubEngine({ enter: async () => ({ code: 'identity.required', text: 'Sign in to use this chat.' }) }))
  const answer = await fetch(`${doors.url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support' }) })
  expect([answer.status, await answer.json()]).toEqual([401, { error: { code: 'identity.required', text: 'Sign in to use this chat.' } }])
})
