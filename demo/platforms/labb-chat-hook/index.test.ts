import { createFakeClock } from '@parley/engine/contracts'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPegaBench, type PegaBench } from '../pega-dms/testing.js'
import { type LabbChatHook, type LabbChatHookOptions, startLabbChatHook } from './index.js'

let pega: PegaBench
let hook: LabbChatHook
let sockets: Socket[]
let logged: string[]

async function start(options: LabbChatHookOptions = {}): Promise<LabbChatHook> {
  const { messagesUrl, issuer, secret } = pega.platform
  return startLabbChatHook({ clock: pega.clock, dmsUrl: messagesUrl, issuer, secret, log: (line) => void logged.push(line), ...options })
}
beforeEach(async () => {
  pega = await openPegaBench({ isBotOn: false })
  ;[sockets, logged] = [[], []]
  hook = await start()
})
afterEach(async () => {
  for (const socket of sockets) socket.disconnect()
  await hook.stop()
  await pega.stop()
})

/** What a client hears, as its users' page would. */
type Client = { readonly socket: Socket; readonly heard: unknown[]; readonly errors: unknown[] }
async function connect({ isSilent = false, url = hook.url }: { readonly isSilent?: boolean; readonly url?: string } = {}): Promise<Client> {
  const socket = io(url, { forceNew: true, reconnection: false, transports: ['websocket'] })
  sockets.push(socket)
  const client: Client = { socket, heard: [], errors: [] }
  socket.on('serverMessage', (body: unknown, ack: () => void) => {
    client.heard.push(body)
    if (!isSilent) ack()
  })
  socket.on('serverError', (text: unknown) => void client.errors.push(text))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return client
}
const said = (customer: string, more: object = {}): object => ({
  type: 'text',
  customer_id: customer,
  customer_name: 'Mara',
  message_id: 7,
  text: ['Hello'],
  ...more
})
const takenCount = (count: number): Promise<void> => vi.waitFor(() => expect(pega.platform.received()).toHaveLength(count))
async function webhook(body: unknown, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }) {
  const response = await fetch(hook.webhookUrl, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })
  return [response.status, await response.text()] as const
}

describe('a client’s message', () => {
  test('goes on with five fields, the choice is lost, and no acknowledgement comes', async () => {
    const { socket, errors, heard } = await connect()
    const acked = vi.fn()
    socket.emit('clientMessage', said('4711', { postback: 'order', attachments: [], text: ['order'] }), acked)
    await takenCount(1)
    await pega.clock.advance(60_000)
    expect([pega.platform.received(), pega.platform.requests().map(({ connectionId }) => connectionId)]).toEqual([
      [{ type: 'text', customer_id: '4711', customer_name: 'Mara', message_id: 7, text: ['order'] }],
      [pega.platform.issuer]
    ])
    // What was said first would have come first.
    await webhook({ customer_id: '4711', type: 'text' })
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    expect([acked.mock.calls, errors]).toEqual([[], []])
  })

  test('that could not be delivered ends in one sentence, whatever the fault', async () => {
    const sentence = 'Error forwarding request to external API'
    const client = await connect()
    for (const kind of ['down', 'unauthorised', 'unreachable'] as const) {
      await pega.platform.breakWith({ kind })
      client.socket.emit('clientMessage', said('4711'))
      await vi.waitFor(() => expect(client.errors.splice(0)).toEqual([sentence]))
      await pega.platform.mend()
    }
    const bare = await start({ dmsUrl: undefined })
    const other = await connect({ url: bare.url })
    other.socket.emit('clientMessage', said('4711'))
    await vi.waitFor(() => expect(other.errors).toEqual([sentence]))
    await bare.stop()
  })

  test('of a kind that would have ended the original leaves it standing', async () => {
    const { socket } = await connect()
    socket.emit('serverMessage', { replyMessage: 'Hello' })
    socket.emit('clientMessage', null)
    socket.emit('clientMessage')
    socket.emit('clientMessage', said('4711'))
    await takenCount(1)
    expect(hook.numbers).toEqual(['4711'])
  })
})

describe('the webhook', () => {
  test('believes anybody, and brings the body unchanged', async () => {
    const client = await connect()
    client.socket.emit('clientMessage', said('4711'))
    await takenCount(1)
    const body = { type: 'menu', customer_id: '4711', message_id: 'd-1', items: [{ text: 'Pots', payload: 'pots' }], more: { of: ['it'] } }
    expect(await webhook(body)).toEqual([200, 'OK'])
    await vi.waitFor(() => expect(client.heard).toEqual([body]))
    const preflight = await fetch(hook.webhookUrl, {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' }
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  })

  test('says OK of what nobody gets: a stranger’s, one who was away, no JSON', async () => {
    expect(await webhook({ type: 'text', customer_id: 'nobody', text: 'lost' })).toEqual([200, 'OK'])
    expect(await webhook('hello', { 'content-type': 'text/plain' })).toEqual([200, 'OK'])
    const before = await connect()
    before.socket.emit('clientMessage', said('4711'))
    await takenCount(1)
    before.socket.disconnect()
    await vi.waitFor(() => expect(hook.numbers).toEqual([]))
    const back = await connect()
    expect(await webhook({ type: 'text', customer_id: '4711', text: 'lost' })).toEqual([200, 'OK'])
    back.socket.emit('clientMessage', said('4711'))
    await takenCount(2)
    await webhook({ type: 'text', customer_id: '4711', text: 'here' })
    await vi.waitFor(() => expect(back.heard).toEqual([{ type: 'text', customer_id: '4711', text: 'here' }]))
  })

  test('refuses bad JSON and too much of it with a page', async () => {
    const [[bad, page], [large]] = [await webhook('{'), await webhook({ text: 'x'.repeat(102_400) })]
    expect([bad, page.startsWith('<!DOCTYPE html>'), large]).toEqual([400, true, 413])
  })

  test('writes one line when a client acknowledges nothing for ten seconds, and that is all', async () => {
    const [quick, silent] = [await connect(), await connect({ isSilent: true })]
    quick.socket.emit('clientMessage', said('1'))
    silent.socket.emit('clientMessage', said('2'))
    await takenCount(2)
    for (const customer of ['1', '2', '3']) await webhook({ type: 'text', customer_id: customer })
    await vi.waitFor(() => expect([quick.heard.length, silent.heard.length]).toEqual([1, 1]))
    // The acknowledgement goes the same way as what is said after it.
    quick.socket.emit('clientMessage', said('1'))
    await takenCount(3)
    await pega.clock.advance(9_999)
    expect(logged).toEqual([])
    await pega.clock.advance(1)
    expect(logged).toEqual(['operation has timed out'])
    await pega.clock.advance(60_000)
    expect([logged.length, silent.heard.length]).toEqual([1, 1])
  })
})

describe('a number', () => {
  test('belongs to whoever used it last, and all without one share a place', async () => {
    const [one, other] = [await connect(), await connect()]
    for (const number of ['4711', '']) {
      one.socket.emit('clientMessage', said(number))
      await vi.waitFor(() => expect(hook.numbers).toContain(number))
      other.socket.emit('clientMessage', said(number))
    }
    await takenCount(4)
    await webhook({ type: 'text', customer_id: '4711' })
    await webhook({ type: 'text', customer_id: '' })
    await vi.waitFor(() => expect(other.heard).toHaveLength(2))
    expect(one.heard).toEqual([])
  })

  test('stays behind where a client that goes had two', async () => {
    const { socket } = await connect()
    socket.emit('clientMessage', said('1'))
    socket.emit('clientMessage', said('2'))
    await takenCount(2)
    socket.disconnect()
    await vi.waitFor(() => expect(hook.numbers).toEqual(['2']))
  })
})

test('polling is for the allowed origin, a WebSocket for anybody, and for all where none is set', async () => {
  const allowed = await startLabbChatHook({ clock: createFakeClock(), allowedOrigin: 'https://shop.example' })
  const originOf = async (url: string): Promise<string | null> => {
    const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'https://elsewhere.example' } })
    await response.text()
    return response.headers.get('access-control-allow-origin')
  }
  expect([await originOf(allowed.url), await originOf(hook.url)]).toEqual(['https://shop.example', '*'])
  const socket = io(allowed.url, { forceNew: true, transports: ['websocket'], extraHeaders: { origin: 'https://elsewhere.example' } })
  sockets.push(socket)
  await vi.waitFor(() => expect(socket.connected).toBe(true))
  await allowed.stop()
})
