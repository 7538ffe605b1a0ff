import { createHmac } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from './host.js'
import { createIdentityTokens } from './identity-token.js'
import { openDoors, type OpenDoors } from './testing/open-doors.js'
import { createStubEngine } from './testing/stub-engine.js'

const SECRET = 'the secret of the host, 32 letters or more'
let doors: OpenDoors | null = null
afterEach(async () => {
  await doors?.close()
  doors = null
})

function signed(lifeS: number, secret = SECRET): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256' })}.${part({ sub: 'customer-1', exp: Math.floor(Date.now() / 1000) + lifeS })}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

async function ask(identity: string, takesIdentities = true) {
  doors = await openDoors(createStubEngine(), takesIdentities ? { identities: createIdentityTokens({ secret: SECRET }, systemClock) } : {})
  const answer = await fetch(`${doors.url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', identity }) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, log: JSON.stringify(doors.log.lines) }
}

test('a valid identity is answered as identified, and the token ends with it', async () => {
  const from = performance.now()
  const { status, body, log } = await ask(signed(300))
  expect([status, body.identified]).toEqual([200, true])
  // What the signing and the asking took is gone from the 300, and up to a second by rounding.
  const spent = Math.ceil((performance.now() - from) / 1_000)
  expect(body.expiresInS).toBeLessThanOrEqual(300)
  expect(body.expiresInS).toBeGreaterThanOrEqual(300 - spent - 1)
  expect(log).not.toContain('customer-1')
})

test('an identity that is about to end still gives a token of a minute', async () => {
  expect((await ask(signed(10))).body).toMatchObject({ expiresInS: 60, identified: true })
})

test.each([
  ['signed by somebody else', () => signed(300, 'another secret, 32 letters or more'), true, 401, 'identity.invalid'],
  ['that has ended', () => signed(-30), true, 401, 'identity.expired'],
  ['where none is taken', () => signed(300), false, 403, 'identity.unsupported']
])('an identity %s is refused, never passed over', async (_name, identity, takesIdentities, status, code) => {
  expect(await ask(identity(), takesIdentities)).toMatchObject({ status, body: { error: { code } } })
})
