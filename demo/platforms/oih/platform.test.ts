import { afterEach, describe, expect, test } from 'vitest'
import { AUTH_CLIENT, type OihPlatform, type OihPlatformOptions, type PlatformClock, startOihPlatform } from './index.js'

/** Every timer falls due at once; how long it should have been is kept. */
function hurriedClock() {
  const waits: number[] = []
  const clock: PlatformClock = {
    now: () => Date.UTC(2030, 5, 1),
    setTimer(ms, run) {
      waits.push(ms)
      const timer = setImmediate(run)
      return () => clearImmediate(timer)
    }
  }
  return { clock, waits }
}

let hub: OihPlatform
afterEach(() => hub.stop())

const open = async (options: OihPlatformOptions = {}): Promise<OihPlatform> => (hub = await startOihPlatform({ clock: hurriedClock().clock, ...options }))
const json = { 'content-type': 'application/json' }
const answerOf = async (path: string, init: RequestInit = {}): Promise<readonly [number, unknown]> => {
  const response = await fetch(`${hub.url}${path}`, { redirect: 'manual', ...init })
  const text = await response.text()
  return [response.status, response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text]
}
const bearer = (): Record<string, string> => ({ authorization: `Bearer ${hub.token}` })

describe('webhooks', () => {
  test('take a POST and give the request id back', async () => {
    await open()
    const init = { method: 'POST', headers: { ...json, 'x-request-id': 'mine' }, body: '{}' }
    expect(await answerOf(`/hook/${hub.flows.signIn}`, init)).toEqual([200, { data: { requestId: 'mine', message: 'thank you' } }])
    expect(await answerOf(`/hook/${hub.flows.signIn}/suffix`, { ...init, headers: json })).toEqual([
      200,
      { data: { requestId: expect.stringMatching(/^[0-9a-f]{32}$/), message: 'thank you' } }
    ])
  })

  test('answer 404 for an unknown flow, after one second', async () => {
    const { clock, waits } = hurriedClock()
    await open({ clock })
    expect(await answerOf('/hook/58b41f5da9ee9d0018194bf3', { method: 'POST', headers: json, body: '{}' })).toEqual([
      404,
      { error: 'Flow 58b41f5da9ee9d0018194bf3 either does not exist or is inactive.' }
    ])
    expect(waits).toEqual([1000])
  })

  test('have the oddities of the original', async () => {
    await open({ payloadLimitBytes: 100 })
    const hook = `/hook/${hub.flows.signIn}`
    const post = (body: string, headers: Record<string, string> = json) => answerOf(hook, { method: 'POST', headers, body: new TextEncoder().encode(body) })
    expect(await post('{}', {})).toEqual([415, { error: 'Content-Type header is missing' }])
    expect(await post('{')).toEqual([400, { error: expect.stringContaining('JSON') }])
    expect(await post(`"${'x'.repeat(100)}"`)).toEqual([413, { error: 'request entity too large' }])
    expect(await post('{}', { ...json, origin: 'https://elsewhere.example' })).toEqual([500, { error: 'Not allowed by CORS' }])
    expect(await answerOf(hook, { method: 'PUT' })).toEqual([500, { error: 'next is not a function' }])
    expect(await answerOf(hook, { method: 'HEAD' })).toEqual([200, ''])
    expect(await answerOf('/hook/58b41f5da9ee9d0018194bf3', { method: 'HEAD' })).toEqual([404, ''])
    expect(await answerOf('/healthcheck')).toEqual([200, 'OK'])
  })

  test('want a token for a flow that asks for one, but not for GET', async () => {
    await open()
    const hook = `/hook/${hub.flows.report}`
    expect(await answerOf(hook, { method: 'POST', headers: json, body: '{}' })).toEqual([403, { error: 'Unauthorized' }])
    expect(await answerOf(hook, { method: 'POST', headers: { ...json, ...bearer() }, body: '{}' })).toMatchObject([200, {}])
    expect(
      await answerOf(hook, { method: 'POST', headers: { ...json, authorization: `Basic ${btoa(`${hub.login.username}:${hub.login.password}`)}` }, body: '{}' })
    ).toMatchObject([200, {}])
    expect(await answerOf(`${hook}?p=1&p=2&q[x]=3`)).toMatchObject([200, {}])
  })
})

describe('the flow repository', () => {
  test('wants a token, and permission', async () => {
    await open()
    expect(await answerOf('/flows')).toEqual([401, { errors: [{ message: 'Missing authorization header.', code: 401 }] }])
    expect(await answerOf('/flows', { headers: { authorization: 'Bearer x' } })).toMatchObject([401, { errors: [{ message: 'Token invalid.' }] }])
    const [, login] = await answerOf('/login', { method: 'POST', headers: json, body: JSON.stringify({ username: 'reader', password: 'reader-password' }) })
    const { token } = login as { token: string }
    expect(await answerOf(`/flows/${hub.flows.report}/start`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).toMatchObject([
      403,
      { errors: [{ message: 'MISSING_PERMISSION' }] }
    ])
  })
})

describe('IAM', () => {
  test('gives the same token twice, tells a guesser what is wrong, and prolongs by use', async () => {
    let now = 0
    await open({ clock: { now: () => now, setTimer: () => () => {} } })
    const login = (body: object) => answerOf('/login', { method: 'POST', headers: json, body: JSON.stringify(body) })
    const refresh = () => answerOf('/api/v1/tokens/refresh', { headers: bearer() })
    expect(await login(hub.login)).toEqual([200, { token: hub.token, id: expect.any(String) }])
    expect(await login({ ...hub.login, password: 'x' })).toEqual([401, { message: 'PASSWORD_INCORRECT' }])
    expect(await login({ username: 'x' })).toEqual([401, { message: 'USER_NOT_FOUND' }])
    now += 2.9 * 3_600_000
    expect(await refresh()).toEqual([200, { token: hub.token }])
    now += 2.9 * 3_600_000
    expect(
      await answerOf('/api/v1/tokens/introspect', { method: 'POST', headers: { ...json, ...bearer() }, body: JSON.stringify({ token: hub.token }) })
    ).toMatchObject([200, { username: 'chat-gateway' }])
    now += 3 * 3_600_000
    expect(await refresh()).toEqual([401, { message: 'SESSION_EXPIRED' }])
  })
})

describe('the secret service', () => {
  const start = async (successUrl: string): Promise<URL> => {
    const init = { method: 'POST', headers: { ...json, ...bearer() }, body: JSON.stringify({ data: { scope: 'User.Read', secretName: 's', successUrl } }) }
    const [, answer] = await answerOf(`/api/v1/auth-clients/${AUTH_CLIENT}/start-flow`, init)
    return new URL((answer as { data: { authUrl: string } }).data.authUrl)
  }
  const decide = (url: URL, decision: string) =>
    fetch(`${hub.url}/provider/authorize`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ state: url.searchParams.get('state') ?? '', account: 'demo-1', decision })
    })

  test('leads through the consent page back to the successUrl with a secret, once', async () => {
    await open()
    const authUrl = await start('http://chat.example/back?x=1')
    const page = await answerOf(authUrl.pathname + authUrl.search)
    expect(page).toMatchObject([200, expect.stringContaining('<button name="decision" value="approve">Approve</button>')])
    const back = (await decide(authUrl, 'approve')).headers.get('location') ?? ''
    const finished = await fetch(back, { redirect: 'manual' })
    expect([finished.status, finished.headers.get('location')]).toEqual([
      302,
      expect.stringMatching(/^http:\/\/chat\.example\/back\?x=1&secretId=[0-9a-f]{24}$/)
    ])
    expect((await fetch(back, { redirect: 'manual' })).status).toBe(400)
  })

  test('tells nobody of a refused consent', async () => {
    await open()
    const back = (await decide(await start('http://chat.example/back'), 'refuse')).headers.get('location') ?? ''
    const finished = await fetch(back, { redirect: 'manual' })
    expect([finished.status, await finished.json()]).toEqual([400, { message: 'Auth flow could not be finished' }])
  })

  test('starts nothing without a token', async () => {
    await open()
    expect(await answerOf(`/api/v1/auth-clients/${AUTH_CLIENT}/start-flow`, { method: 'POST', headers: json, body: '{}' })).toEqual([
      401,
      { message: 'INVALID_TOKEN' }
    ])
  })
})

test('the picture is a PNG of the size it says', async () => {
  await open()
  const response = await fetch(`${hub.url}/pictures/stock.png`)
  const bytes = Buffer.from(await response.arrayBuffer())
  expect(response.headers.get('content-type')).toBe('image/png')
  expect([bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.subarray(-8, -4).toString()]).toEqual([
    'PNG',
    480,
    240,
    'IEND'
  ])
})
