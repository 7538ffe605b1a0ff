import { ParleyError, type OpenTransport } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.js'
import type { GatewayOptions } from './client-options.js'
import { claimsOf } from './identity-token.js'
import type { OpenSession } from './session-request.js'
import { memoryStorages } from './storage/memory.js'
import { createFakeClock, createFakeEnvironment, createScriptedGateway, seededRandom, type ScriptedGateway } from './testing/index.js'

const part = (value: unknown): string => btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
/** As a host's server would sign it, without the signature: nobody here checks it. */
const tokenOf = (subject: string, issue = 1, roles?: readonly string[]): string => `${part({ alg: 'HS256' })}.${part({ sub: subject, issue, roles })}.signature`

/** One conversation for each person, each behind a gateway of its own, so that what goes under the wrong name shows. */
function world(options: Partial<GatewayOptions> = {}) {
  const clock = createFakeClock()
  const people = new Map<string, ScriptedGateway>()
  const asked: { readonly identity: string | undefined; readonly hasKey: boolean }[] = []
  const kept = new Map<string, string>()
  const keys = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  }
  const outboxes = { ...memoryStorages(seededRandom(7)), isDurable: true }
  function gatewayOf(person: string): ScriptedGateway {
    const found = people.get(person) ?? createScriptedGateway({ clock, random: seededRandom(50 + people.size) })
    people.set(person, found)
    return found
  }
  const openSession: OpenSession = async (request, signal) => {
    asked.push({ identity: request.identity, hasKey: request.visitorKey !== undefined })
    const person = request.identity === undefined ? 'anonymous' : claimsOf(request.identity).subject
    const answer = await gatewayOf(person).openSession(request, signal)
    return { ...answer, token: `${person}|${answer.token}`, ...(request.identity === undefined ? {} : { identified: true }) }
  }
  const openTransport: OpenTransport = (hello, events) => gatewayOf(hello.token.split('|')[0] ?? '').openTransport(hello, events)
  let seed = 1
  const open = (more: Partial<GatewayOptions> = {}) =>
    createClient({
      url: 'http://chat.test',
      inbox: 'any',
      clock,
      environment: createFakeEnvironment(),
      random: seededRandom(seed++),
      storage: { outboxes, keys },
      openSession,
      openTransport,
      ...options,
      ...more
    })
  const textsOf = (person: string): readonly string[] =>
    gatewayOf(person)
      .events()
      .flatMap((event) => (event.type === 'message.created' ? event.body.parts.map((one) => (one.kind === 'text' ? one.text : '')) : []))
  return { clock, open, gatewayOf, textsOf, asked, kept }
}

describe('identify', () => {
  test('before connecting only remembers the token; the session is opened with it', async () => {
    const { clock, open, asked, textsOf } = world()
    const client = open()
    await client.identify(tokenOf('anna'))
    expect(asked).toEqual([])
    void client.conversation.send('hello')
    await clock.advance(100)
    expect([asked, textsOf('anna')]).toEqual([[{ identity: tokenOf('anna'), hasKey: false }], ['hello']])
  })

  test('carries what an anonymous visitor has not sent along, sends the key once, and forgets it', async () => {
    const { clock, open, gatewayOf, textsOf, asked, kept } = world()
    const client = open()
    void client.connect()
    await clock.advance(100)
    gatewayOf('anonymous').faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    const sent = client.conversation.send('hello')
    await clock.advance(10)
    void client.identify(tokenOf('anna'))
    await clock.advance(1_000)
    expect(await sent).toMatchObject({ seq: 1 })
    expect([textsOf('anonymous'), textsOf('anna')]).toEqual([[], ['hello']])
    expect([asked.at(-1), [...kept.values()].some((value) => value.includes('"key"'))]).toEqual([{ identity: tokenOf('anna'), hasKey: true }, false])
  })

  test('F12: what one person has not sent is never sent as another, and goes out when that one is back', async () => {
    const { clock, open, gatewayOf, textsOf } = world()
    const client = open()
    await client.identify(tokenOf('anna'))
    void client.connect()
    await clock.advance(100)
    gatewayOf('anna').faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    const sent = client.conversation.send('from anna').catch((error: unknown) => (ParleyError.is(error) ? error.code : error))
    await clock.advance(10)
    void client.identify(tokenOf('ben'))
    await clock.advance(1_000)
    expect([await sent, client.conversation.$timeline.get()]).toEqual(['client.closed', []])
    void client.conversation.send('from ben')
    await clock.advance(1_000)
    gatewayOf('anna').faults.fate = () => 'pass'
    void client.identify(tokenOf('anna', 2))
    await clock.advance(5_000)
    expect([textsOf('anna'), textsOf('ben')]).toEqual([['from anna'], ['from ben']])
  })

  test('F12: two hundred switches in mid-send put every message under the name it was written by', async () => {
    const { clock, open, textsOf, gatewayOf } = world()
    const random = seededRandom(11)
    const client = open()
    void client.connect()
    const written: Record<string, string[]> = { anna: [], ben: [] }
    for (let turn = 0; turn < 200; turn++) {
      const person = turn % 2 === 0 ? 'anna' : 'ben'
      void client.identify(tokenOf(person, turn)).catch(() => {})
      await clock.advance(Math.floor(random.fraction() * 40))
      gatewayOf(person).faults.delayMs = () => Math.floor(random.fraction() * 30)
      for (let count = 0; count < 2; count++) {
        const text = `${person} ${turn}.${count}`
        written[person]?.push(text)
        client.conversation.send(text).catch(() => {})
      }
      await clock.advance(Math.floor(random.fraction() * 60))
    }
    for (const person of ['anna', 'ben']) {
      void client.identify(tokenOf(person, 1_000)).catch(() => {})
      await clock.advance(60_000)
    }
    expect([textsOf('anna'), textsOf('ben')]).toEqual([written['anna'], written['ben']])
  })

  test('getToken is asked for each session, and somebody else in its answer is somebody else here', async () => {
    let subject = 'anna'
    let issue = 0
    const { clock, open, textsOf, asked, gatewayOf } = world({ getToken: async () => tokenOf(subject, ++issue) })
    const client = open()
    void client.conversation.send('one')
    await clock.advance(1_000)
    subject = 'ben'
    gatewayOf('anna').script.refuseHello = () => ({ code: 'auth.expired' })
    gatewayOf('anna').cut()
    await clock.advance(40_000)
    void client.conversation.send('two')
    await clock.advance(5_000)
    expect([textsOf('anna'), textsOf('ben')]).toEqual([['one'], ['two']])
    expect(new Set(asked.map(({ identity }) => identity)).size).toBeGreaterThan(1)
  })

  test('the same person with other roles gets the commands that fit, in the same conversation; with the same roles nothing is opened', async () => {
    const { clock, open, gatewayOf, asked } = world()
    const client = open()
    const commands = () => client.conversation.$commands.get().map(({ name }) => name)
    await client.identify(tokenOf('anna', 1, ['user']))
    void client.connect()
    await clock.advance(1_000)
    await client.identify(tokenOf('anna', 2, ['user']))
    const before = [asked.length, commands()]
    gatewayOf('anna').script.commands = [{ name: 'audit', description: 'Reads the audit log', args: [] }]
    let isSettled = false
    void client.identify(tokenOf('anna', 3, ['user', 'auditor'])).then(() => {
      isSettled = client.$connection.get().state === 'online'
    })
    await clock.advance(1_000)
    expect([before, commands(), isSettled]).toEqual([[1, ['help']], ['audit', 'help'], true])
    expect(asked.map(({ identity }) => identity)).toEqual([tokenOf('anna', 1, ['user']), tokenOf('anna', 3, ['user', 'auditor'])])
    expect(
      gatewayOf('anna')
        .received()
        .filter(({ name }) => name === 'hello')
    ).toHaveLength(2)
  })

  test('tokens that say nothing by themselves connect, also when each is another one', async () => {
    let issue = 0
    const { clock, open, asked } = world({ getToken: () => `opaque-token-number-${String(++issue).padStart(4, '0')}` })
    const client = open()
    const connected = client.connect()
    await clock.advance(2_000)
    await connected
    expect([client.$connection.get().state, asked]).toEqual(['online', [{ identity: 'opaque-token-number-0001', hasKey: false }]])
    client.close()
  })

  test('other roles in what getToken gives are no other person: the session is opened with them', async () => {
    let roles = ['user']
    const { clock, open, asked, gatewayOf } = world({ getToken: () => tokenOf('anna', 1, roles) })
    void open().connect()
    await clock.advance(5_000)
    roles = ['admin']
    gatewayOf('anna').cut({ kind: 'refused', error: { code: 'auth.expired' } })
    await clock.advance(1_000)
    expect(asked.map(({ identity }) => identity)).toEqual([tokenOf('anna', 1, ['user']), tokenOf('anna', 1, ['admin'])])
  })

  test('a token that says nothing by itself goes to the gateway as it is, and nowhere else', async () => {
    const { clock, open, asked, kept } = world()
    const [anna, ben] = ['-_token-of-anna-at-the-outside', '-_token-of-bens-at-the-outside']
    const client = open()
    await client.identify(anna)
    void client.conversation.send('hello')
    await clock.advance(1_000)
    void client.identify(ben)
    await clock.advance(1_000)
    expect(asked.map(({ identity }) => identity)).toEqual([anna, ben])
    expect(claimsOf(anna).subject).not.toBe(claimsOf(ben).subject)
    expect(JSON.stringify([claimsOf(anna), [...kept]])).not.toContain('token-of')
  })

  test('where somebody must be named, nobody comes in until somebody is', async () => {
    const { clock, open, gatewayOf, textsOf } = world()
    gatewayOf('anonymous').script.refuseSession = () => ({ code: 'identity.required', text: 'Sign in to use this chat.' })
    const client = open()
    void client.connect()
    void client.conversation.send('hello')
    await clock.advance(10_000)
    expect(client.$connection.get()).toMatchObject({ state: 'waiting', error: { code: 'identity.required', message: 'Sign in to use this chat.' } })
    void client.identify(tokenOf('anna'))
    await clock.advance(1_000)
    expect([client.$connection.get().state, client.$connection.get().error, textsOf('anna')]).toEqual(['online', null, ['hello']])
  })

  test('a gateway that passes the identity over is refused: nothing is sent to it', async () => {
    const all = world({ openSession: async (request, signal) => createScriptedGateway({ clock: createFakeClock() }).openSession(request, signal) })
    const client = all.open()
    await client.identify(tokenOf('anna'))
    const connected = client.connect().catch((error: unknown) => (ParleyError.is(error) ? error.code : error))
    await all.clock.advance(1_000)
    expect([await connected, client.$connection.get().state]).toEqual(['identity.unsupported', 'closed'])
  })

  test.each([
    ['nothing', ''],
    ['a word', 'token'],
    ['no subject', `${part({})}.${part({ name: 'x' })}.s`],
    ['a subject that is none', `${part({})}.${part({ sub: 7 })}.s`]
  ])('a token with %s is refused at once', async (_name, token) => {
    await expect(world().open().identify(token)).rejects.toMatchObject({ code: 'identity.invalid' })
  })
})
