import { memoryStorage } from '../../packages/sdk/src/storage/memory.js'
import type { OutboxItem, OutboxStorage } from '@parley/sdk'
import type { Chance } from './chance.js'
import type { Life } from './life.js'
import type { Profile, Weather } from './profile.js'

/** What a storage that fails says, and what a client may then report. */
export const STORAGE_FAULT = 'the storage is full'

/** What a browser keeps when a page of it crashes: the real memory storage, opened by one page after another. */
export interface DeviceStorage {
  /** As one page sees it: as slow as a disk, one call after another; what has not been written when the page ends is not. */
  open(life: Life): OutboxStorage
  /** Everything is gone, as when a visitor clears the browser's data. */
  wipe(): void
  /** What would be sent at the next visit. */
  pending(): Promise<readonly OutboxItem[]>
}

type Parts = {
  readonly chance: Chance
  readonly profile: Profile
  readonly weather: Weather /** From now on it must arrive. */
  onTaken(item: OutboxItem): void
}

export function createDeviceStorage({ chance, profile, weather, onTaken }: Parts): DeviceStorage {
  let inner = memoryStorage(chance)

  function open(life: Life): OutboxStorage {
    let last: Promise<unknown> = Promise.resolve()
    const storage = inner
    async function attempt<Value>(run: () => Promise<Value>): Promise<Value> {
      if (!weather.isFair && chance.is(profile.storageFaults)) throw new Error(STORAGE_FAULT)
      return run()
    }
    function inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
      if (profile.storageMs === 0) return attempt(run)
      const mine = last.then(() => life.pause(chance.between(0, profile.storageMs))).then(() => attempt(run))
      last = mine.catch(() => {})
      return mine
    }
    return {
      load: () => inTurn(storage.load),
      take: (draft) =>
        inTurn(async () => {
          const item = await storage.take(draft)
          onTaken(item)
          return item
        }),
      put: (item) => inTurn(() => storage.put(item)),
      remove: (messageId) => inTurn(() => storage.remove(messageId)),
      restart: (device) => inTurn(() => storage.restart(device)),
      clear: () => inTurn(storage.clear)
    }
  }

  return {
    open,
    wipe() {
      inner = memoryStorage(chance)
    },
    pending: async () => (await inner.load()).items.filter((item) => item.state === 'pending')
  }
}
