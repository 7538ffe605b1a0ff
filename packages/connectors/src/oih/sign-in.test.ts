import { setupServer } from 'msw/node'
import type { LinkId, RunId } from '@parley/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acceptingHub, type Asked, begin, type Bench, callbackRequest, FLOWS, openBench, requestOf } from './fixtures/bench.js'
import callbackSignIn from './fixtures/callback-sign-in.json' with { type: 'json' }
import { pendingNotes } from './notes.js'
import type { HookBody } from './types.js'

const server = setupServer()
const asked: Asked[] = []
beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' })
  server.use(acceptingHub(asked))
})
beforeEach(() => void asked.splice(0))
afterAll(() => server.close())

/** A visitor's browser: keeps cookies, follows nothing. */
function createBrowser(bench: Bench) {
  const cookies: Record<string, string> = {}
  return {
    cookies,
    async get(url: string) {
      const { pathname, searchParams } = new URL(url)
      const answer = await bench.ask(
        requestOf({ door: 'accounts', method: 'GET', path: pathname.replace('/accounts/flows/', ''), query: Object.fromEntries(searchParams), cookies })
      )
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(answer.headers['set-cookie'] ?? '') ?? []
      if (name !== undefined) cookies[name] = value ?? ''
      return answer
    },
    async press(page: { readonly body: string }) {
      const form = new URLSearchParams([...page.body.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
      return bench.ask(requestOf({ door: 'accounts', path: 'start', cookies, body: new TextEncoder().encode(form.toString()) }))
    }
  }
}

type Begun = { readonly bench: Bench; readonly run: RunId; readonly card: string; readonly code: string; back(query: string): string }

async function beginSignIn(bench: Bench, visitor = 'visitor-one'): Promise<Begun> {
  const run = await begin(bench, 'auth', { scope: 'Mail.Read' }, { visitor })
  const { successUrl } = (asked.at(-1)?.body ?? {}) as HookBody
  await bench.ask(callbackRequest(bench.port, run, callbackSignIn))
  const card = bench.port.recorded.findLast(({ did }) => did === 'link')
  if (card?.did !== 'link') throw new Error('no card')
  return { bench, run, card: card.url, code: card.code, back: (query) => `${successUrl}?${query}` }
}

describe('/auth', () => {
  test('asks the flow with what its component reads, and shows a card that leads to a page of ours for ten minutes', async () => {
    const bench = await openBench()
    const { run, card } = await beginSignIn(bench)
    expect(asked.map(({ body }) => body)).toEqual([
      {
        scope: 'Mail.Read',
        secretName: 'parley-flows',
        successUrl: expect.stringMatching(new RegExp(`^https://chat\\.example\\.test/accounts/flows/callback/${run}\\.[\\w-]{43}$`)),
        correlation: expect.objectContaining({ runId: run })
      }
    ])
    expect(bench.port.recorded.slice(2)).toEqual([
      { did: 'link', link: expect.any(String), run, partner: 'Open Integration Hub', url: card, code: expect.any(String), expiresInMs: 600_000 }
    ])
    expect(card).toMatch(/^https:\/\/chat\.example\.test\/accounts\/flows\/start\?link=[\w-]{22}$/)
  })

  test.each([
    'https://evil.example.test/',
    'https://login.example.test.evil.example.test/',
    'http://login.example.test/',
    'https://login.example.test:8443/',
    'https://user@login.example.test/',
    'javascript:alert(1)',
    '//login.example.test/',
    ''
  ])('does not lead to %j', async (authUrl) => {
    const bench = await openBench()
    const run = await begin(bench, 'auth')
    await bench.ask(callbackRequest(bench.port, run, { authUrl }))
    expect(bench.port.recorded.slice(2)).toEqual([
      { did: 'fail', run, reason: 'failed', text: `Open Integration Hub sent no sign-in address that this chat may lead to (run ${run}).` }
    ])
  })

  test('shows no card for a run that has ended', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'auth')
    await bench.ask(callbackRequest(bench.port, run, { error: 'no' }))
    expect((await bench.ask(callbackRequest(bench.port, run, callbackSignIn))).status).toBe(404)
    expect(bench.port.recorded.map(({ did }) => did)).toEqual(['sent', 'accept', 'fail'])
  })

  test('in another command, an authUrl is a field like others', async () => {
    const bench = await openBench()
    const run = await begin(bench, 'run-flow', { flow: FLOWS.report })
    await bench.ask(callbackRequest(bench.port, run, { authUrl: 'https://evil.example.test/' }))
    expect(bench.port.recorded.at(-1)).toMatchObject({ did: 'finish', parts: [{ kind: 'data', value: { authUrl: 'https://evil.example.test/' } }] })
  })
})

describe('the page before the sign-in', () => {
  test('names site and inbox, shows the code of the chat, and cannot be framed, scripted or kept', async () => {
    const { bench, card, code } = await beginSignIn(await openBench())
    const { status, body, headers } = await createBrowser(bench).get(card)
    expect(status).toBe(200)
    for (const text of [
      '<!doctype html>',
      '<strong>Corner shop</strong>',
      '“flows”',
      `<strong class="code">${code}</strong>`,
      'Mail.Read',
      'login.example.test'
    ])
      expect(body).toContain(text)
    expect(body).not.toContain('<script')
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'nonce-[\w-]{22}'; base-uri 'none'; frame-ancestors 'none'$/)
    expect(headers['set-cookie']).toMatch(/^parley-sign-in-[\w-]{22}=[\w-]{22}; Path=\/accounts\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/)
  })

  test('on plain http the cookie goes without Secure, or it would not be kept', async () => {
    const { bench, card } = await beginSignIn(await openBench({}, { publicUrl: 'http://localhost:8080' }))
    expect((await createBrowser(bench).get(card)).headers['set-cookie']).not.toContain('Secure')
  })

  test('escapes everything that comes from elsewhere', async () => {
    const evil = '<img src=x onerror=alert(1)>"\''
    const bench = await openBench({ title: evil, partner: evil })
    const run = await begin(bench, 'auth', { scope: evil })
    await bench.ask(callbackRequest(bench.port, run, callbackSignIn))
    const card = bench.port.recorded.at(-1)
    const { body } = await createBrowser(bench).get(card?.did === 'link' ? card.url : '')
    expect(body).not.toContain('<img')
    expect(body.match(/&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;/g)?.length).toBeGreaterThan(3)
  })

  test('leads on only by its own form and with its cookie', async () => {
    const { bench, card } = await beginSignIn(await openBench())
    const browser = createBrowser(bench)
    const page = await browser.get(card)
    expect(await createBrowser(bench).press(page)).toMatchObject({ status: 403 })
    expect(await browser.press({ body: page.body.replace(/name="proof" value="[^"]*"/, 'name="proof" value="x"') })).toMatchObject({ status: 403 })
    expect(await browser.press(page)).toMatchObject({ status: 303, headers: { location: callbackSignIn.authUrl } })
  })

  test('is not there for a link nobody asked for', async () => {
    const bench = await openBench()
    expect(await createBrowser(bench).get('https://chat.example.test/accounts/flows/start?link=AAAAAAAAAAAAAAAAAAAAAA')).toMatchObject({ status: 404 })
  })
})

describe('the way back', () => {
  async function continued() {
    const begun = await beginSignIn(await openBench())
    const browser = createBrowser(begun.bench)
    await browser.press(await browser.get(begun.card))
    return { ...begun, browser, before: [...begun.bench.port.recorded] }
  }
  const visitorOf = ({ bench }: Begun) => bench.port.startRun('me', {}).visitor

  test('connects the account of the visitor who asked, once', async () => {
    const begun = await continued()
    const { bench, browser, back, run } = begun
    expect(await browser.get(back('secretId=5f8d0c2be4a1b2001c3d4e99'))).toMatchObject({
      status: 200,
      body: expect.stringContaining('Your account is connected')
    })
    expect(await browser.get(back('secretId=5f8d0c2be4a1b2001c3d4e98'))).toMatchObject({ status: 410 })
    expect(await browser.get(begun.card)).toMatchObject({ status: 410, body: expect.stringContaining('done already') })
    expect(bench.port.recorded.slice(begun.before.length)).toMatchObject([{ did: 'complete' }, { did: 'finish', run }])
    expect(await bench.port.link.account(visitorOf(begun))).toMatchObject({ credential: '5f8d0c2be4a1b2001c3d4e99', scope: 'Mail.Read' })
    expect(JSON.stringify([bench.port.recorded, bench.port.logged])).not.toContain('5f8d0c2be4a1b2001c3d4e99')
  })

  test.each([
    ['another browser', async ({ bench, back }: Begun) => createBrowser(bench).get(back('secretId=abc')), 403],
    [
      'a browser with a cookie of its own',
      async ({ bench, back, card }: Begun) => {
        const stranger = createBrowser(bench)
        await stranger.get(card)
        return stranger.get(back('secretId=abc'))
      },
      403
    ]
  ])('binds nothing for %s', async (_name, visit, status) => {
    const begun = await continued()
    expect(await visit(begun)).toMatchObject({ status })
    expect(begun.bench.port.recorded).toEqual(begun.before)
  })

  test.each([
    ['no account', '', 400],
    ['an empty account', 'secretId=', 400],
    ['an account with signs that mean something', 'secretId=..%2Fx', 400],
    ['an account that is too long', `secretId=${'a'.repeat(129)}`, 400]
  ])('binds nothing for %s', async (_name, query, status) => {
    const begun = await continued()
    expect(await begun.browser.get(begun.back(query))).toMatchObject({ status })
    expect(begun.bench.port.recorded).toEqual(begun.before)
  })

  test('binds nothing for a wrong token, nor for that of another run', async () => {
    const begun = await continued()
    const other = await beginSignIn(begun.bench, 'visitor-two')
    const before = [...begun.bench.port.recorded]
    const otherToken = other.back('').split('.').at(-1) ?? ''
    const mixed = begun.back('secretId=abc').replace(/\.[\w-]{43}\?/, `.${otherToken}`)
    expect(mixed).toContain(begun.run)
    expect(await begun.browser.get(mixed)).toMatchObject({ status: 404 })
    expect(await begun.browser.get(begun.back('secretId=abc').replace(/.{3}\?/, 'xxx?'))).toMatchObject({ status: 404 })
    expect(begun.bench.port.recorded).toEqual(before)
  })

  test('binds nothing before "continue" was pressed', async () => {
    const begun = await beginSignIn(await openBench())
    const browser = createBrowser(begun.bench)
    await browser.get(begun.card)
    expect(await browser.get(begun.back('secretId=abc'))).toMatchObject({ status: 403 })
  })

  test('two visitors at the same time get each their own', async () => {
    const bench = await openBench()
    const one = await beginSignIn(bench, 'visitor-one')
    const two = await beginSignIn(bench, 'visitor-two')
    const browser = createBrowser(bench)
    for (const begun of [one, two]) await browser.press(await browser.get(begun.card))
    await browser.get(two.back('secretId=two'))
    await browser.get(one.back('secretId=one'))
    const credentials = await Promise.all(
      ['visitor-one', 'visitor-two'].map(async (visitor) => (await bench.port.link.account(bench.port.startRun('me', {}, { visitor }).visitor))?.credential)
    )
    expect(credentials).toEqual(['one', 'two'])
  })

  test('after ten minutes it is over, and the chat says so', async () => {
    const begun = await continued()
    await begun.bench.clock.advance(600_000)
    expect(await begun.browser.get(begun.back('secretId=abc'))).toMatchObject({ status: 410, body: expect.stringContaining('longer than ten minutes') })
    expect(begun.bench.port.recorded.slice(begun.before.length)).toMatchObject([{ did: 'expire' }, { did: 'fail', reason: 'timedOut' }])
  })

  test('is closed by the time alone, even where its end is not written yet', async () => {
    const { bench, card } = await continued()
    const link = await bench.port.link.find(new URL(card).searchParams.get('link') as LinkId)
    if (!link) throw new Error('no link')
    expect([link.expiresAt - 1, link.expiresAt].map((now) => pendingNotes(link, now) !== null)).toEqual([true, false])
  })

  test('a provider that reports a refusal ends it at once', async () => {
    const begun = await continued()
    expect(await begun.browser.get(begun.back('error=access_denied'))).toMatchObject({ status: 200, body: expect.stringContaining('Nothing was connected') })
    expect(begun.bench.port.recorded.slice(begun.before.length)).toMatchObject([{ did: 'refuse' }, { did: 'fail', reason: 'refused' }])
  })
})
