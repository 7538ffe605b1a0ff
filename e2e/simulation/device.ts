import { createClient, type Client, type OutboxItem, type TimelineItem } from '@parley/sdk'
import { createFakeEnvironment, type FakeEnvironment, type FakeTab } from '@parley/sdk/testing'
import { ParleyError } from '@parley/protocol'
import { type Browser, URL_OF_GATEWAY } from './browser.js'
import type { Chance } from './chance.js'
import { textOf } from './draft-text.js'
import { INBOX } from './gateway.js'
import type { Ask, Frame } from './history-facts.js'
import { createLife, type Life } from './life.js'
import type { SimulatedLine, Way } from './line.js'
import type { Network } from './network.js'
import type { VirtualClock } from './virtual-clock.js'

/** What one page showed. */
export type Page = {
  readonly name: string
  isLive: boolean
  isUnsaved: boolean
  readonly isShaken: boolean
  conversation: string | null
  readonly frames: Frame[]
}

/** One tab of a visitor's browser, with at most one page open in it: a real client. Most browsers have one. */
export interface Device {
  readonly name: string
  readonly browser: Browser
  readonly asks: readonly Ask[]
  readonly pages: readonly Page[]
  /** What its client reported as an error. */
  readonly errors: readonly string[]
  isOpen(): boolean
  start(): void
  crash(): void
  /** Several lines in one turn. */
  send(count: number): void
  /** The same words as before, and meant as another message. */
  repeat(): void
  work(count: number): void
  /** Words and commands in the same turn. */
  mixed(kind: number): void
  /** Takes an item away that is not confirmed. */
  discard(): void
  /** Sends again what failed. */
  retry(): void
  cancel(): void
  pick(): void
  look(): void
  type(): void
  loadEarlier(): Promise<boolean>
  freeze(): void
  thaw(): void
  network(isThere: boolean): void
  line(): SimulatedLine | null
  stall(way: Way): void
  client(): Client | null
  readonly discarded: ReadonlySet<string>
  /** Nothing is wanted of it any more: online, and all that was sent is settled. */
  isAtRest(): boolean
}

type Parts = {
  readonly name: string
  readonly browser: Browser
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly network: Network
  note(text: string): void
}

type Open = {
  readonly life: Life
  readonly client: Client
  readonly environment: FakeEnvironment
  readonly tab: FakeTab
  readonly page: Page
  line: SimulatedLine | null
}

type Run = (client: Client) => Promise<{ readonly messageId: string | null; readonly seq: number | null }>

export function createDevice({ name, browser, clock, chance, network, note }: Parts): Device {
  const asks: Ask[] = []
  const pages: Page[] = []
  const askedIn = new Map<Ask, Page>()
  const errors: string[] = []
  const discarded = new Set<string>()
  /** Clocks of clients begin anywhere. */
  const offset = chance.between(-1e9, 1e9)
  let count = 0
  let open: Open | null = null

  function onTaken({ messageId, draft }: OutboxItem): void {
    const text = textOf(draft)
    const ask = browser.asks.find((one) => one.text === text && one.messageId === null && one.outcome.kind === 'waiting')
    if (ask) ask.messageId = messageId
    else if (!browser.asks.some((one) => one.messageId === messageId)) errors.push(`"${text}" was taken, and nobody asked for it`)
  }

  function onShown(item: TimelineItem): void {
    const text = textOfItem(item)
    if (text === null || browser.asks.some((one) => one.messageId === item.key)) return
    const ask = browser.asks.find((one) => one.text === text && one.messageId === null && one.outcome.kind === 'waiting')
    if (ask) ask.messageId = item.key
  }

  function start(): void {
    if (open) return
    const life = createLife(clock)
    const environment = createFakeEnvironment()
    const tab = browser.openTab()
    const page: Page = {
      name: `${name}#${pages.length + 1}`,
      isLive: true,
      isUnsaved: false,
      isShaken: !browser.tabsMeet || pages.some((one) => one.isUnsaved),
      conversation: null,
      frames: []
    }
    const transport = network.openTransport(life, (line) => {
      opened.line = line
    })
    const client = createClient({
      url: URL_OF_GATEWAY,
      inbox: INBOX,
      storage: { outboxes: browser.storage.open(life, onTaken), keys: browser.keys },
      tabs: tab,
      clock: { now: () => clock.now() + offset, setTimer: life.setTimer },
      random: chance,
      environment,
      openSession: network.openSession(life),
      openTransport: (hello, events) => {
        const id = hello.conversations[0]?.id ?? null
        const isOther = page.conversation !== null && page.conversation !== id
        if (isOther) page.frames.push('other')
        page.conversation = id
        browser.conversation = id ?? browser.conversation
        return transport(hello, {
          onEnd: events.onEnd,
          onFrame(frame) {
            const [here] = frame.name === 'welcome' ? frame.payload.conversations : []
            const said = hello.conversations[0]
            if (isOther && frame.name === 'welcome') page.frames.push('other')
            // A client that found by itself that its rows are of another history says that it holds nothing.
            const beginsAnew = said?.cursor === 0 && hasRowsSince(page.frames)
            if (here && said?.epoch && (here.reset || here.epoch !== said.epoch || beginsAnew)) page.frames.push('reset')
            events.onFrame(frame)
          }
        })
      }
    })
    const opened: Open = { life, client, environment, tab, page, line: null }
    open = opened
    pages.push(page)
    client.conversation.$timeline.subscribe((items) => {
      page.frames.push(items)
      // What waits in memory alone has its id from nowhere else.
      for (const item of items) if (item.seq === null) onShown(item)
    })
    // Of what a storage has that cannot be read this page knows nothing: its own order is all that it can keep.
    client.conversation.$isSaved.listen(() => {
      for (const one of asks) if (askedIn.get(one) === page) one.sender = `${one.sender}/${page.name}`
      page.isUnsaved = true
    })
    client.on('error', (error) => errors.push(`${error.code}: ${error.message}`))
    client.connect().catch((reason: unknown) => errors.push(`refused for good: ${String(reason)}`))
  }

  function crash(): void {
    if (!open) return
    open.life.end()
    open.tab.kill()
    open.page.isLive = false
    open.line?.cut(chance.pick(['reset', 'stray'] as const))
    const { client } = open
    open = null
    const isSaved = client.conversation.$isSaved.get()
    for (const ask of asks) {
      if (ask.outcome.kind !== 'waiting') continue
      ask.outcome = { kind: 'gone' }
      // The page had said so.
      if (!isSaved) ask.mayBeAbsent = true
    }
    browser.storage.pending().then((items) => {
      for (const { messageId } of items) for (const ask of asks) if (ask.messageId === messageId) ask.mayAskAgain = true
    }, note)
  }

  /** Nobody does anything in a page that is frozen. */
  const isUsable = (): boolean => open?.life.isFrozen() === false

  function ask(text: string, run: Run, isRetry = false): void {
    if (!open || !isUsable()) return
    const { page } = open
    const asked: Ask = {
      sender: page.isUnsaved ? `${name}/${browser.life}/${page.name}` : `${name}/${browser.life}`,
      text,
      messageId: null,
      outcome: { kind: 'waiting' },
      mayBeAbsent: false,
      mayAskAgain: false,
      isRetry
    }
    asks.push(asked)
    browser.asks.push(asked)
    askedIn.set(asked, page)
    run(open.client).then(
      ({ messageId, seq }) => {
        asked.outcome = { kind: 'sent', messageId: messageId ?? '', seq: seq ?? 0, conversation: page.conversation }
      },
      (reason: unknown) => {
        asked.outcome = { kind: 'refused', code: ParleyError.is(reason) ? reason.code : String(reason) }
      }
    )
  }

  const knowsWork = (): boolean => open?.client.conversation.$commands.get().some((command) => command.name === 'work') ?? false
  const fresh = (): string => `${name}-${++count}`
  const items = (): readonly TimelineItem[] => open?.client.conversation.$timeline.get() ?? []

  function discard(): void {
    const waiting = items().filter((item) => 'status' in item && item.seq === null && item.status !== 'sent')
    if (!open || !isUsable() || waiting.length === 0) return
    const { key } = chance.pick(waiting)
    discarded.add(key)
    note(`${name} discards ${key}`)
    for (const asked of browser.asks) if (asked.messageId === key) asked.mayBeAbsent = true
    open.client.conversation.discard(key).catch((reason: unknown) => errors.push(String(reason)))
  }

  /** Words still on their way into the outbox are not said again until they have an id: nobody could tell the two apart. */
  const isUnderWay = (text: string): boolean =>
    browser.asks.some((asked) => asked.text === text && asked.messageId === null && asked.outcome.kind === 'waiting')

  function retry(): void {
    const failed = items().filter((item) => 'status' in item && item.status === 'failed')
    if (!open || !isUsable() || failed.length === 0) return
    const { key } = chance.pick(failed)
    const text = browser.asks.find((asked) => asked.messageId === key)?.text
    if (text !== undefined && isUnderWay(text)) return
    discarded.add(key)
    if (text !== undefined) ask(text, (client) => client.conversation.retry(key), true)
  }

  function repeat(): void {
    const said = asks.filter(({ text, messageId }) => messageId !== null && !isUnderWay(text)).map((asked) => asked.text)
    const text = said.length === 0 ? fresh() : chance.pick(said.slice(-5))
    ask(text, (client) => client.conversation.send(text))
  }

  /** What a call without a promise of delivery may end with. */
  function expectLoss(call: Promise<unknown>): void {
    call.catch((reason: unknown) => {
      if (!ParleyError.is(reason) || !['gateway.unavailable', 'append.busy', 'run.ended', 'run.unknown'].includes(reason.code)) errors.push(String(reason))
    })
  }

  function cancel(): void {
    const runs = items().flatMap((item) => (item.kind === 'command' && item.run && item.isMine ? [item.run.run] : []))
    if (open && runs.length > 0) expectLoss(open.client.conversation.cancel(chance.pick(runs.slice(-3))))
  }

  function pick(): void {
    const echoes = items().filter((item) => item.kind === 'message' && !item.isMine)
    if (echoes.length === 0) return
    const { key } = chance.pick(echoes)
    const text = fresh()
    ask(text, (client) => client.conversation.answer(key, text))
  }

  return {
    name,
    browser,
    asks,
    pages,
    errors,
    discarded,
    isOpen: () => open !== null,
    start,
    crash,
    send(times) {
      for (let time = 0; time < times; time++) {
        const text = fresh()
        ask(text, (client) => client.conversation.send(text))
      }
    },
    repeat,
    work(times) {
      // Which commands there are is known once the gateway has welcomed.
      if (!knowsWork()) return
      for (let time = 0; time < times; time++) {
        const text = fresh()
        ask(text, (client) => client.conversation.run('work', { text }))
      }
    },
    mixed(kind) {
      if (!knowsWork()) return
      const [words, command, more] = [fresh(), fresh(), fresh()]
      if (kind % 2 === 0) ask(words, (client) => client.conversation.send(words))
      ask(command, (client) => (kind % 3 === 0 ? client.conversation.run('work', { text: command }) : client.conversation.send(`/work ${command}`)))
      ask(more, (client) => client.conversation.send(more))
    },
    discard,
    retry,
    cancel,
    pick,
    look: () => open?.client.conversation.markRead(),
    type: () => open?.client.conversation.setTyping(),
    loadEarlier: async () => open?.client.conversation.loadEarlier() ?? false,
    freeze() {
      open?.life.freeze()
      open?.tab.freeze()
      open?.line?.stall('both')
    },
    thaw() {
      if (!open?.life.isFrozen()) return
      open.line?.heal()
      open.life.thaw()
      open.tab.thaw()
      const { environment, life } = open
      life.setTimer(0, () => environment.tell('wake'))
    },
    network(isThere) {
      open?.environment.tell(isThere ? 'networkBack' : 'networkLost')
    },
    line: () => (open?.line?.isOver() === false ? open.line : null),
    stall: (way) => open?.line?.stall(way),
    client: () => open?.client ?? null,
    isAtRest: () =>
      open !== null &&
      open.client.$connection.get().state === 'online' &&
      asks.every((asked) => asked.outcome.kind !== 'waiting') &&
      items().every((item) => item.seq !== null || ('status' in item && item.status === 'failed'))
  }
}

/** Were rows shown since the last time that the page began anew? */
function hasRowsSince(frames: readonly Frame[]): boolean {
  const last = frames.findLastIndex((frame) => typeof frame === 'string')
  return frames.slice(last + 1).some((frame) => typeof frame !== 'string' && frame.some((item) => item.seq !== null))
}

/** The words of what waits, by which it is told apart. */
function textOfItem(item: TimelineItem): string | null {
  if (item.kind === 'command') return item.line.split(' ')[1] ?? null
  const [part] = item.kind === 'message' ? item.parts : []
  return part?.kind === 'text' ? part.text : null
}
