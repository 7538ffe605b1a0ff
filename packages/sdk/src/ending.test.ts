import { ParleyError, type ClientFrameName } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { createClient } from './client.js'
import { memoryStorages } from './storage/memory.js'
import { createFakeClock, createFakeEnvironment, createFakeTabs, createScriptedGateway, seededRandom, type ScriptedGateway } from './testing/index.js'

/** One browser with tabs, in front of a gateway where visitors may end conversations. */
function browser(script: Partial<ScriptedGateway['script']> = {}) {
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock })
  Object.assign(gateway.script, { features: ['end'], ...script })
  const { openSession, openTransport } = gateway
  const tabs = createFakeTabs(clock)
  const outboxes = { ...memoryStorages(seededRandom(9)), isDurable: true }
  const kept = new Map<string, string>()
  const keys = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  }
  let seed = 20
  function open() {
    const environment = createFakeEnvironment()
    const client = createClient({
      url: 'https://chat.example.com',
      inbox: 'support',
      openSession,
      openTransport,
      clock,
      environment,
      random: seededRandom(seed++),
      storage: { outboxes, keys },
      tabs: tabs.open()
    })
    return { client, chat: client.conversation, environment }
  }
  async function online() {
    const tab = open()
    void tab.client.connect()
    await clock.advance(100)
    return tab
  }
  /** What became of a promise, as far as is known by now. */
  function outcomeOf(promise: Promise<unknown>): () => unknown {
    let outcome: unknown = 'waiting'
    promise.then(
      () => (outcome = 'done'),
      (reason: unknown) => (outcome = ParleyError.is(reason) ? `${reason.code}: ${reason.message}` : reason)
    )
    return () => outcome
  }
  const names = () => gateway.received().map(({ name }) => name)
  const types = () => gateway.events().map(({ type }) => type)
  return { clock, gateway, open, online, outcomeOf, names, types, kept }
}

const shown = (chat: Awaited<ReturnType<ReturnType<typeof browser>['online']>>['chat']) =>
  chat.$timeline.get().map((item) => {
    if (item.kind === 'message') return `${item.status}: ${item.parts.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(' ')}`
    return item.kind === 'local' ? `${item.state}: ${item.line}` : item.kind === 'notice' ? item.notice.kind : item.kind
  })

describe('the end of a conversation', () => {
  test('rule 28: is asked for once, is there when the gateway has recorded it, and is no fault a second time', async () => {
    const { clock, online, outcomeOf, names, types, kept } = browser()
    const { chat } = await online()
    const outcomes = [outcomeOf(chat.end()), outcomeOf(chat.end())]
    await clock.advance(100)
    outcomes.push(outcomeOf(chat.end()))
    await clock.advance(100)
    expect([outcomes.map((outcome) => outcome()), names(), types(), chat.$status.get()]).toEqual([
      ['done', 'done', 'done'],
      ['session', 'hello', 'invoke'],
      ['conversation.closed'],
      'closed'
    ])
    expect(JSON.parse([...kept.values()][0] ?? '')).toMatchObject({ open: false })
  })

  test('rule 28: what was said before it goes first, however it is said', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const { chat } = await online()
    gateway.faults.delayMs = () => 300
    const said = [outcomeOf(chat.send('One')), outcomeOf(chat.send('Two'))]
    const ended = outcomeOf(chat.end())
    await clock.advance(5_000)
    expect([said.map((outcome) => outcome()), ended(), types()]).toEqual([
      ['done', 'done'],
      'done',
      ['message.created', 'message.created', 'conversation.closed']
    ])
  })

  test('without a line it waits, with what waits, and is done when there is one', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const { chat } = await online()
    gateway.script.refuseHello = () => ({ code: 'gateway.unavailable' })
    gateway.cut()
    await clock.advance(10)
    const outcomes = [outcomeOf(chat.send('Bye')), outcomeOf(chat.end())]
    await clock.advance(60_000)
    const before = [outcomes.map((outcome) => outcome()), types()]
    gateway.script.refuseHello = () => null
    await clock.advance(60_000)
    expect([before, outcomes.map((outcome) => outcome()), types()]).toEqual([
      [['waiting', 'waiting'], []],
      ['done', 'done'],
      ['message.created', 'conversation.closed']
    ])
  })

  test.each<[string, 'lose' | 'loseAck' | 'cut' | 'cutAck']>([
    ['is lost on the way', 'lose'],
    ['is answered, and the answer is lost', 'loseAck'],
    ['is cut off', 'cut'],
    ['is cut off behind it', 'cutAck']
  ])('a wish that %s is told again, and the end is there once', async (_name, fate) => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const { chat } = await online()
    let isFirst = true
    gateway.faults.fate = (name: ClientFrameName) => {
      if (name !== 'invoke' || !isFirst) return 'pass'
      isFirst = false
      return fate
    }
    const ended = outcomeOf(chat.end())
    await clock.advance(120_000)
    expect([ended(), types(), chat.$status.get()]).toEqual(['done', ['conversation.closed'], 'closed'])
  })

  test('a gateway that is busy is asked again when it says', async () => {
    const { clock, gateway, online, outcomeOf, names } = browser()
    const { chat } = await online()
    let refusals = 2
    gateway.script.refuseFrame = (name) => (name === 'invoke' && refusals-- > 0 ? { code: 'append.busy', retryInMs: 5_000 } : null)
    const ended = outcomeOf(chat.end())
    await clock.advance(9_000)
    const early = [ended(), names().filter((name) => name === 'invoke').length]
    await clock.advance(1_500)
    expect([early, ended(), names().filter((name) => name === 'invoke').length]).toEqual([['waiting', 2], 'done', 3])
  })

  test('a gateway that cannot is not even asked, and one that refuses says so', async () => {
    const old = browser({ features: ['check'] })
    const { chat } = await old.online()
    const refused = old.outcomeOf(chat.end())
    await old.clock.advance(100)
    const strict = browser({ refuseFrame: (name) => (name === 'invoke' ? { code: 'auth.forbidden', text: 'Not here.' } : null) })
    const other = await strict.online()
    const forbidden = strict.outcomeOf(other.chat.end())
    await strict.clock.advance(100)
    expect([refused(), old.names(), forbidden()]).toEqual([
      'end.unsupported: This gateway lets no visitor end a conversation.',
      ['session', 'hello'],
      'auth.forbidden: Not here.'
    ])
  })

  test('a client that is closed ends nothing, and what waited settles', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const { client, chat } = await online()
    gateway.faults.fate = (name) => (name === 'invoke' ? 'lose' : 'pass')
    const waiting = outcomeOf(chat.end())
    await clock.advance(100)
    client.close()
    const late = outcomeOf(chat.end())
    await clock.advance(5_000)
    expect([waiting(), late(), types()]).toEqual(['client.closed: This client is closed.', 'client.closed: This client is closed.', []])
  })

  test('a tab without a line ends it through the one that has it, and both see it', async () => {
    const { clock, online, outcomeOf, names } = browser()
    const first = await online()
    const second = await online()
    const ended = outcomeOf(second.chat.end())
    await clock.advance(1_000)
    expect([ended(), first.chat.$status.get(), second.chat.$status.get(), names()]).toEqual(['done', 'closed', 'closed', ['session', 'hello', 'invoke']])
  })
})

describe('/end', () => {
  test('is offered where the gateway can, and leaves no trace but the end itself', async () => {
    const { clock, gateway, online, outcomeOf } = browser()
    const { chat } = await online()
    const offered = chat.$commands.get().map(({ name, description }) => `${name}: ${description}`)
    gateway.faults.delayMs = () => 200
    const sent = outcomeOf(chat.send('/end'))
    await clock.advance(100)
    const meanwhile = shown(chat)
    await clock.advance(1_000)
    expect([offered, meanwhile, sent(), shown(chat)]).toEqual([
      ['end: Ends this conversation.', 'help: Lists the commands there are.'],
      ['working: /end'],
      'done',
      ['closed']
    ])
  })

  test('is not there where the gateway cannot: then an inbox may have its own', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser({ features: [], commands: [{ name: 'end', description: 'Of the inbox.', args: [] }] })
    const { chat } = await online()
    const offered = chat.$commands.get().map(({ name, description }) => `${name}: ${description}`)
    const sent = outcomeOf(chat.send('/end'))
    await clock.advance(100)
    gateway.send('commands', { commands: [] })
    await clock.advance(100)
    const unknown = outcomeOf(chat.send('/end'))
    await clock.advance(100)
    expect([offered, sent(), types(), unknown()]).toEqual([
      ['end: Of the inbox.', 'help: Lists the commands there are.'],
      'done',
      ['run.started'],
      'command.unknown: There is no command /end. Type / to see those there are.'
    ])
  })

  test('cannot be taken by the page, and not be pressed from a card', async () => {
    const { online, outcomeOf, clock, types } = browser()
    const { client, chat } = await online()
    expect(() => client.commands.register({ name: 'end', description: 'Mine.', run: () => 'no' })).toThrow('/end is taken; another name is wanted.')
    const pressed = outcomeOf(chat.run('end', {}, { of: 'inbox' }))
    await clock.advance(100)
    expect([pressed(), types()]).toEqual(['command.unknown: There is no command /end. Type / to see those there are.', []])
  })
})

describe('a new conversation', () => {
  test('begins for the same visitor, without anything of the old one', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const { client, chat } = await online()
    void chat.send('Hello')
    await clock.advance(100)
    await Promise.all([chat.send('/help'), clock.advance(100)])
    void chat.end()
    await clock.advance(100)
    const [session] = gateway.received()
    const begun = outcomeOf(chat.begin())
    await clock.advance(1_000)
    expect([begun(), chat.$status.get(), shown(chat), types(), client.$connection.get().state]).toEqual(['done', 'open', [], [], 'online'])
    expect(gateway.received().filter(({ name }) => name === 'session')).toEqual([session, session])
    const sent = outcomeOf(chat.send('Hello again'))
    await clock.advance(100)
    expect([sent(), shown(chat)]).toEqual(['done', ['sent: Hello again']])
  })

  test('does not begin while there is one', async () => {
    const { clock, online, outcomeOf, names } = browser()
    const { chat } = await online()
    const begun = outcomeOf(chat.begin())
    await clock.advance(100)
    expect([begun(), names()]).toEqual(['done', ['session', 'hello']])
  })

  test('what was refused because the old one was over can be sent in the new one', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const { chat } = await online()
    gateway.record('conversation.closed', { reason: 'done' })
    const refused = outcomeOf(chat.send('Wait!'))
    await clock.advance(100)
    const begun = outcomeOf(chat.begin())
    await clock.advance(1_000)
    const [item] = chat.$timeline.get()
    const again = outcomeOf(chat.retry(item?.key ?? ''))
    await clock.advance(100)
    expect([refused(), begun(), item, again(), types()]).toMatchObject([
      'conversation.closed: Begin a new conversation.',
      'done',
      { kind: 'message', status: 'failed' },
      'done',
      ['message.created']
    ])
  })

  test('begins in all tabs, whichever asked; without a line as soon as there is one', async () => {
    const { clock, gateway, online, outcomeOf } = browser()
    const first = await online()
    const second = await online()
    void first.chat.end()
    await clock.advance(1_000)
    gateway.script.refuseSession = () => ({ code: 'gateway.unavailable' })
    const begun = outcomeOf(second.chat.begin())
    await clock.advance(10_000)
    const before = [begun(), first.chat.$status.get(), second.chat.$status.get()]
    gateway.script.refuseSession = () => null
    await clock.advance(60_000)
    expect([before, begun(), first.chat.$status.get(), second.chat.$status.get()]).toEqual([['waiting', 'closed', 'closed'], 'done', 'open', 'open'])
  })

  test('stays the one of all tabs when a tab leads that led in the old one', async () => {
    const { clock, gateway, online, outcomeOf, types } = browser()
    const first = await online()
    const second = await online()
    second.environment.show(true)
    await clock.advance(1_000)
    void second.chat.end()
    await clock.advance(1_000)
    void second.chat.begin()
    await clock.advance(1_000)
    gateway.faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    const sent = outcomeOf(second.chat.send('Hello again'))
    await clock.advance(100)
    gateway.faults.fate = () => 'pass'
    first.environment.show(true)
    await clock.advance(1_000)
    expect([sent(), types(), [first, second].map(({ chat }) => [chat.$status.get(), shown(chat)])]).toEqual([
      'done',
      ['message.created'],
      [
        ['open', ['sent: Hello again']],
        ['open', ['sent: Hello again']]
      ]
    ])
  })

  test('a client that is closed meanwhile says so', async () => {
    const { clock, gateway, online, outcomeOf } = browser()
    const { client, chat } = await online()
    void chat.end()
    await clock.advance(100)
    gateway.script.refuseSession = () => ({ code: 'gateway.unavailable' })
    const begun = outcomeOf(chat.begin())
    await clock.advance(100)
    client.close()
    await clock.advance(100)
    expect(begun()).toBe('client.closed: This client is closed.')
  })
})
