import { ParleyError } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { countingBytes, scriptedConnector } from '../testing/harness.js'
import { createManualClock } from '../testing/manual-clock.js'
import { openClient, sessionOf } from '../testing/page-client.js'
import { inPage, type InPageOptions } from './index.js'

function setUp(options: Partial<InPageOptions> = {}) {
  const clock = createManualClock()
  const connector = scriptedConnector()
  const host = inPage({ connector, clock, random: { bytes: countingBytes() }, lock: null, ...options })
  return { clock, connector, host }
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (reason: unknown) => (ParleyError.is(reason) ? [reason.code, reason.message] : reason)
  )
const saidOf = (events: readonly { readonly type: string; readonly body: unknown }[]) => events.map(({ type, body }) => [type, body])
const text = (words: string) => ['message.created', { parts: [{ kind: 'text', text: words }] }]

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

describe('the host in a page', () => {
  test('takes what is said to its connector, and what that says back, over a line that copies and is never early', async () => {
    const { clock, connector, host } = setUp()
    const client = openClient(host, await sessionOf(host))
    expect(client.heard).toEqual([])
    await clock.advance(0)
    expect(client.heard).toEqual(['welcome', 'events'])
    const ack = await client.say('Hello')
    await clock.advance(0)
    await connector.port().append({ conversation: client.session.conversation, externalId: 'a', parts: [{ kind: 'text', text: 'Good day' }] })
    await clock.advance(0)
    expect(ack).toEqual({ seq: 4, at: expect.any(String) })
    expect(connector.delivered.map(({ event }) => [event.type, event.body])).toEqual([text('Hello')])
    expect(saidOf(client.events())).toEqual([
      ['conversation.opened', { inbox: 'page' }],
      ['participant.joined', { participant: expect.objectContaining({ role: 'visitor' }) }],
      ['participant.joined', { participant: expect.objectContaining({ role: 'bot', name: 'Scripted' }) }],
      text('Hello'),
      text('Good day')
    ])
    const [first] = client.events()
    if (first) Object.assign(first.body, { inbox: 'changed' })
    const other = openClient(host, client.session, 'other')
    await clock.advance(0)
    expect(other.events()[0]?.body).toEqual({ inbox: 'page' })
  })

  test('knows its visitor again for as long as the page lives, and begins nothing before it is asked', async () => {
    const { connector, host } = setUp()
    expect(() => connector.port()).toThrow()
    const [one, two] = [await sessionOf(host), await sessionOf(host)]
    expect([one.conversation === two.conversation, one.token === two.token, one.expiresInS]).toEqual([true, false, 86_400])
    expect(host).toMatchObject({ name: 'page', durable: false })
  })

  test('refuses a connector that needs a server, in words', () => {
    const connector = scriptedConnector()
    const capabilities = { ...connector.capabilities, page: false }
    expect(() => inPage({ connector: { ...connector, capabilities } })).toThrow(
      '"connector" is "Scripted", which needs a server; wanted is one with capabilities.page.'
    )
  })

  test('refuses tokens it did not give, and frames that are none', async () => {
    const { clock, host } = setUp()
    const session = await sessionOf(host)
    const stranger = openClient(host, { ...session, token: 'x'.repeat(22) })
    const client = openClient(host, session)
    await clock.advance(0)
    expect(stranger.ends).toEqual([{ kind: 'refused', error: { code: 'auth.invalid' } }])
    expect(await errorOf(client.request('read', { conversation: 7 } as never))).toEqual(['gateway.unavailable', 'The host ended the line.'])
    expect(client.heard).toEqual(['welcome', 'events', 'refuse', 'lost'])
  })

  test('a connector that does not start is tried again at the next session', async () => {
    const { connector, host } = setUp()
    const { start } = connector
    connector.start = () => Promise.reject(new Error('no'))
    expect(await errorOf(sessionOf(host))).toEqual(['gateway.unavailable', 'The chat could not be started.'])
    connector.start = start
    expect(await sessionOf(host)).toMatchObject({ conversation: expect.any(String) })
  })
})

describe('while the outside cannot be reached', () => {
  test('the line is lost, what was acknowledged is heard first, and new lines wait until it is back', async () => {
    const { clock, connector, host } = setUp()
    const session = await sessionOf(host)
    const client = openClient(host, session)
    await clock.advance(0)
    const acks: unknown[] = []
    client.say('Hello').then(
      (ack) => acks.push(ack),
      (reason: unknown) => acks.push(reason)
    )
    await clock.advance(0)
    connector.port().reachable(false)
    connector.port().reachable(false)
    expect(client.ends).toEqual([{ kind: 'lost', detail: 'The other side cannot be reached now.' }])
    expect(await errorOf(client.say('Lost?'))).toEqual(['gateway.unavailable', 'The line is not open.'])
    const [gone, next] = [openClient(host, session), openClient(host, session)]
    await clock.advance(60_000)
    gone.close()
    expect([gone.heard, next.heard, acks]).toEqual([[], [], [{ seq: 4, at: expect.any(String) }]])
    connector.port().reachable(true)
    await clock.advance(0)
    expect([gone.heard, next.heard]).toEqual([[], ['welcome', 'events']])
    expect(saidOf(next.events()).at(-1)).toEqual(text('Hello'))
  })

  test('what was under way without an answer ends with the line', async () => {
    const { clock, connector, host } = setUp()
    const client = openClient(host, await sessionOf(host))
    await clock.advance(0)
    const sent = errorOf(client.say('Hello'))
    connector.port().reachable(false)
    expect(await sent).toEqual(['gateway.unavailable', 'The other side cannot be reached now.'])
  })
})

describe('identities', () => {
  test('are asked of the connector, and the visitor is who it names', async () => {
    const connector = Object.assign(scriptedConnector(), {
      capabilities: { ...scriptedConnector().capabilities, identity: 'optional' as const },
      identify: async (token: string) => ({ subject: token, name: 'Customer', roles: [], expiresInS: 5 })
    })
    const { clock, host } = setUp({ connector })
    const session = await sessionOf(host, '1001')
    const client = openClient(host, session)
    await clock.advance(0)
    expect(session).toMatchObject({ identified: true, expiresInS: 60 })
    expect(saidOf(client.events())[1]).toEqual(['participant.joined', { participant: expect.objectContaining({ role: 'visitor', name: 'Customer' }) }])
  })

  test('are refused where the connector names nobody', async () => {
    const { host } = setUp()
    expect(await errorOf(sessionOf(host, 'token'))).toEqual(['identity.unsupported', 'Nobody takes identities in this page: its connector names no visitors.'])
  })
})

test('closing stops the connector once, ends the lines and takes no more', async () => {
  const { clock, connector, host } = setUp()
  const stop = vi.spyOn(connector, 'stop')
  const session = await sessionOf(host)
  const client = openClient(host, session)
  await clock.advance(0)
  host.close()
  host.close()
  await clock.advance(5_000)
  expect([stop.mock.calls.length, client.heard]).toEqual([1, ['welcome', 'events', 'drain', 'lost']])
  expect(await errorOf(sessionOf(host))).toEqual(['client.closed', 'The host in this page was closed.'])
})

describe('closing delivers first what was shown as sent', () => {
  /** Three messages that take 1.5 s each, and the host closed right after. */
  async function closed(onDeliver: (clock: ReturnType<typeof setUp>['clock']) => Promise<void>) {
    const { clock, connector, host } = setUp()
    const told: string[] = []
    connector.onDeliver = async ({ event }) => {
      await onDeliver(clock)
      told.push(event.type === 'message.created' && event.body.parts[0]?.kind === 'text' ? event.body.parts[0].text : event.type)
    }
    connector.stop = () => void told.push('stop')
    const client = openClient(host, await sessionOf(host))
    await clock.advance(0)
    for (const words of ['One', 'Two', 'Three']) await client.say(words)
    client.close()
    host.close()
    return { clock, told }
  }
  const takesMs = (ms: number) => (clock: ReturnType<typeof setUp>['clock']) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve))

  test('in its order, and then stops', async () => {
    const { clock, told } = await closed(takesMs(1_500))
    await clock.advance(4_400)
    const before = [...told]
    await clock.advance(300)
    expect([before, told]).toEqual([
      ['One', 'Two'],
      ['One', 'Two', 'Three', 'stop']
    ])
  })

  test('and what waits to be tried again, too', async () => {
    let tries = 0
    const { clock, told } = await closed(async () => {
      if (++tries === 1) throw new Error('not yet')
    })
    await clock.advance(2_000)
    expect(told).toEqual(['One', 'Two', 'Three', 'stop'])
  })

  test('but not for ever', async () => {
    const { clock, told } = await closed(takesMs(60_000))
    await clock.advance(12_900)
    const before = [...told]
    await clock.advance(200)
    expect([before, told]).toEqual([[], ['stop']])
  })
})

test('the log of a page has ids and reasons, never what was said', async () => {
  const { clock, connector, host } = setUp()
  connector.onDeliver = () => Promise.reject(new Error('no'))
  const client = openClient(host, await sessionOf(host))
  await clock.advance(0)
  await client.say('a secret word')
  await clock.advance(10)
  const logged = JSON.stringify(vi.mocked(console.warn).mock.calls)
  expect(logged).toContain('a delivery failed')
  expect(logged).not.toContain('a secret word')
})
