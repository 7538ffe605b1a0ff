import type { WireError } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import type { Capabilities, ConnectorIdentity } from './connector.js'
import { createWorld, scriptedConnector, type World } from './testing/harness.js'

const ANNA: ConnectorIdentity = { subject: 'anna', name: 'Anna', roles: ['admin'], expiresInS: 600 }

function connectorThat(identify: (token: string) => Promise<ConnectorIdentity | WireError>, identity: Capabilities['identity'] = 'optional') {
  const connector = scriptedConnector()
  return Object.assign(connector, { capabilities: { ...connector.capabilities, ...(identity ? { identity } : {}) }, identify })
}
const worldThat = (...parameters: Parameters<typeof connectorThat>): Promise<World> => createWorld({ connector: connectorThat(...parameters) })

describe('the outside system is asked whom a token names', () => {
  test('and its word is taken, with name, roles and end', async () => {
    const asked: string[] = []
    const world = await worldThat(async (token) => {
      asked.push(token)
      return { ...ANNA, expiresInS: 600.7, more: 1 } as ConnectorIdentity
    })
    expect([await world.engine.identify('test', 'secret-token'), asked]).toEqual([{ ...ANNA, namedBy: 'connector' }, ['secret-token']])
  })

  test('only where it names visitors at all', async () => {
    const world = await createWorld()
    expect([await world.engine.identify('test', 'x'), await world.engine.identify('elsewhere', 'x')]).toEqual([null, null])
  })

  test('and its refusal is passed on, in words that every client takes', async () => {
    const world = await worldThat(async () => ({ code: 'identity.expired', text: 'Sign in again.\ud800', extra: 1 }) as WireError)
    expect(await world.engine.identify('test', 'x')).toEqual({ code: 'identity.expired', text: 'Sign in again.\ufffd' })
    const odd = await worldThat(async () => ({ code: 'TOKEN_NOT_FOUND' }) as unknown as WireError)
    expect(await odd.engine.identify('test', 'x')).toEqual({ code: 'identity.invalid' })
  })

  test.each([
    ['no subject', { ...ANNA, subject: '' }],
    ['a subject that is no text', { ...ANNA, subject: 7 }],
    ['a name of 201 characters', { ...ANNA, name: 'n'.repeat(201) }],
    ['no word on roles', { ...ANNA, roles: undefined }],
    ['a role that is no text', { ...ANNA, roles: [7] }],
    ['21 roles', { ...ANNA, roles: Array.from({ length: 21 }, String) }],
    ['an end that has passed', { ...ANNA, expiresInS: 0 }],
    ['no end', { ...ANNA, expiresInS: undefined }]
  ])('a word with %s is not taken, and somebody is told', async (_name, identity) => {
    const world = await worldThat(async () => identity as unknown as ConnectorIdentity)
    expect(await world.engine.identify('test', 'x')).toEqual({ code: 'identity.invalid', text: 'The identity token does not hold.' })
    expect(world.logged).toContain('error whom the outside named cannot be taken: subject, name, roles or end are not as wanted')
  })

  const UNAVAILABLE = { code: 'gateway.unavailable', text: 'It cannot be checked now who you are.', retryInMs: 1_000 }

  test.each<[string, () => Promise<ConnectorIdentity>]>([
    ['throws', () => Promise.reject(new Error('refused for secret-token'))],
    [
      'throws at once',
      () => {
        throw new Error('refused for secret-token')
      }
    ],
    ['answers with nothing', async () => null as unknown as ConnectorIdentity]
  ])('one that %s is to be asked again later, and the token is not in the log', async (_name, identify) => {
    const world = await worldThat(identify)
    expect(await world.engine.identify('test', 'secret-token')).toEqual(UNAVAILABLE)
    expect(world.logged.at(-1)).toBe('warn the outside could not say whom a token names')
    expect(JSON.stringify(world.fields)).not.toContain('secret-token')
  })

  test('one that never answers is waited for five seconds', async () => {
    const world = await worldThat(() => new Promise(() => {}))
    let answer: unknown = 'waiting'
    void world.engine.identify('test', 'x').then((given) => {
      answer = given
    })
    await world.clock.advance(4_999)
    expect(answer).toBe('waiting')
    await world.clock.advance(1)
    expect(answer).toEqual(UNAVAILABLE)
  })
})

describe('who is named by the outside system', () => {
  const visitorOf = async ({ engine }: World, inbox: string, subject: string, namedBy?: 'host' | 'connector') => {
    const entered = await engine.enter(inbox, { visitorKey: null, person: { subject, name: null, ...(namedBy ? { namedBy } : {}) } })
    return 'code' in entered ? entered.code : entered.visitor
  }

  test('is the same one each time, and nobody whom the host, a key or another inbox names', async () => {
    const world = await createWorld({ connector: connectorThat(async () => ANNA), others: { 'test 2': scriptedConnector(), '5 test': scriptedConnector() } })
    const anna = await visitorOf(world, 'test', 'anna', 'connector')
    expect(await visitorOf(world, 'test', 'anna', 'connector')).toBe(anna)
    const strangers = await Promise.all([
      visitorOf(world, 'test', 'anna'),
      visitorOf(world, 'test', 'anna', 'host'),
      visitorOf(world, 'test 2', 'anna', 'connector'),
      visitorOf(world, 'test', '2 anna', 'connector'),
      visitorOf(world, '5 test', 'anna', 'connector'),
      visitorOf(world, 'test', '6 test 2 anna', 'host')
    ])
    expect(strangers).not.toContain(anna)
    expect(strangers[0]).toBe(strangers[1])
    expect(new Set(strangers).size).toBe(5)
  })

  test('is the only one who comes in where that is required', async () => {
    const world = await worldThat(async () => ANNA, 'required')
    const nobody = await world.engine.enter('test', { visitorKey: world.key('anna'), person: null })
    expect(nobody).toEqual({ code: 'identity.required', text: 'Sign in to use this chat.' })
    expect(await visitorOf(world, 'test', 'anna')).toBe('identity.required')
    expect(await visitorOf(world, 'test', 'anna', 'connector')).toMatch(/^[\w-]{22}$/)
  })
})
