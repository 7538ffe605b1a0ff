import { describe, expect, test } from 'vitest'
import { begin, FLOWS, jsonAnswer, openBench } from '../fixtures/bench.js'
import { createFakeHub, type FakeHub, hang } from '../fixtures/fake-hub.js'
import hookAccepted from '../fixtures/hook-accepted.json' with { type: 'json' }

const LOGIN = { token: null, username: 'chat', password: 'a password' }
const SESSION = 'session-token-of-the-gateway'

async function open(over: Readonly<Record<string, unknown>>): Promise<{ readonly hub: FakeHub; readonly bench: Awaited<ReturnType<typeof openBench>> }> {
  const hub = createFakeHub()
  hub.always('POST /login', async () => jsonAnswer(200, { token: SESSION, id: '1' }))
  hub.always('POST /logout', async () => jsonAnswer(200, { loggedOut: true }))
  hub.always('POST /hook', async () => jsonAnswer(200, hookAccepted))
  return { hub, bench: await openBench(over, { fetch: hub.fetch }) }
}

describe('the session that the gateway opened', () => {
  test('is ended at the stop where the configuration says so, once', async () => {
    const { hub, bench } = await open({ ...LOGIN, logout: true })
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    await bench.connector.stop()
    await bench.connector.stop()
    expect(hub.asked.filter((one) => one.startsWith('POST /log'))).toEqual(['POST /login', 'POST /logout'])
    expect(hub.tokens.at(-1)).toBe(`Bearer ${SESSION}`)
    expect(bench.port.audited).toEqual([{ name: 'platform.signedIn', fields: { way: 'login' } }])
  })

  test('is left alone otherwise: others may use the same account', async () => {
    const { hub, bench } = await open(LOGIN)
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    await bench.connector.stop()
    expect(hub.count('POST /logout')).toBe(0)
  })

  test('is not ended when none was opened', async () => {
    const { hub, bench } = await open({ ...LOGIN, logout: true })
    await bench.connector.stop()
    expect(hub.asked).toEqual([])
  })

  test('does not hold up the stop', async () => {
    const { hub, bench } = await open({ ...LOGIN, logout: true })
    await begin(bench, 'run-flow', { flow: FLOWS.report })
    hub.always('POST /logout', () => hang(null))
    const stopped = bench.connector.stop()
    await bench.clock.advance(2_000)
    await stopped
    expect(bench.port.logged.at(-1)).toMatchObject({ level: 'warn', text: expect.stringContaining('could not log out') })
  })
})

test('a password that is refused is on record once, and again when it had been taken in between', async () => {
  const { hub, bench } = await open(LOGIN)
  const refuse = async () => jsonAnswer(401, { message: 'PASSWORD_INCORRECT' })
  const refused = { name: 'platform.refused', fields: { way: 'login' } }
  hub.always('POST /login', refuse)
  hub.always('GET /api/v1/tokens/refresh', refuse)
  for (let time = 0; time < 3; time++) await begin(bench, 'run-flow', { flow: FLOWS.report })
  expect(bench.port.audited).toEqual([refused])
  expect(bench.port.logged.filter(({ text }) => text === 'platform token could not be renewed')).toHaveLength(1)
  hub.next('POST /login', async () => jsonAnswer(200, { token: SESSION, id: '1' }))
  await begin(bench, 'run-flow', { flow: FLOWS.report })
  hub.next('POST /hook', async () => jsonAnswer(403, { error: 'Unauthorized' }))
  await begin(bench, 'run-flow', { flow: FLOWS.report })
  expect(bench.port.audited).toEqual([refused, { name: 'platform.signedIn', fields: { way: 'login' } }, refused])
  expect(JSON.stringify(bench.port.logged)).not.toContain('a password')
})

test('an audit that cannot be written is reported, and stops nothing', async () => {
  const { bench } = await open(LOGIN)
  const port = bench.port as { audit: typeof bench.port.audit }
  port.audit = () => Promise.reject(new Error('disk full'))
  await begin(bench, 'run-flow', { flow: FLOWS.report })
  expect(bench.port.recorded.map(({ did }) => did)).toEqual(['sent', 'accept'])
  expect(bench.port.logged).toMatchObject([{ level: 'error', fields: { audit: 'platform.signedIn', reason: 'disk full' } }, { level: 'debug' }])
})
