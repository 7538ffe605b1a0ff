import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventStream } from '../host/event-stream.js'
import { openPegaBench, type PegaBench } from './testing.js'

const PAGE = '/platforms/pega-dms'
let bench: PegaBench
beforeEach(async () => void (bench = await openPegaBench({ isBotOn: false })))
afterEach(() => bench.stop())

/** What the stream tells, piece by piece. */
async function openStream() {
  const cut = new AbortController()
  const response = await fetch(`${bench.platform.page}/stream`, { signal: cut.signal })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    close: () => cut.abort(),
    async next(): Promise<{ readonly event: string; readonly data: unknown }> {
      while (!text.includes('\n\n')) text += decoder.decode((await reader?.read())?.value, { stream: true })
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)\n\n/.exec(text) ?? []
      text = text.slice(text.indexOf('\n\n') + 2)
      return { event, data: JSON.parse(data) }
    }
  }
}

/** As the page asks. @returns status and what is said */
async function ask(path: string, body: unknown): Promise<readonly [number, string]> {
  const response = await fetch(`${bench.platform.page}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: bench.platform.url },
    body: JSON.stringify(body)
  })
  const text = await response.text()
  return [response.status, text === '' ? '' : JSON.parse(text).message]
}

/** With a Host or Origin that `fetch` would not send. */
function raw(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${bench.platform.page}/${path}`, { method, headers }, (response) => {
      response.destroy()
      resolve(response.statusCode)
    })
    sent.once('error', reject)
    sent.end()
  })
}

describe('the page', () => {
  test('is what a browser finds at the platform’s address, under a strict policy', async () => {
    const home = await fetch(bench.platform.url)
    await home.text()
    expect([home.url, home.status]).toEqual([bench.platform.page, 200])
    expect(home.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
  })

  test('has all its files at the platform, and nothing inline', async () => {
    const folders = { [PAGE]: new URL('./page/', import.meta.url), '/platforms/host': new URL('../host/page/', import.meta.url) }
    for (const [home, folder] of Object.entries(folders)) {
      const names = (await readdir(folder)).filter((name) => !name.includes('.test.') && name !== 'index.html')
      const statuses = await Promise.all(names.map(async (name) => [name, (await fetch(`${bench.platform.url}${home}/page/${name}`)).status]))
      expect(statuses).toEqual(names.map((name) => [name, 200]))
    }
    const html = await readFile(new URL('./page/index.html', import.meta.url), 'utf8')
    for (const [, path = ''] of html.matchAll(/(?:src|href)="(\/[^"]*)"/g)) expect((await fetch(`${bench.platform.url}${path}`)).status).toBe(200)
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/)
  })

  test('is told all there is, then each change, without a secret', async () => {
    await bench.says('c-1', 'Hello')
    const stream = await openStream()
    const [customer] = bench.platform.customers
    const first = await stream.next()
    expect(first).toEqual({ event: 'snapshot', data: { customers: [customer], entries: bench.platform.entries, switches: { faults: [], isBotOn: false } } })
    bench.hook.answerWith(404)
    await bench.platform.agent.say('c-1', 'one')
    const sent = { number: 2, at: bench.clock.now(), customerId: 'c-1', by: 'agent', type: 'text', text: 'one', items: [], isRepeat: false }
    const told = [await stream.next(), await stream.next(), await stream.next()]
    expect(told).toEqual([
      { event: 'customer', data: { ...customer, floor: 'agent' } },
      { event: 'entry', data: { ...sent, sent: { state: 'sending', status: null, attempts: 0 } } },
      { event: 'entry', data: { ...sent, sent: { state: 'refused', status: 404, attempts: 1 } } }
    ])
    await ask('faults', { fault: 'down', isOn: true })
    expect(await stream.next()).toEqual({ event: 'switches', data: { faults: ['down'], isBotOn: false } })
    expect(JSON.stringify([first, told])).not.toContain(bench.platform.secret)
    stream.close()
  })

  test('that does not read is let go after 500 pieces, and told no more', async () => {
    const end = vi.fn()
    let tell = (): void => {}
    const reader = eventStream((send) => {
      tell = () => send('piece', 1)
      return end
    }).body?.getReader()
    for (let time = 0; time < 700; time++) tell()
    let pieces = 0
    while (!(await reader?.read())?.done) pieces++
    expect([pieces, end.mock.calls.length]).toEqual([501, 1])
  })
})

describe('from the page', () => {
  test('one answers as the bot or as the agent, with everything that the wire knows', async () => {
    await bench.says('c-1', 'Hello')
    const asked = [
      { as: 'bot', deed: 'say', text: 'Hello' },
      { as: 'agent', deed: 'typing' },
      { as: 'agent', deed: 'menu' },
      { as: 'agent', deed: 'carousel' },
      { as: 'agent', deed: 'link' },
      { as: 'bot', deed: 'attachment' },
      { as: 'agent', deed: 'waitTime' },
      { as: 'agent', deed: 'unknown' },
      { as: 'agent', deed: 'end' }
    ]
    for (const [index, body] of asked.entries()) {
      expect(await ask('answers', { customer: 'c-1', ...body })).toEqual([202, ''])
      await bench.hook.waitFor(index + 1)
    }
    expect(bench.hook.taken.map(({ body }) => [body.type, body.customer_id])).toEqual(
      ['text', 'typing_indicator', 'menu', 'carousel', 'link_button', 'text', 'wait_time', 'pega_card_v2', 'csr_end_session'].map((type) => [type, 'c-1'])
    )
    expect(bench.platform.entries.map(({ by, text }) => [by, text])).toEqual([
      ['customer', 'Hello'],
      ['bot', 'Hello'],
      ['agent', 'What can I do for you?'],
      ['agent', 'Fresh in this week'],
      ['agent', 'Your order is on its way. The van comes tomorrow morning.'],
      ['bot', 'Here is the care sheet.'],
      ['agent', 'Waiting time: 2 minutes'],
      ['agent', 'Something new'],
      ['agent', 'Ended the session']
    ])
  })

  test('what is not known is refused with what is wanted', async () => {
    await bench.says('c-1', 'Hello')
    const deeds = 'deed is say with a text of 1 to 4000 characters, or typing, menu, carousel, link, attachment, waitTime, unknown, end.'
    const faults = 'fault is one of down, hang, unauthorised, busy, failing, double, late, reordered.'
    expect([
      await ask('answers', { customer: 'c-2', as: 'bot', deed: 'menu' }),
      await ask('answers', { customer: 'c-1', as: 'constructor', deed: 'menu' }),
      await ask('answers', { customer: 'c-1', as: 'bot', deed: 'send' }),
      await ask('answers', { customer: 'c-1', as: 'bot', deed: 'say', text: ' ' }),
      await ask('answers', { customer: 'c-1', as: 'bot', deed: 'say', text: 'x'.repeat(4_001) }),
      await ask('answers', []),
      await ask('faults', { fault: 'unreachable', isOn: true }),
      await ask('faults', { fault: 'toString', isOn: true }),
      await ask('faults', { fault: 'down' }),
      await ask('bot', {})
    ]).toEqual([
      [404, 'There is no such customer.'],
      [400, 'as is bot or agent.'],
      [400, deeds],
      [400, deeds],
      [400, deeds],
      [404, 'There is no such customer.'],
      [400, faults],
      [400, faults],
      [400, 'isOn is true or false.'],
      [400, 'isOn is true or false.']
    ])
    expect(bench.hook.taken).toEqual([])
  })

  test('faults and the bot are switched on and off', async () => {
    expect(await ask('faults', { fault: 'down', isOn: true })).toEqual([204, ''])
    expect(await bench.says('c-1', 'Hello')).toBe(503)
    expect(await ask('faults', { fault: 'down', isOn: false })).toEqual([204, ''])
    expect(await ask('bot', { isOn: true })).toEqual([204, ''])
    expect(await bench.says('c-1', 'Hello')).toBe(200)
    expect(await bench.typesOf(1)).toEqual(['typing_indicator'])
  })

  test('and from this page alone', async () => {
    const { host, port } = new URL(bench.platform.url)
    expect(await raw('POST', 'bot', { origin: 'https://elsewhere.example' })).toBe(403)
    expect(await raw('POST', 'bot', {})).toBe(403)
    expect(await raw('POST', 'bot', { host: 'rebound.example', origin: 'http://rebound.example' })).toBe(403)
    expect(await raw('GET', 'stream', { host: `rebound.example:${port}` })).toBe(403)
    expect(await raw('GET', 'stream', { host })).toBe(200)
    expect(await raw('POST', 'bot', { host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(400)
  })
})
