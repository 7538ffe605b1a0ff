import type { ConversationId, ParleyEvent } from '@parley/protocol'
import { createBot } from './bot.js'
import { type Browser, createBrowser } from './browser.js'
import { type Chance, createChance } from './chance.js'
import { createDevice, type Device } from './device.js'
import { STORAGE_FAULT } from './device-storage.js'
import { createGateway } from './gateway.js'
import type { History, Row } from './history-facts.js'
import { createLogStore } from './log-store.js'
import { createNetwork } from './network.js'
import { type Profile, profileFrom, type Weather } from './profile.js'
import type { Seams } from './seams.js'
import type { Step, StepKind } from './steps.js'
import { createVirtualClock } from './virtual-clock.js'

/** Some devices, a gateway and a bot under one clock and one seed. */
export interface World {
  readonly profile: Profile
  take(step: Step): Promise<void>
  /** All faults end; settles when everybody has what they wanted. @returns what did not come to rest */
  heal(): Promise<readonly string[]>
  history(): Promise<History>
}

type Options = { readonly seed: number; readonly seams: Seams; note(text: string): void }

/** So long may healing take: the longest waits of outbox, connection and bot, several times over. */
const HEAL_WITHIN_MS = 900_000
const LOOK_EVERY_MS = 5_000

export function createWorld({ seed, seams, note: noteAt }: Options): World {
  const clock = createVirtualClock()
  const profile = profileFrom(seed)
  // Each part has its own, so that a step left out changes little for the others.
  const chanceOf = (part: number): Chance => createChance((seed + 1) * 64 + part)
  const weather: Weather = { isFair: false }
  const note = (text: string): void => noteAt(`${clock.now()}: ${text}`)
  const store = createLogStore({ chance: chanceOf(0), profile, weather })
  const bot = createBot({ clock, chance: chanceOf(1), profile, weather })
  const gateway = createGateway({ clock, chance: chanceOf(2), profile, store, bot, seams, note })
  const network = createNetwork({ clock, chance: chanceOf(3), profile, weather, gateway, seams, note })
  const lost = new Set<string>()
  let isRestored = false
  let said = 0
  const browsers = new Map<number, Browser>()
  const devices = profile.devices.map((visitor, index) => {
    const chance = chanceOf(8 + index)
    const at = profile.browsers[index] ?? index
    const browser = browsers.get(at) ?? createBrowser({ visitorKey: `visitor${visitor}`.padEnd(43, '-'), clock, chance, profile, weather })
    browsers.set(at, browser)
    return createDevice({ name: `d${index}`, browser, clock, chance, network, note })
  })
  gateway.start()
  for (const device of devices) device.start()

  async function restore(some: number): Promise<void> {
    if (!profile.mayRestore || isRestored) return
    gateway.crash()
    isRestored = true
    for (const messageId of await store.restore(some % 30, some % 3 > 0)) lost.add(messageId)
    bot.forget()
    note(`an old copy is put back; ${lost.size} rows are lost`)
    gateway.start()
  }

  const say = (): void => {
    for (const conversation of store.conversations()) bot.say(conversation, `said-${++said}`)
  }

  function close(some: number): void {
    const conversations = store.conversations()
    const conversation = conversations[some % conversations.length]
    if (profile.mayClose && conversation) bot.close(conversation)
  }

  function wipe(browser: Browser): void {
    for (const device of devices) if (device.browser === browser) device.crash()
    browser.wipe()
  }

  const deeds: Record<StepKind, (device: Device, some: number) => void | Promise<void>> = {
    idle: () => {},
    send: (device, some) => (some % 10 > 6 ? device.send(1 + (some % 10)) : some >= 90 ? device.repeat() : device.send(1)),
    work: (device, some) => device.work(1 + Math.floor(some / 80)),
    mixed: (device, some) => device.mixed(some),
    pick: (device) => device.pick(),
    say,
    cancel: (device) => device.cancel(),
    discard: (device) => device.discard(),
    retry: (device) => device.retry(),
    look: (device) => device.look(),
    type: (device) => device.type(),
    loadEarlier: (device) => void device.loadEarlier().catch(() => {}),
    cut: (device) => device.line()?.cut('reset'),
    stray: (device) => device.line()?.cut('stray'),
    stall: (device, some) => device.line()?.stall((['up', 'down', 'both'] as const)[some % 3] ?? 'both'),
    heal: (device) => device.line()?.heal(),
    crashDevice: (device) => device.crash(),
    startDevice: (device) => device.start(),
    wipe: ({ browser }) => wipe(browser),
    freeze: (device) => device.freeze(),
    thaw: (device) => device.thaw(),
    offline: (device) => device.network(false),
    online: (device) => device.network(true),
    crashGateway: () => gateway.crash(),
    startGateway: () => gateway.start(),
    drain: (_device, some) => gateway.drain(some * 20),
    revoke: () => gateway.revoke(),
    restore: (_device, some) => restore(some),
    close: (_device, some) => close(some)
  }

  function isAtRest(): boolean {
    return bot.isIdle() && devices.every((device) => device.isAtRest())
  }

  async function waitForRest(): Promise<void> {
    const until = clock.now() + HEAL_WITHIN_MS
    await clock.runFor(LOOK_EVERY_MS)
    while (clock.now() < until && !isAtRest()) {
      gateway.start()
      await clock.runFor(LOOK_EVERY_MS)
    }
  }

  async function heal(): Promise<readonly string[]> {
    weather.isFair = true
    note('all faults end')
    gateway.start()
    for (const device of devices) {
      device.thaw()
      device.line()?.heal()
      device.start()
      device.network(true)
    }
    await waitForRest()
    // What a storage that failed at its reading still holds is sent at the next visit.
    for (const device of devices)
      if (device.client()?.conversation.$isSaved.get() === false) {
        device.crash()
        device.start()
      }
    await waitForRest()
    // The last run may still wait for its deadline when all else is quiet.
    await clock.runFor(70_000)
    await waitForRest()
    // Rows that a broken proxy kept for itself show by the next one.
    if (profile.eventFaults > 0) say()
    await waitForRest()
    // … where there is one: to a closed conversation nothing is added, so all come anew.
    if (profile.eventFaults > 0 && profile.mayClose) gateway.drain(1_000)
    await waitForRest()
    await loadAll()
    await waitForRest()
    const restless = devices
      .filter((device) => !device.isAtRest())
      .map(({ name, client }) => `${name} did not come to rest: ${client()?.$connection.get().state}`)
    return [
      ...restless,
      ...(bot.isIdle() ? [] : ['the bot did not come to rest']),
      ...devices.flatMap(({ name, errors }) => errors.filter((error) => !error.includes(STORAGE_FAULT)).map((error) => `${name}: ${error}`))
    ]
  }

  /** Whoever came late holds the newest page only. */
  async function loadAll(): Promise<void> {
    for (const device of devices) {
      for (let tries = 0; tries < 20 && device.client()?.conversation.$hasEarlier.get(); tries++) {
        device.loadEarlier().catch((reason: unknown) => note(String(reason)))
        await clock.runFor(2_000)
      }
    }
  }

  async function history(): Promise<History> {
    const log: Row[] = []
    for (const conversation of store.conversations()) log.push(...(await store.rows(conversation)).map((row) => rowOf(conversation, row)))
    const viewers = devices.flatMap(({ pages, browser }) =>
      pages.flatMap((page) => {
        // A tab that never led said hello to nobody.
        const conversation = page.conversation ?? browser.conversation
        return conversation === null ? [] : [{ ...page, conversation }]
      })
    )
    const asks = devices.flatMap((device) => device.asks)
    for (const ask of asks) if (ask.messageId !== null && network.refused.has(ask.messageId)) ask.mayBeAbsent = true
    const discarded = new Set(devices.flatMap((device) => [...device.discarded]))
    return { asks, acks: network.acks, log, viewers, deliveries: bot.deliveries, lost, discarded, isRestored }
  }

  return {
    profile,
    async take(step) {
      await clock.runFor(step.waitMs)
      const device = devices[step.device % devices.length]
      if (device) await deeds[step.kind](device, step.some)
    },
    heal,
    history
  }
}

/** Words of visitors only: gateway and bot have nobody to hold them to it. */
function textOfRow(row: ParleyEvent): string | null {
  if (row.author.role !== 'visitor') return null
  if (row.type === 'message.created') return row.body.parts[0]?.kind === 'text' ? row.body.parts[0].text : null
  if (row.type === 'answer.given') return row.body.value
  return row.type === 'run.started' ? String(row.body.args['text']) : null
}

function rowOf(conversation: ConversationId, row: ParleyEvent): Row {
  const { seq, messageId, type, body } = row
  const run = 'run' in body && type.startsWith('run.') ? body.run : null
  return { conversation, seq, messageId, type, text: textOfRow(row), run: run ?? null, isLate: 'late' in body && body.late === true }
}
