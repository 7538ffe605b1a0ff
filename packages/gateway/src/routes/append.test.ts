import { createEngine, createMemoryStore, type Engine } from '@parley/engine'
import type { ConversationId, LastAppends } from '@parley/protocol'
import { idFromBytes } from '@parley/protocol'
import { afterEach, expect, test } from 'vitest'
import { createSeal, systemChance, systemClock } from '../host.js'
import { createListLog, openDoors, type OpenDoors, PAGE } from '../testing/open-doors.js'
import { createEcho } from '../testing/echo.js'
import { createTokens } from '../tokens.js'

const freshId = () => idFromBytes(systemChance.bytes(16))
let close: (() => Promise<void>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

type Opened = { readonly doors: OpenDoors; readonly engine: Engine; enter(): Promise<{ token: string; conversation: ConversationId }> }

async function open(options: Parameters<typeof openDoors>[1] = {}): Promise<Opened> {
  const tokens = createTokens('a secret of this test, long enough', systemClock)
  const engine = createEngine({
    clock: systemClock,
    chance: systemChance,
    seal: createSeal('a secret of this test, long enough'),
    log: createListLog(),
    store: createMemoryStore(systemChance),
    inboxes: [{ name: 'support', connector: createEcho() }],
    publicUrl: 'http://localhost',
    fetch: () => Promise.reject(new Error('there is no network')),
    authenticate: (token) => tokens.authenticate(token)
  })
  await engine.start()
  const doors = await openDoors(engine, options)
  close = async () => {
    await doors.close()
    await engine.stop(0)
  }
  return {
    doors,
    engine,
    async enter() {
      const entered = await engine.enter('support', { visitorKey: null, person: null })
      if ('code' in entered) throw new Error(entered.code)
      return { token: (await tokens.issue(entered.visitor, 'support')).token, conversation: entered.conversation }
    }
  }
}

const say = (conversation: string, deviceSeq: number, text = `m${deviceSeq}`) => ({
  conversation,
  deviceSeq,
  messageId: freshId(),
  after: 0,
  type: 'message.created',
  body: { parts: [{ kind: 'text', text }] }
})
const last = (token: string, appends: readonly object[]) => ({ v: 1, token, device: freshId(), appends }) as unknown as LastAppends

async function post(url: string, body: unknown, headers: Record<string, string> = { 'content-type': 'text/plain', origin: PAGE }) {
  const answer = await fetch(`${url}/append`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers })
  return { status: answer.status, answer: (await answer.json()) as { acks?: unknown[]; error?: { code: string } }, headers: answer.headers }
}

test('rule 8: what a leaving page sends is recorded in order, and sent again it gets the same numbers', async () => {
  const { doors, enter } = await open()
  const { token, conversation } = await enter()
  const body = last(token, [say(conversation, 1), say(conversation, 2)])
  const first = await post(doors.url, body)
  expect([first.status, first.answer, first.headers.get('access-control-allow-origin')]).toMatchObject([200, { acks: [{ seq: 4 }, { seq: 5 }] }, PAGE])
  expect((await post(doors.url, body, { 'content-type': 'application/json' })).answer).toEqual(first.answer)
})

test('rule 23: another visitor’s conversation is answered like one that is not there, beside one’s own', async () => {
  const { doors, enter } = await open()
  const [anna, ben] = [await enter(), await enter()]
  const { answer } = await post(doors.url, last(ben.token, [say(anna.conversation, 1), say(freshId(), 1), say(ben.conversation, 1)]))
  const unknown = { error: { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' } }
  expect(answer.acks).toMatchObject([unknown, unknown, { seq: 4 }])
})

test.each([
  ['a bad token', () => last('forged', [say(freshId(), 1)]), 401, 'auth.invalid'],
  ['no JSON', () => '{', 400, 'frame.malformed'],
  ['no appends', () => last('t', []), 400, 'frame.malformed'],
  [
    'more than 20',
    () =>
      last(
        't',
        Array.from({ length: 21 }, (_, index) => say(freshId(), index + 1))
      ),
    400,
    'frame.malformed'
  ],
  ['an id that a connector could make', () => last('t', [{ ...say(freshId(), 1), messageId: 'support:17' }]), 400, 'frame.malformed'],
  ['too much', () => ' '.repeat(65_537), 413, 'frame.tooLarge']
])('refuses %s', async (_name, body, status, code) => {
  const { doors } = await open()
  const refused = await post(doors.url, body())
  expect([refused.status, refused.answer.error?.code]).toEqual([status, code])
})

test('refuses pages of other origins, and an address that sends too often', async () => {
  const { doors, enter } = await open({ appendsPerMinute: 1 })
  const { token, conversation } = await enter()
  const body = last(token, [say(conversation, 1)])
  expect((await post(doors.url, body, { origin: 'https://evil.test' })).status).toBe(403)
  expect([(await post(doors.url, body)).status, (await post(doors.url, body)).status]).toEqual([200, 429])
})
