import { createFakeTabs, type FakeTab } from '@parley/sdk/testing'
import type { Chance } from './chance.js'
import { createDeviceStorage, type DeviceStorage } from './device-storage.js'
import { INBOX } from './gateway.js'
import type { Ask } from './history-facts.js'
import type { Profile, Weather } from './profile.js'
import type { VirtualClock } from './virtual-clock.js'

export const URL_OF_GATEWAY = 'https://chat.example.com'

/** What the tabs of one browser have in common. */
export interface Browser {
  readonly storage: DeviceStorage
  readonly keys: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** All that was asked in its tabs. */
  readonly asks: Ask[]
  /** That its tabs met last. */
  conversation: string | null
  /** How many times its data was cleared. */
  readonly life: number
  /** Can they tell one another what they send? If not, each shows what it knows of the others in the order in which it learns it. */
  readonly tabsMeet: boolean
  openTab(): FakeTab
  /** Everything is gone, as when a visitor clears the browser's data. Its pages are closed before. */
  wipe(): void
}

type Parts = {
  /** 43 characters; browsers of one visitor have the same. */
  readonly visitorKey: string
  readonly clock: VirtualClock
  readonly chance: Chance
  readonly profile: Profile
  readonly weather: Weather
}

export function createBrowser({ visitorKey, clock, chance, profile, weather }: Parts): Browser {
  const kept = new Map([[`parley:${URL_OF_GATEWAY}:${INBOX}`, JSON.stringify({ key: visitorKey, open: true })]])
  const storage = createDeviceStorage({ chance, profile, weather })
  const tabs = createFakeTabs(clock)
  const asks: Ask[] = []
  let life = 0
  return {
    storage,
    asks,
    conversation: null,
    tabsMeet: profile.tabsMeet || profile.browsers.every((one, index) => profile.browsers.indexOf(one) === index),
    keys: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key)
    },
    get life() {
      return life
    },
    openTab() {
      const tab = tabs.open()
      return profile.tabsMeet ? tab : { ...tab, locks: null, openChannel: null }
    },
    wipe() {
      storage.wipe()
      life++
      for (const asked of asks) if (asked.outcome.kind !== 'sent') asked.mayBeAbsent = true
    }
  }
}
