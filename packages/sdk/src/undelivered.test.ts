import { ParleyError, type CommandSpec, type MessageId, type Participant, type ParticipantId } from '@parley/protocol'
import { expect, test } from 'vitest'
import type { MessageItem } from './api.js'
import { createClient } from './client.js'
import { memoryStorages } from './storage/memory.js'
import { createFakeClock, createFakeEnvironment, createFakeTabs, createScriptedGateway, seededRandom } from './testing/index.js'

const NOTICE = 'This could not be delivered.'
const CHOICES = { parts: [{ kind: 'choices' as const, choices: [{ value: 'y', label: 'Yes' }] }] }

function browser() {
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock })
  const { openSession, openTransport } = gateway
  const tabs = createFakeTabs(clock)
  const outboxes = { ...memoryStorages(seededRandom(9)), isDurable: true }
  let seed = 20
  async function online() {
    const client = createClient({
      url: 'https://chat.example.com',
      inbox: 'support',
      openSession,
      openTransport,
      clock,
      environment: createFakeEnvironment(),
      random: seededRandom(seed++),
      storage: { outboxes, keys: { getItem: () => null, setItem: () => {}, removeItem: () => {} } },
      tabs: tabs.open()
    })
    void client.connect()
    await clock.advance(1_000)
    return client.conversation
  }
  const fail = (key: string): unknown => gateway.record('message.created', { parts: [{ kind: 'text', text: NOTICE }], about: key as MessageId })
  async function settled<Value>(promise: Promise<Value>): Promise<Value> {
    await clock.advance(1_000)
    return promise
  }
  return { clock, gateway, online, fail, settled }
}
type Chat = Awaited<ReturnType<ReturnType<typeof browser>['online']>>
const messages = (chat: Chat): MessageItem[] => chat.$timeline.get().flatMap((item) => (item.kind === 'message' ? item : []))
/** How each message stands: what it says, what is told against it, and whether it was sent again. */
const shown = (chat: Chat) =>
  messages(chat).map(({ parts, status, undelivered, isSentAgain, about }) => [
    parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(' '),
    status,
    undelivered,
    isSentAgain,
    about !== null
  ])
const keyOf = (chat: Chat, index: number): string => messages(chat)[index]?.key ?? ''
const codeOf = (promise: Promise<unknown>) => promise.then(String, (reason: unknown) => ParleyError.is(reason) && reason.code)

test('rule 29: a message that did not get through says why, and goes again as a new message at the end, once', async () => {
  const { clock, gateway, online, fail, settled } = browser()
  const chat = await online()
  await settled(chat.send('Hello'))
  fail(keyOf(chat, 0))
  await clock.advance(100)
  const failed = shown(chat)
  gateway.faults.delayMs = () => 300
  const again = chat.retry(keyOf(chat, 0))
  const twice = codeOf(chat.retry(keyOf(chat, 0)))
  await clock.advance(100)
  const underWay = shown(chat)
  await clock.advance(1_000)
  expect([failed, underWay, await twice, (await again).seq, shown(chat)]).toEqual([
    [
      ['Hello', 'sent', NOTICE, false, false],
      [NOTICE, 'sent', null, false, true]
    ],
    [
      ['Hello', 'sent', NOTICE, true, false],
      [NOTICE, 'sent', null, false, true],
      ['Hello', 'sending', null, false, false]
    ],
    'append.invalid',
    3,
    [
      ['Hello', 'sent', NOTICE, true, false],
      [NOTICE, 'sent', null, false, true],
      ['Hello', 'sent', null, false, false]
    ]
  ])
  expect(gateway.events()[2]).toMatchObject({ body: { parts: [{ kind: 'text', text: 'Hello' }], about: keyOf(chat, 0) } })
  expect(await codeOf(chat.retry(keyOf(chat, 0)))).toBe('append.invalid')
})

test('rule 29: other tabs, and a page that is loaded anew, see the same', async () => {
  const { clock, online, fail, settled } = browser()
  const first = await online()
  const second = await online()
  await settled(first.send('Hello'))
  await settled(first.send('Anybody?'))
  fail(keyOf(first, 0))
  fail(keyOf(first, 1))
  await clock.advance(100)
  await settled(second.retry(keyOf(second, 0)))
  const third = await online()
  expect([shown(first), shown(second)]).toEqual([shown(third), shown(third)])
  expect(shown(third)).toEqual([
    ['Hello', 'sent', NOTICE, true, false],
    ['Anybody?', 'sent', NOTICE, false, false],
    [NOTICE, 'sent', null, false, true],
    [NOTICE, 'sent', null, false, true],
    ['Hello', 'sent', null, false, false]
  ])
})

test('rule 29: an answer goes again as the same answer', async () => {
  const { clock, gateway, online, fail, settled } = browser()
  const chat = await online()
  const question = gateway.record('message.created', CHOICES)
  await clock.advance(100)
  await settled(chat.answer(question.messageId, 'y', 'Yes'))
  fail(keyOf(chat, 1))
  await clock.advance(100)
  const failed = shown(chat)
  await settled(chat.retry(keyOf(chat, 1)))
  expect([failed[1], shown(chat)[1], gateway.events().filter(({ type }) => type === 'answer.given')]).toMatchObject([
    ['Yes', 'sent', NOTICE, false, false],
    ['Yes', 'sent', NOTICE, true, false],
    [{ body: { to: question.messageId, value: 'y', label: 'Yes' } }, { body: { to: question.messageId, value: 'y', label: 'Yes' } }]
  ])
})

test('rule 29: a repeat that is refused or taken back can be made once more', async () => {
  const { clock, gateway, online, fail, settled } = browser()
  const chat = await online()
  await settled(chat.send('Hello'))
  fail(keyOf(chat, 0))
  await clock.advance(100)
  gateway.script.refuseAppend = () => ({ code: 'auth.forbidden' })
  const refused = codeOf(chat.retry(keyOf(chat, 0)))
  await clock.advance(100)
  const meanwhile = shown(chat)
  await settled(chat.discard(keyOf(chat, 2)))
  gateway.script.refuseAppend = () => null
  await settled(chat.retry(keyOf(chat, 0)))
  expect([await refused, meanwhile[0], meanwhile[2], shown(chat)[0], shown(chat)[2]]).toEqual([
    'auth.forbidden',
    ['Hello', 'sent', NOTICE, false, false],
    ['Hello', 'failed', null, false, false],
    ['Hello', 'sent', NOTICE, true, false],
    ['Hello', 'sent', null, false, false]
  ])
})

test('rule 29: what is told of a message that is not loaded stands by it when it is', async () => {
  const { clock, gateway, online, fail, settled } = browser()
  const before = await online()
  await settled(before.send('Long ago'))
  const key = keyOf(before, 0)
  for (let count = 0; count < 250; count++) gateway.say(`Line ${count}`)
  fail(key)
  await clock.advance(100)
  const after = await browserTab(gateway, clock)
  const early = after.$timeline.get().some((item) => item.key === key)
  await settled(after.loadEarlier())
  const item = messages(after).find((one) => one.key === key)
  expect([early, item?.undelivered, item?.isSentAgain, messages(after).at(-1)?.about === key]).toEqual([false, NOTICE, false, true])
})

/** Another device of the same visitor. */
async function browserTab(gateway: ReturnType<typeof createScriptedGateway>, clock: ReturnType<typeof createFakeClock>): Promise<Chat> {
  const { openSession, openTransport } = gateway
  const keys = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
  const environment = createFakeEnvironment()
  const client = createClient({
    url: 'https://chat.example.com',
    inbox: 'support',
    openSession,
    openTransport,
    clock,
    environment,
    random: seededRandom(77),
    storage: { keys }
  })
  void client.connect()
  await clock.advance(1_000)
  return client.conversation
}

test('what tells that a message did not get through counts as unread, like anything that others say', async () => {
  const { clock, online, fail, settled } = browser()
  const chat = await online()
  await settled(chat.send('Hello'))
  chat.markRead()
  const before = chat.$unread.get()
  fail(keyOf(chat, 0))
  await clock.advance(100)
  expect([before, chat.$unread.get()]).toEqual([0, 1])
})

test('a choice that was made is known after the page is loaded anew', async () => {
  const { clock, gateway, online, settled } = browser()
  const chat = await online()
  const question = gateway.record('message.created', CHOICES)
  await clock.advance(100)
  await settled(chat.answer(question.messageId, 'y', 'Yes'))
  const anew = await browserTab(gateway, clock)
  expect([messages(chat)[0]?.answer, messages(anew)[0]?.answer]).toEqual(['y', 'y'])
})

test('commands that change while the line is up are there at once, in a tab that comes later, too', async () => {
  const { clock, gateway, online } = browser()
  const spec = (name: string): CommandSpec => ({ name, description: `Does ${name}.`, args: [] })
  const names = (chat: Chat) =>
    [chat.$commands, chat.$inboxCommands].map(($list) =>
      $list
        .get()
        .map(({ name }) => name)
        .join(' ')
    )
  gateway.script.commands = [spec('old')]
  const first = await online()
  const before = names(first)
  gateway.send('commands', { commands: [spec('new'), spec('newer')] })
  await clock.advance(100)
  const second = await online()
  expect([before, names(first), names(second)]).toEqual([
    ['help old', 'old'],
    ['help new newer', 'new newer'],
    ['help new newer', 'new newer']
  ])
})

test('who types is named, from when they are known; the visitor on another device is not told of', async () => {
  const { clock, gateway, online } = browser()
  const chat = await online()
  const agent: Participant = { id: 'AGENTAGENTAGENTAGENTAG' as ParticipantId, role: 'agent', name: 'Support' }
  const conversation = gateway.received().flatMap((incoming) => (incoming.name === 'hello' ? incoming.payload.conversations.map(({ id }) => id) : []))[0]
  if (!conversation) throw new Error('no conversation')
  const seen: unknown[] = []
  const types = async (by: ParticipantId) => {
    gateway.send('signal', { conversation, signal: { kind: 'typing', by, forMs: 10_000 } })
    await clock.advance(100)
    seen.push(chat.$typing.get().map(({ name, role }) => name ?? role))
  }
  gateway.record('participant.joined', { participant: gateway.visitor })
  await types(gateway.visitor.id)
  await types(agent.id)
  gateway.record('participant.joined', { participant: agent })
  await clock.advance(100)
  seen.push(chat.$typing.get())
  await clock.advance(10_000)
  seen.push(chat.$typing.get())
  expect(seen).toEqual([[], [], [agent], []])
})
