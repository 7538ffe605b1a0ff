import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Line, openLine } from './connector-bench.js'

/** The `oih` connector and the demo hub: running flows, callbacks, accounts. */

let line: Line
afterEach(() => line.stop())
const open = async (...given: Parameters<typeof openLine>): Promise<Line> => (line = await openLine(...given))
const start = (...given: Parameters<Line['start']>) => line.start(...given)
const ended = (run: string) => line.ended(run)
const of = (run: string) => line.of(run)
const hooksAsked = (): readonly string[] => line.hub.requests.filter(({ path }) => path.startsWith('/hook')).map(({ method, path }) => `${method} ${path}`)

/** A visitor's browser: cookies by host, redirects followed one by one, forms pressed. */
function createBrowser() {
  const cookies: string[] = []
  async function go(url: string, init: RequestInit = {}): Promise<{ readonly url: string; readonly status: number; readonly body: string }> {
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie: cookies.join('; ') } })
    cookies.push(...response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? ''))
    const location = response.headers.get('location')
    return location ? go(new URL(location, url).href) : { url, status: response.status, body: await response.text() }
  }
  return {
    go,
    press(page: { readonly url: string; readonly body: string }, more: Readonly<Record<string, string>> = {}) {
      const hidden = [...page.body.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value])
      const [, action = ''] = /<form method="post" action="([^"]*)"/.exec(page.body) ?? []
      return go(new URL(action, page.url).href, { method: 'POST', body: new URLSearchParams([...hidden, ...Object.entries(more)]) })
    }
  }
}

async function signIn(visitor: string, account: string): Promise<string> {
  const run = await start('auth', {}, visitor)
  await line.port.until(() => of(run).some(({ did }) => did === 'link'))
  const card = of(run).find((one) => one.did === 'link')
  const browser = createBrowser()
  const consent = await browser.press(await browser.go(card?.did === 'link' ? card.url : ''))
  expect(consent.body).toContain('Demo provider')
  const done = await browser.press(consent, { account, decision: 'approve' })
  expect(done).toMatchObject({ status: 200, body: expect.stringContaining('Your account is connected') })
  return run
}

describe('the report', () => {
  test('is taken at once, tells how far it is, and brings a table, a link and a picture: one POST, each step once', async () => {
    const { hub, port } = await open()
    hub.faults.callbackTimes = 2
    const run = await start('run-flow', { flow: hub.flows.report, params: ['pot'] })
    await vi.waitFor(() => expect(hub.callbacks.map(({ status }) => status)).toEqual([...Array<number>(9).fill(200), 404]))
    expect(of(run)).toEqual([
      { did: 'sent', run },
      { did: 'accept', run },
      ...['Asking the warehouse', 'Counting shelves', 'Comparing with orders', 'Drawing the chart'].map((text, index) => ({
        did: 'progress',
        run,
        step: String(index + 1),
        text,
        fraction: (index + 1) / 5
      })),
      {
        did: 'finish',
        run,
        parts: [
          {
            kind: 'data',
            value: {
              title: 'Stock report',
              rows: [{ item: 'Terracotta pot', shelf: 'C-12', inStock: 260, reserved: 48, reorderAt: 120 }],
              picture: `${hub.url}/pictures/stock.png`,
              link: { url: `${hub.url}/reports/stock`, title: 'Open the full report' }
            }
          }
        ]
      }
    ])
    expect(hooksAsked()).toEqual([`POST /hook/${hub.flows.report}`])
    expect(hub.requests[0]?.headers['x-request-id']).toBe(run)
    expect(JSON.stringify([port.recorded, port.logged])).not.toContain(hub.token)
    for (const { url } of hub.callbacks) expect(url).not.toContain(port.run.replyToken(run))
  })

  test('two visitors’ runs do not mix', async () => {
    const { hub } = await open()
    const runs = [
      await start('run-flow', { flow: hub.flows.report, params: ['pot'] }, 'visitor-one'),
      await start('run-flow', { flow: hub.flows.report, params: ['sieve'] }, 'visitor-two')
    ]
    await Promise.all(runs.map(ended))
    const items = runs.map((run) => JSON.stringify(of(run).at(-1)).match(/"item":"[^"]*"/g))
    expect(items).toEqual([['"item":"Terracotta pot"'], ['"item":"Garden sieve"']])
  })

  test('that fails says so in the flow’s own words', async () => {
    const { hub } = await open()
    hub.faults.reportError = 'The warehouse does not answer.'
    const run = await start('run-flow', { flow: hub.flows.report })
    await ended(run)
    expect(of(run).at(-1)).toEqual({ did: 'fail', run, reason: 'failed', text: `The warehouse does not answer. (Run ${run}.)` })
  })

  test('whose connection breaks after it was taken is posted once, and its result still comes, late', async () => {
    const { hub } = await open()
    hub.faults.nextHook({ kind: 'reset', afterTaking: true })
    const run = await start('run-flow', { flow: hub.flows.report, params: ['pot'] })
    expect(of(run)).toMatchObject([{ did: 'sent' }, { did: 'fail', reason: 'unknownOutcome', again: true }])
    await line.port.until(() => of(run).some(({ did }) => did === 'finish'))
    expect(of(run).slice(2)).toMatchObject([{ did: 'finish', late: true }])
    expect(hooksAsked()).toHaveLength(1)
  })

  test('a hub that hangs is left after the time there is', async () => {
    const { hub } = await open({ postTimeoutMs: 1_000 })
    hub.faults.nextHook({ kind: 'hang' })
    const run = await start('run-flow', { flow: hub.flows.report })
    expect(of(run)).toMatchObject([{ did: 'sent' }, { did: 'fail', reason: 'unknownOutcome' }])
  })

  test('a page of something in between is no answer', async () => {
    const { hub } = await open()
    hub.faults.nextHook({ kind: 'html', status: 502 })
    const run = await start('run-flow', { flow: hub.flows.report })
    expect(of(run)).toMatchObject([{ did: 'sent' }, { did: 'fail', reason: 'unknownOutcome', text: expect.stringContaining('(502)') }])
  })
})

describe('what the hub refuses', () => {
  test('an unknown flow, after its second of silence', async () => {
    await open()
    const run = await start('run-flow', { flow: '58b41f5da9ee9d0018194bf3' })
    expect(of(run)).toMatchObject([{ did: 'sent' }, { did: 'fail', reason: 'refused', text: expect.stringContaining(`run ${run}`) }])
  })

  test('a body that is too large', async () => {
    const { hub } = await open({}, { payloadLimitBytes: 50 })
    const run = await start('run-flow', { flow: hub.flows.report })
    expect(of(run).at(-1)).toMatchObject({ did: 'fail', reason: 'refused', text: expect.stringContaining('too much') })
  })

  test('an ended token: with user name and password another one is fetched, and the flow runs', async () => {
    const { hub } = await open({ token: undefined, username: 'chat-gateway', password: 'chat-gateway-password' })
    await start('run-flow', { flow: hub.flows.report })
    hub.expireTokens()
    const run = await start('run-flow', { flow: hub.flows.report })
    expect(of(run).slice(0, 2)).toEqual([
      { did: 'sent', run },
      { did: 'accept', run }
    ])
    expect(hooksAsked()).toHaveLength(3)
    await ended(run)
  })

  test('an ended token that cannot be renewed', async () => {
    const { hub } = await open()
    hub.expireTokens()
    const run = await start('run-flow', { flow: hub.flows.report })
    expect(of(run).at(-1)).toMatchObject({ did: 'fail', reason: 'refused', text: expect.stringContaining('does not allow') })
    expect(hooksAsked()).toHaveLength(1)
  })

  test.each(['../flows/1', '5f8d0c2be4a1b2001c3d4e53/../../flows', '5f8d0c2be4a1b2001c3d4e53%2f..'])('%j does not even reach it', async (flow) => {
    const { hub } = await open()
    await start('run-flow', { flow })
    expect(hub.requests).toEqual([])
  })
})

describe('accounts', () => {
  test('/auth through consent, then /me: each visitor sees the profile they signed in with', async () => {
    const { hub, port } = await open()
    const auth = await signIn('visitor-one', 'demo-1')
    await signIn('visitor-two', 'demo-2')
    expect(of(auth).map(({ did }) => did)).toEqual(['sent', 'accept', 'link', 'finish'])
    const runs = [await start('me', {}, 'visitor-one'), await start('me', {}, 'visitor-two')]
    await Promise.all(runs.map(ended))
    expect(runs.map((run) => of(run).at(-1))).toMatchObject([
      { did: 'finish', parts: [{ kind: 'data', value: { displayName: 'First demo account' } }] },
      { did: 'finish', parts: [{ kind: 'data', value: { displayName: 'Second demo account' } }] }
    ])
    const seen = JSON.stringify([port.recorded, port.logged])
    for (const { path } of hub.requests.filter((request) => request.path.startsWith('/api/v1/secrets/')))
      expect(seen).not.toContain(/secrets\/(\w+)/.exec(path)?.[1])
    expect(seen).not.toContain(hub.token)
  })

  test('/me after the hub forgot the secret disconnects, and says how to connect again', async () => {
    const { hub } = await open()
    await signIn('visitor-one', 'demo-1')
    hub.forgetSecrets()
    const run = await start('me')
    await ended(run)
    expect(of(run).at(-1)).toMatchObject({ did: 'fail', text: expect.stringContaining('Type /auth to connect one.') })
    const next = await start('me')
    expect(of(next)).toMatchObject([{ did: 'fail', text: expect.stringContaining('No account is connected yet') }])
  })

  test('a refused consent binds nothing', async () => {
    await open()
    const run = await start('auth')
    await line.port.until(() => of(run).some(({ did }) => did === 'link'))
    const card = of(run).find((one) => one.did === 'link')
    const browser = createBrowser()
    const consent = await browser.press(await browser.go(card?.did === 'link' ? card.url : ''))
    expect(await browser.press(consent, { account: 'demo-1', decision: 'refuse' })).toMatchObject({ status: 400 })
    expect(of(run).map(({ did }) => did)).toEqual(['sent', 'accept', 'link'])
  })
})

test('components that lose the correlation work with legacyCallback, while one run waits', async () => {
  const { hub } = await open({ legacyCallback: true }, { legacyComponents: true })
  const run = await start('auth')
  await line.port.until(() => of(run).some(({ did }) => did === 'link'))
  await vi.waitFor(() => expect(hub.callbacks.map(({ url, status }) => [new URL(url).pathname, status])).toEqual([['/hooks/flows/oih-receiver', 200]]))
})
