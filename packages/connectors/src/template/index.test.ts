import { createHmac } from 'node:crypto'
import type { ConnectorRequest } from '@parley/engine'
import { type ConnectorCase, connectorContract, createFakeClock, createFakePort, type FakePort } from '@parley/engine/contracts'
import type { MessageId } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import sentText from './fixtures/sent-text.json' with { type: 'json' }
import webhookEnd from './fixtures/webhook-end.json' with { type: 'json' }
import webhookText from './fixtures/webhook-text.json' with { type: 'json' }
import webhookTyping from './fixtures/webhook-typing.json' with { type: 'json' }
import { fromTheirs, readBody } from './inbound.js'
import { template } from './index.js'
import { toTheirs } from './outbound.js'

const [TOKEN, SECRET] = ['token-of-a-test', 'secret-of-a-test-only']
const SETTINGS = { url: 'https://bot.example.test/messages', token: TOKEN, secret: SECRET }

/** A call of theirs, signed unless told otherwise; a text is sent as it is. */
function callOf(body: object | string, secret = SECRET): ConnectorRequest {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  const headers = { 'content-type': 'application/json', 'x-signature': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}` }
  return { door: 'hooks', method: 'POST', path: 'messages', query: {}, headers, cookies: {}, body: bytes }
}

function connectorOf() {
  const read = template.readConfig(SETTINGS)
  if (!read.ok) throw new Error(`${read.key}: ${read.wanted}`)
  return template.create(read.value)
}

connectorContract(
  'template',
  (): ConnectorCase => ({
    connector: connectorOf(),
    secrets: [TOKEN, SECRET],
    fetch: async () => new Response(null, { status: 202 }),
    answers: (_port, { conversation }) => [
      callOf({ ...webhookText, conversation }),
      callOf({ ...webhookText, conversation, message_id: 'm-1002', agent: undefined })
    ],
    paths: ['messages', 'messages/', 'messages/x']
  })
)

describe('what is theirs', () => {
  test('is read as it was recorded', () => {
    const read = [webhookText, webhookTyping, webhookEnd].map((body) => fromTheirs(readBody(body) ?? { type: 'unknown' }))
    expect(read).toEqual([
      [
        {
          kind: 'message',
          externalId: 'm-1001',
          parts: [{ kind: 'text', text: 'It is on its way.' }],
          from: { key: 'a-7', name: 'Customer service', role: 'agent' }
        }
      ],
      [{ kind: 'typing', forMs: 5_000 }],
      [{ kind: 'end', reason: 'The other side ended the conversation.' }]
    ])
  })

  test('may be new: an unknown type is no fault, and what is broken is one', () => {
    expect(readBody({ type: 'survey', conversation: 'x' })).toEqual({ type: 'unknown' })
    const broken: unknown[] = [null, [], {}, { type: 'text' }, { ...webhookText, message_id: { $ne: null } }, JSON.parse('{"type":"text","__proto__":{}}')]
    expect(broken.map(readBody)).toEqual(broken.map(() => null))
  })
})

test('what a visitor says goes out as it was recorded', () => {
  const port = createFakePort({ clock: createFakeClock() })
  const delivery = { ...port.say('Where is my order?', { conversation: sentText.conversation }), idempotencyKey: sentText.id }
  expect(toTheirs(delivery)).toEqual(sentText)
  const picked = port.deliveryOf(
    'answer.given',
    { to: 'AAAAAAAAAAAAAAAAAAAAAA' as MessageId, value: 'yes', label: 'Yes, please' },
    { person: { subject: 'c-1', name: 'Customer' } }
  )
  expect(toTheirs(picked)).toMatchObject({ text: 'Yes, please', customer: 'c-1' })
})

describe('a call', () => {
  async function opened(): Promise<{
    readonly port: FakePort
    readonly call: (body: object | string, secret?: string) => Promise<number | undefined>
    readonly conversation: string
  }> {
    const port = createFakePort({ clock: createFakeClock() })
    const connector = connectorOf()
    await connector.start(port)
    const { conversation } = port.say('hello')
    return { port, conversation, call: async (body, secret) => (await connector.handleRequest?.(callOf(body, secret)))?.status }
  }

  test('with the secret of somebody else says nothing', async () => {
    const { port, call, conversation } = await opened()
    expect([await call({ ...webhookText, conversation }, 'another-secret-of-a-test'), port.recorded]).toEqual([401, []])
  })

  test('that is signed and broken is told so, one of a new type is taken', async () => {
    const { port, call } = await opened()
    expect([await call('{'), await call('[]'), await call({ type: 'survey' }), port.recorded]).toEqual([400, 400, 202, []])
  })

  test('for a conversation that is not here is told so', async () => {
    const { port, call } = await opened()
    expect([await call({ ...webhookText, conversation: 'ZZZZZZZZZZZZZZZZZZZZZZ' }), port.recorded]).toEqual([404, []])
  })

  test('shows typing, and ends the conversation', async () => {
    const { port, call, conversation } = await opened()
    expect([await call({ ...webhookTyping, conversation }), await call({ ...webhookEnd, conversation })]).toEqual([200, 200])
    expect([port.typed, port.recorded]).toEqual([
      [{ conversation, forMs: 5_000 }],
      [{ did: 'close', conversation, reason: 'The other side ended the conversation.' }]
    ])
  })
})

test('a configuration with a mistake is told by key, and no secret with it', () => {
  expect(template.readConfig({ ...SETTINGS, token: 7 })).toEqual({
    ok: false,
    key: 'token',
    found: 'a number',
    wanted: 'the token that they gave you, 1 to 4000 characters'
  })
  expect(template.readConfig({ ...SETTINGS, colour: 'red' })).toMatchObject({ ok: false, key: 'colour', found: 'an unknown key' })
})
