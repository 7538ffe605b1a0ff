import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createFakeClock } from '@parley/engine/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAuditLog } from './audit-log.js'
import { pageStream } from './page-stream.js'
import { createState } from './state.js'
import { type Bench, openBench } from './testing.js'

const PAGE = '/platforms/oih'
const ORDERS = '5f8d0c2be4a1b2001c3d4f01'
let bench: Bench
beforeEach(async () => void (bench = await openBench({ results: { url: 'http://127.0.0.1:9/flows', token: 'results-secret' } })))
afterEach(() => bench.hub.stop())

type Told = { readonly event: string; readonly data: unknown }
/** What the stream tells, piece by piece. */
async function openStream() {
  const cut = new AbortController()
  const response = await fetch(`${bench.hub.url}${PAGE}/stream`, { signal: cut.signal })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    close: () => cut.abort(),
    async next(): Promise<Told> {
      while (!text.includes('\n\n')) text += decoder.decode((await reader?.read())?.value, { stream: true })
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)\n\n/.exec(text) ?? []
      text = text.slice(text.indexOf('\n\n') + 2)
      return { event, data: JSON.parse(data) }
    }
  }
}

/** With a Host or Origin that `fetch` would not send. */
function raw(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${bench.hub.url}${path}`, { method, headers }, (response) => {
      response.destroy()
      resolve(response.statusCode)
    })
    sent.once('error', reject)
    sent.end()
  })
}

describe('the page', () => {
  test('is what a browser finds at the hub’s address, under a strict policy', async () => {
    const home = await fetch(bench.hub.url, { headers: { accept: 'text/html' } })
    expect([home.url, home.status]).toEqual([`${bench.hub.url}${PAGE}`, 200])
    expect(home.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    expect(await bench.ask('/')).toEqual([200, 'OK'])
  })

  test('has all its files at the hub, and nothing inline', async () => {
    const folder = new URL('./page/', import.meta.url)
    const names = (await readdir(folder)).filter((name) => !name.includes('.test.') && name !== 'index.html')
    const statuses = await Promise.all(names.map(async (name) => (await fetch(`${bench.hub.url}${PAGE}/${name}`)).status))
    expect(Object.fromEntries(names.map((name, index) => [name, statuses[index]]))).toEqual(Object.fromEntries(names.map((name) => [name, 200])))
    const html = await readFile(new URL('index.html', folder), 'utf8')
    for (const [, path = ''] of html.matchAll(/(?:src|href)="(\/[^"]*)"/g)) expect((await fetch(`${bench.hub.url}${path}`)).status).toBe(200)
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/)
  })

  test('is told all there is, then each change, without a secret', async () => {
    const stream = await openStream()
    const first = await stream.next()
    const orders = {
      id: ORDERS,
      name: 'Order confirmation',
      cron: '',
      type: 'ordinary',
      repository: 'inactive',
      webhooks: null,
      orchestrator: null,
      dueAt: null
    }
    expect(first).toMatchObject({ event: 'snapshot', data: { flows: expect.arrayContaining([expect.objectContaining(orders)]), events: [], audit: [] } })
    bench.hub.faults.dropEvent('flow.starting', 'webhooks')
    await bench.ask(`${PAGE}/flows/${ORDERS}/start`, { method: 'POST', headers: { origin: bench.hub.url } })
    expect(await stream.next()).toEqual({
      event: 'event',
      data: { number: 1, at: bench.clock.now(), name: 'flow.starting', service: 'flow-repository', flow: ORDERS, lostBy: ['webhooks'] }
    })
    await bench.clock.advance(0)
    // Once for the repository and once for the orchestrator, as soon as each knows.
    const [one, two] = [await stream.next(), await stream.next()]
    const viewsIn = ({ data }: Told): object | undefined => (data as readonly { readonly id: string }[]).find(({ id }) => id === ORDERS)
    expect([one.event, two.event]).toEqual(['flows', 'flows'])
    expect(viewsIn(two)).toMatchObject({ repository: 'starting', webhooks: null, orchestrator: 'starting' })
    const record = { headers: { name: 'parley.flow.started', serviceName: 'parley', createdAt: 7 }, payload: { user: 'visitor-1' } }
    await bench.ask('/logs', { as: 'chat-gateway', body: record })
    expect(await stream.next()).toEqual({ event: 'audit', data: { at: 7, name: 'parley.flow.started', service: 'parley', payload: { user: 'visitor-1' } } })
    expect(JSON.stringify(first)).not.toContain('results-secret')
    stream.close()
  })

  test('that is left is told no more, and the hub goes on', async () => {
    const left = await openStream()
    await left.next()
    left.close()
    const body = { headers: { name: 'a.b', serviceName: 'parley', createdAt: 1 }, payload: {} }
    for (let time = 0; time < 5; time++) expect((await bench.ask('/logs', { as: 'chat-gateway', body }))[0]).toBe(201)
    const stream = await openStream()
    expect(await stream.next()).toMatchObject({ event: 'snapshot', data: { audit: { length: 5 } } })
    stream.close()
  })

  test('that does not read is let go after 500 pieces', async () => {
    const clock = createFakeClock()
    const options = {
      clock,
      stepMs: 1,
      tickMs: 1,
      callbackBase: null,
      legacyComponents: false,
      payloadLimitBytes: 1,
      corsOrigins: [],
      results: null,
      started: []
    }
    const state = createState(options)
    const audit = createAuditLog(state)
    const reader = pageStream(state, audit, { of: () => ({ repository: null, webhooks: null, orchestrator: null, dueAt: null }) }).body?.getReader()
    for (let time = 0; time < 700; time++) audit.add({ headers: { name: 'a.b', serviceName: 'parley', createdAt: 1 }, payload: {} })
    state.changes.tell()
    await clock.advance(0)
    let pieces = 0
    while (!(await reader?.read())?.done) pieces++
    expect(pieces).toBe(501)
  })
})

describe('start and stop from the page', () => {
  const start = `${PAGE}/flows/${ORDERS}/start`

  test('work for every flow, and say so where there is none', async () => {
    const headers = { origin: bench.hub.url }
    expect(await bench.ask(start, { method: 'POST', headers })).toEqual([200, { data: { id: ORDERS, status: 'starting' } }])
    expect((await bench.ask(`${PAGE}/flows/5f8d0c2be4a1b2001c3d4fff/stop`, { method: 'POST', headers }))[0]).toBe(200)
    expect((await bench.ask(`${PAGE}/flows/58b41f5da9ee9d0018194bf3/stop`, { method: 'POST', headers }))[0]).toBe(404)
    expect(bench.newEvents()).toEqual(['flow.starting flow-repository', 'flow.stopping flow-repository'])
  })

  test('are for this page alone', async () => {
    const { host, port } = new URL(bench.hub.url)
    expect(await raw('POST', start, { origin: 'https://elsewhere.example' })).toBe(403)
    expect(await raw('POST', start, {})).toBe(403)
    expect(await raw('POST', start, { host: 'rebound.example', origin: 'http://rebound.example' })).toBe(403)
    expect(await raw('GET', `${PAGE}/stream`, { host: `rebound.example:${port}` })).toBe(403)
    expect(bench.newEvents()).toEqual([])
    expect(await raw('GET', `${PAGE}/stream`, { host })).toBe(200)
    expect(await raw('POST', start, { host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(200)
  })
})
