import { describe, expect, test } from 'vitest'
import { createClient } from '../client.js'
import { memoryStorages } from '../storage/memory.js'
import { createFakeClock, createFakeEnvironment, createFakeTabs, createScriptedGateway, seededRandom, type FakeTab } from '../testing/index.js'
import { NO_TABS, type TabPlatform } from './platform.js'

/** One browser with several tabs of one site, in front of one gateway. */
function browser(makePlatform?: (tab: FakeTab) => TabPlatform) {
  const clock = createFakeClock()
  const gateway = createScriptedGateway({ clock })
  const tabs = createFakeTabs(clock)
  const kept = new Map<string, string>()
  const keys = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  }
  const outboxes = { ...memoryStorages(seededRandom(9)), isDurable: true }
  let seed = 100
  let lines = 0
  let most = 0
  const frozen: string[] = []
  function open() {
    const tab = tabs.open()
    const environment = createFakeEnvironment()
    const shown: string[][] = []
    const client = createClient({
      url: 'http://chat.test',
      inbox: 'any',
      clock,
      environment,
      random: seededRandom(seed++),
      storage: { outboxes, keys },
      tabs: makePlatform ? makePlatform(tab) : tab,
      openSession: gateway.openSession,
      postLast: (body) => void frozen.push(body),
      openTransport(hello, events) {
        most = Math.max(most, ++lines)
        let isUp = true
        const down = () => {
          if (isUp) lines--
          isUp = false
        }
        const transport = gateway.openTransport(hello, {
          onFrame: events.onFrame,
          onEnd(end) {
            down()
            events.onEnd(end)
          }
        })
        return {
          request: transport.request,
          close() {
            down()
            transport.close()
          }
        }
      }
    })
    client.conversation.$timeline.subscribe((items) =>
      shown.push(items.map((item) => `${item.seq ?? '-'}:${item.kind === 'message' && item.parts[0]?.kind === 'text' ? item.parts[0].text : item.kind}`))
    )
    return {
      client,
      chat: client.conversation,
      environment,
      shown,
      state: () => client.$connection.get().state,
      texts: () => shown.at(-1) ?? [],
      freeze: tab.freeze,
      thaw: tab.thaw,
      kill() {
        tab.kill()
        client.close()
      }
    }
  }
  return {
    clock,
    gateway,
    open,
    frozen,
    outboxes,
    lines: () => lines,
    most: () => most,
    /** The keys that sessions were opened with, each once. */
    visitors: () => [...new Set(gateway.received().flatMap((one) => (one.name === 'session' ? [one.payload.visitorKey] : [])))],
    appends: () => gateway.received().filter((one) => one.name === 'append')
  }
}

async function withTabs(count: number) {
  const all = browser()
  const tabs = Array.from({ length: count }, () => all.open())
  for (const tab of tabs) {
    tab.client.connect().catch(() => {})
    await all.clock.advance(50)
  }
  return { ...all, tabs }
}

describe('rule 5: all tabs of a browser are one chat', () => {
  test('one line serves all, and all show the same', async () => {
    const { clock, gateway, tabs, most } = await withTabs(3)
    expect([tabs.map((tab) => tab.state()), most()]).toEqual([['online', 'online', 'online'], 1])
    gateway.say('Good day')
    await clock.advance(10)
    expect(tabs.map((tab) => tab.texts())).toEqual([['1:Good day'], ['1:Good day'], ['1:Good day']])
  })

  test('what a following tab sends goes over the leader, is shown everywhere while it waits, and settles where it was sent', async () => {
    const { clock, gateway, tabs, appends } = await withTabs(2)
    gateway.faults.delayMs = () => 200
    const sent = tabs[1]?.chat.send('Hello')
    await clock.advance(50)
    expect(tabs.map((tab) => tab.texts())).toEqual([['-:Hello'], ['-:Hello']])
    await clock.advance(500)
    expect(await sent).toMatchObject({ seq: 1 })
    expect([tabs.map((tab) => tab.texts()), appends().length]).toEqual([[['1:Hello'], ['1:Hello']], 1])
  })

  test('values for an argument are asked for by any tab, over the line that there is', async () => {
    const { clock, gateway, tabs, lines } = await withTabs(2)
    gateway.script.commands = [{ name: 'flow', description: 'Controls flows.', args: [{ name: 'flow', type: 'text', completes: true }] }]
    gateway.script.features = ['complete']
    gateway.script.complete = ({ text }) => [{ value: `${text}!` }]
    gateway.cut()
    await clock.advance(5_000)
    const values = tabs.map(({ chat }, index) => chat.complete('flow', 'flow', `tab ${index}`))
    await clock.advance(100)
    expect([await Promise.all(values), lines()]).toEqual([[[{ value: 'tab 0!' }], [{ value: 'tab 1!' }]], 1])
    gateway.faults.fate = (name) => (name === 'complete' ? 'lose' : 'pass')
    const lost = tabs[1]?.chat.complete('flow', 'flow', 'x')
    tabs[0]?.kill()
    await clock.advance(1_000)
    expect(await lost).toEqual([])
  })

  test('other roles of the same person, told in one tab, bring the commands that fit to all', async () => {
    const { clock, gateway, tabs, lines } = await withTabs(2)
    const part = (value: unknown): string => btoa(JSON.stringify(value)).replace(/=+$/, '')
    const tokenWith = (roles: readonly string[]): string => `${part({})}.${part({ sub: 'anna', roles })}.signature`
    const shown = () => tabs.map(({ chat }) => chat.$commands.get().map(({ name }) => name))
    gateway.script.takesIdentities = true
    void tabs[1]?.client.identify(tokenWith(['user']))
    await clock.advance(1_000)
    const before = shown()
    gateway.script.commands = [{ name: 'audit', description: 'Reads the audit log.', args: [] }]
    void tabs[1]?.client.identify(tokenWith(['auditor']))
    await clock.advance(1_000)
    expect([before, shown(), lines()]).toEqual([
      [['help'], ['help']],
      [
        ['audit', 'help'],
        ['audit', 'help']
      ],
      1
    ])
  })

  test('lines of two tabs sent in turns keep the order in which they were taken', async () => {
    const { clock, gateway, tabs } = await withTabs(2)
    for (let number = 1; number <= 20; number++) {
      void tabs[number % 2]?.chat.send(`${number}`)
      await clock.advance(1)
    }
    await clock.advance(1_000)
    expect(gateway.events().map((event) => (event.type === 'message.created' && event.body.parts[0]?.kind === 'text' ? event.body.parts[0].text : ''))).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index + 1}`)
    )
  })

  test('a leader that is gone is followed by another at once, which sends what was waiting, once', async () => {
    const { clock, gateway, tabs, appends, lines } = await withTabs(3)
    gateway.faults.fate = (name) => (name === 'append' ? 'loseAck' : 'pass')
    void tabs[1]?.chat.send('Hello')
    await clock.advance(20)
    gateway.faults.fate = () => 'pass'
    tabs[0]?.kill()
    await clock.advance(900)
    expect([tabs.slice(1).map((tab) => tab.state()), lines()]).toEqual([['online', 'online'], 1])
    expect([gateway.events().length, tabs.slice(1).map((tab) => tab.texts())]).toEqual([1, [['1:Hello'], ['1:Hello']]])
    expect(appends().length).toBeLessThanOrEqual(2)
  })

  test('a visitor who sends from a following tab is the same one after the leader is gone, and on a page that is loaded anew', async () => {
    const all = await withTabs(2)
    void all.tabs[1]?.chat.send('Hello')
    await all.clock.advance(100)
    all.tabs[0]?.kill()
    await all.clock.advance(1_000)
    all.tabs[1]?.kill()
    void all.open().client.connect()
    await all.clock.advance(1_000)
    expect([all.gateway.received().filter((one) => one.name === 'session').length, all.visitors().length]).toEqual([3, 1])
  })

  test('a tab that is looked at takes the line over, and the one that had it follows', async () => {
    const { clock, gateway, tabs, lines } = await withTabs(2)
    tabs[1]?.environment.show(true)
    await clock.advance(100)
    gateway.say('Good day')
    await clock.advance(100)
    expect([tabs.map((tab) => tab.state()), lines(), tabs.map((tab) => tab.texts())]).toEqual([['online', 'online'], 1, [['1:Good day'], ['1:Good day']]])
    tabs[1]?.kill()
    await clock.advance(100)
    expect([tabs[0]?.state(), lines()]).toEqual(['online', 1])
  })

  test('a tab that comes late gets what there is, from the one that has it', async () => {
    const all = await withTabs(1)
    const { clock, gateway, tabs } = all
    for (let number = 1; number <= 300; number++) gateway.say(`${number}`)
    await clock.advance(100)
    const late = all.open()
    void late.client.connect()
    await clock.advance(100)
    expect(late.texts().slice(-2)).toEqual(['299:299', '300:300'])
    expect([late.texts().length, late.chat.$hasEarlier.get()]).toEqual([200, true])
    const loaded = late.chat.loadEarlier()
    await clock.advance(1_000)
    expect([await loaded, late.texts().length]).toEqual([false, 300])
    expect(tabs[0]?.texts().length).toBe(300)
  })

  test('the draft, what was read and what is unread are the same everywhere', async () => {
    const all = await withTabs(2)
    const { clock, gateway, tabs } = all
    gateway.say('Good day')
    await clock.advance(10)
    expect(tabs.map(({ chat }) => chat.$unread.get())).toEqual([1, 1])
    tabs[1]?.chat.markRead()
    tabs[0]?.chat.setDraft('I would li')
    await clock.advance(10)
    expect(tabs.map(({ chat }) => [chat.$unread.get(), chat.$draft.get()])).toEqual([
      [0, 'I would li'],
      [0, 'I would li']
    ])
    const late = all.open()
    void late.client.connect()
    await clock.advance(100)
    expect([late.chat.$unread.get(), late.chat.$draft.get()]).toEqual([0, 'I would li'])
  })

  test('a leader that froze without a word is replaced as soon as somebody sends', async () => {
    const { clock, gateway, tabs, lines } = await withTabs(2)
    const [frozen] = tabs
    frozen?.freeze()
    void tabs[1]?.chat.send('Hello')
    await clock.advance(5_000)
    expect([tabs[1]?.texts(), gateway.events().length]).toEqual([['1:Hello'], 1])
    frozen?.thaw()
    await clock.advance(100)
    expect(lines()).toBe(1)
    frozen?.environment.show(true)
    await clock.advance(1_000)
    expect([frozen?.texts(), frozen?.state()]).toEqual([['1:Hello'], 'online'])
  })

  test('what waited in a leader that froze never leaves its list, though another tab sent it meanwhile', async () => {
    const { clock, gateway, tabs } = await withTabs(2)
    const [frozen, other] = tabs
    gateway.faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    void frozen?.chat.send('Hello')
    await clock.advance(20)
    frozen?.freeze()
    const seen = frozen?.shown.length ?? 0
    gateway.faults.fate = () => 'pass'
    void other?.chat.send('And more')
    await clock.advance(5_000)
    expect(other?.texts()).toEqual(['1:Hello', '2:And more'])
    frozen?.thaw()
    await clock.advance(100)
    frozen?.environment.show(true)
    await clock.advance(1_000)
    expect(frozen?.texts()).toEqual(['1:Hello', '2:And more'])
    expect(frozen?.shown.slice(seen).filter((texts) => !texts.some((text) => text.endsWith(':Hello')))).toEqual([])
  })

  test('a message that another tab takes back is told so where it was sent', async () => {
    const { clock, gateway, tabs } = await withTabs(2)
    gateway.faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    const told: string[] = []
    tabs[0]?.chat.send('Hello').catch((error: { readonly code: string }) => told.push(error.code))
    await clock.advance(20)
    const [item] = tabs[1]?.chat.$timeline.get() ?? []
    await tabs[1]?.chat.discard(item?.key ?? '')
    await clock.advance(20)
    expect([told, tabs.map((tab) => tab.texts())]).toEqual([['append.discarded'], [[], []]])
  })

  test('a following tab that was busy for long reads what came meanwhile before it takes the leader for gone', async () => {
    const { clock, gateway, tabs, most } = await withTabs(2)
    tabs[1]?.freeze()
    void tabs[1]?.chat.send('Hello')
    await clock.advance(10)
    clock.sleep(5_000)
    await clock.advance(1)
    tabs[1]?.thaw()
    await clock.advance(1_000)
    expect([gateway.received().filter((one) => one.name === 'hello').length, most(), tabs[1]?.texts()]).toEqual([1, 1, ['1:Hello']])
  })

  test('a reset in one tab ends them all, and leaves nothing behind', async () => {
    const { clock, gateway, tabs, outboxes } = await withTabs(2)
    gateway.faults.fate = () => 'lose'
    void tabs[1]?.chat.send('secret').catch(() => {})
    await clock.advance(10)
    const told: string[] = []
    tabs[0]?.client.on('reset', () => void told.push('reset'))
    await tabs[1]?.client.reset()
    await clock.advance(100)
    expect([tabs.map((tab) => [tab.state(), tab.texts()]), told]).toEqual([
      [
        ['closed', []],
        ['closed', []]
      ],
      ['reset']
    ])
    expect((await outboxes.of('').load()).items).toEqual([])
  })
})

describe('rule 5: without the platform correctness stays', () => {
  const platforms: readonly (readonly [string, (tab: FakeTab) => TabPlatform])[] = [
    ['no locks, as on plain http pages', (tab) => ({ ...tab, locks: null })],
    ['no channel', (tab) => ({ ...tab, openChannel: null })],
    ['neither', () => NO_TABS]
  ]
  test.each(platforms)('%s: every tab has a line of its own on one outbox, and nothing is stored twice or out of order', async (_name, platform) => {
    const all = browser(platform)
    const tabs = [all.open(), all.open(), all.open()]
    for (const tab of tabs) void tab.client.connect()
    await all.clock.advance(100)
    expect([all.lines(), all.visitors().length]).toEqual([3, 1])
    const sent: Promise<unknown>[] = []
    for (let number = 1; number <= 30; number++) {
      sent.push(tabs[number % 3]?.chat.send(`${number % 3}/${number}`) ?? Promise.reject(new Error('no tab')))
      await all.clock.advance(3)
      if (number % 10 === 0) all.gateway.cut()
    }
    await all.clock.advance(120_000)
    await Promise.all(sent)
    const texts = all.gateway
      .events()
      .map((event) => (event.type === 'message.created' && event.body.parts[0]?.kind === 'text' ? event.body.parts[0].text : ''))
    expect(texts.length).toBe(30)
    for (const tab of [0, 1, 2]) {
      const mine = texts.filter((text) => text.startsWith(`${tab}/`)).map((text) => Number(text.split('/')[1]))
      expect(mine).toEqual([...mine].sort((one, other) => one - other))
    }
    expect(new Set(tabs.map((tab) => tab.texts().join()))).toEqual(new Set([texts.map((text, index) => `${index + 1}:${text}`).join()]))
  })
})

describe('rule 8: a page that is left', () => {
  test('drops the line, sends what waits once more, and takes everything up again when it is back', async () => {
    const { clock, gateway, tabs, frozen, lines } = await withTabs(1)
    const [tab] = tabs
    gateway.faults.fate = (name) => (name === 'append' ? 'lose' : 'pass')
    void tab?.chat.send('Hello')
    await clock.advance(10)
    tab?.environment.tell('freeze')
    expect([lines(), frozen.map((body) => (JSON.parse(body) as { appends: readonly unknown[] }).appends)]).toEqual([
      0,
      [[expect.objectContaining({ deviceSeq: 1, body: { parts: [{ kind: 'text', text: 'Hello' }] } })]]
    ])
    gateway.faults.fate = () => 'pass'
    gateway.say('While you were away')
    clock.sleep(600_000)
    tab?.environment.show(true)
    await clock.advance(1_000)
    expect(tab?.texts()).toEqual(['1:While you were away', '2:Hello'])
  })
})
