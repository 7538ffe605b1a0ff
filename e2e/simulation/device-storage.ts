import { memoryStorages } from '../../packages/sdk/src/storage/memory.js'
import type { OutboxItem, OutboxStorage, OutboxStorages } from '@parley/sdk'
import type { Chance } from './chance.js'
import type { Life } from './life.js'
import type { Profile, Weather } from './profile.js'

/** What a storage that fails says, and what a client may then report. */
export const STORAGE_FAULT = 'the storage is full'

/** What a browser keeps when a page of it crashes: the real memory storage, opened by one page after another. */
export interface DeviceStorage {
  /**
   * As one page sees it: as slow as a disk, one call after another; what has not been written when the page ends is not.
   * @param onTaken from now on it must arrive
   */
  open(life: Life, onTaken: (item: OutboxItem) => void): OutboxStorages
  /** Everything is gone, as when a visitor clears the browser's data. */
  wipe(): void
  /** What would be sent at the next visit. */
  pending(): Promise<readonly OutboxItem[]>
}

type Parts = { readonly chance: Chance; readonly profile: Profile; readonly weather: Weather }

export function createDeviceStorage({ chance, profile, weather }: Parts): DeviceStorage {
  let inner = memoryStorages(chance)

  function open(life: Life, onTaken: (item: OutboxItem) => void): OutboxStorages {
    let last: Promise<unknown> = Promise.resolve()
    async function attempt<Value>(run: () => Promise<Value>): Promise<Value> {
      // A page that is no more does nothing any more, whatever its code was about to do.
      if (life.isOver()) return new Promise(() => {})
      if (!weather.isFair && chance.is(profile.storageFaults)) throw new Error(STORAGE_FAULT)
      return run()
    }
    function inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
      if (profile.storageMs === 0) return attempt(run)
      const mine = last.then(() => life.pause(chance.between(0, profile.storageMs))).then(() => attempt(run))
      last = mine.catch(() => {})
      return mine
    }
    const of = (owner: string): OutboxStorage => ({
      load: () => inTurn(() => inner.of(owner).load()),
      take: (draft, storageLife) =>
        inTurn(async () => {
          const taken = await inner.of(owner).take(draft, storageLife)
          onTaken(taken.item)
          return taken
        }),
      put: (item) => inTurn(() => inner.of(owner).put(item)),
      remove: (messageIds) => inTurn(() => inner.of(owner).remove(messageIds)),
      restart: (...asked) => inTurn(() => inner.of(owner).restart(...asked)),
      enter: (...asked) => inTurn(() => inner.of(owner).enter(...asked)),
      clear: () => inTurn(() => inner.of(owner).clear())
    })
    return { isDurable: true, of, move: (from, to) => inTurn(() => inner.move(from, to)) }
  }

  return {
    open,
    wipe() {
      inner = memoryStorages(chance)
    },
    pending: async () => (await inner.of('').load()).items.filter((item) => item.state === 'pending')
  }
}
