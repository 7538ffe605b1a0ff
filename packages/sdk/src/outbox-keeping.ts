import type { ConversationId, DeviceId, MessageId, ParleyError } from '@parley/protocol'
import { asParleyError } from './errors.js'
import type { NewItem, OutboxItem } from './outbox-item.js'
import { mintId, type Random } from './random.js'
import { StorageLost, type OutboxStorage, type OutboxStorages, type StoredOutbox } from './storage/contract.js'

export type KeepingOptions = {
  readonly storages: OutboxStorages
  /** Where messages wait once the storages failed: in memory. */
  readonly fallback: OutboxStorages
  readonly owner: string
  readonly random: Random
  /** What waits here must be put into another storage. */
  pending(): readonly OutboxItem[]
  onError(error: ParleyError): void
  /** From now on messages wait in memory only. */
  onUnsaved(): void
}

/** The outbox's storage, as sturdy as can be: one change after another, and memory when the browser's storage fails. */
export interface Keeping {
  isSaved(): boolean
  load(): Promise<StoredOutbox>
  /**
   * Keeps a new item. When the storage failed or began anew, everything pending is put in again first.
   * @returns the item, and the outbox as it stands now if that had to be done, or if another tab began under another device
   */
  take(item: NewItem): Promise<{ readonly item: OutboxItem; readonly renewed: StoredOutbox | null }>
  put(item: OutboxItem): Promise<void>
  /** Never fails: what could not be removed is left out of every later answer, and removed then. */
  remove(messageIds: readonly MessageId[]): void
  /** Begins anew under another device, unless somebody did so already; `first` goes out first. */
  restart(from: DeviceId, first: readonly NewItem[]): Promise<StoredOutbox>
  enter(conversation: ConversationId): Promise<StoredOutbox>
  /** What waits belongs to another person from now on (`isCarried`), or is left to who wrote it. */
  changeOwner(owner: string, isCarried: boolean): Promise<StoredOutbox>
  clear(): Promise<void>
}

export function createKeeping(options: KeepingOptions): Keeping {
  const { random } = options
  let { storages, owner } = options
  let storage: OutboxStorage = storages.of(owner)
  let life = ''
  let device: DeviceId | null = null
  let last: Promise<unknown> = Promise.resolve()
  /** Left here, and perhaps still there. */
  const gone = new Set<MessageId>()

  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }

  function fallBack(reason: unknown): void {
    if (storages === options.fallback) throw asParleyError(reason)
    storages = options.fallback
    storage = storages.of(owner)
    options.onError(asParleyError(reason))
    options.onUnsaved()
  }

  function known(stored: StoredOutbox): StoredOutbox {
    life = stored.life
    device = stored.device
    const late = stored.items.filter((item) => gone.has(item.messageId)).map((item) => item.messageId)
    if (late.length === 0) return stored
    remove(late)
    return { ...stored, items: stored.items.filter((item) => !gone.has(item.messageId)) }
  }

  /** Memory never fails, so this ends. */
  async function load(): Promise<StoredOutbox> {
    try {
      return known(await storage.load())
    } catch (reason) {
      fallBack(reason)
      return load()
    }
  }

  /** What waits here, into a storage that does not know it, in its order and under its own ids. */
  async function putAllIn(): Promise<StoredOutbox> {
    await load()
    for (const { deviceSeq: _deviceSeq, ...item } of options.pending()) if (item.draft.type !== 'void') await storage.take(item, life)
    return load()
  }

  /** @param run is done again where messages can be kept: in the storage that began anew, else in memory */
  async function sturdily<Value>(run: () => Promise<Value>): Promise<{ readonly value: Value; readonly renewed: StoredOutbox | null }> {
    let renewed: StoredOutbox | null = null
    for (;;) {
      try {
        return { value: await run(), renewed }
      } catch (reason) {
        if (!(reason instanceof StorageLost)) fallBack(reason)
        renewed = await putAllIn().catch((again: unknown) => {
          fallBack(again)
          return putAllIn()
        })
      }
    }
  }

  const sturdy = async (run: () => Promise<StoredOutbox>): Promise<StoredOutbox> => known((await sturdily(run)).value)

  function remove(messageIds: readonly MessageId[]): void {
    for (const messageId of messageIds) gone.add(messageId)
    storage.remove(messageIds).then(
      () => {
        for (const messageId of messageIds) gone.delete(messageId)
      },
      (reason: unknown) => options.onError(asParleyError(reason))
    )
  }

  /** A life that changed unseen shows by another device and nothing of ours: then all is put in again. */
  async function lookedAt(stored: StoredOutbox): Promise<StoredOutbox> {
    if (life !== '' && stored.life !== life) throw new StorageLost('The outbox began anew.')
    return stored
  }

  return {
    isSaved: () => storages.isDurable,
    load: () => inTurn(() => sturdy(async () => lookedAt(await storage.load()))),
    take: (item) =>
      inTurn(async () => {
        const { value, renewed } = await sturdily(() => storage.take(item, life))
        const isOther = renewed !== null || value.device !== device
        return { item: value.item, renewed: isOther ? await load() : null }
      }),
    put: (item) => storage.put(item),
    remove,
    restart: (from, first) =>
      inTurn(() =>
        sturdy(async () => {
          const stored = await lookedAt(await storage.restart(from, mintId<DeviceId>(random), first))
          const missing = first.filter((item) => !stored.items.some((one) => one.messageId === item.messageId))
          for (const item of missing) await storage.take(item, life)
          return missing.length > 0 ? storage.load() : stored
        })
      ),
    enter: (conversation) =>
      inTurn(() => {
        const fresh = mintId<DeviceId>(random)
        // What a storage that failed still holds may be sent at the next visit, and must know where it may have arrived.
        if (storages === options.fallback && options.storages !== storages)
          options.storages
            .of(owner)
            .enter(conversation, fresh)
            .catch(() => {})
        return sturdy(async () => lookedAt(await storage.enter(conversation, fresh)))
      }),
    changeOwner: (next, isCarried) =>
      inTurn(async () => {
        const from = owner
        owner = next
        life = ''
        const change = async (): Promise<StoredOutbox> => {
          if (isCarried) await storages.move(from, next)
          storage = storages.of(next)
          return storage.load()
        }
        try {
          return known(await change())
        } catch (reason) {
          fallBack(reason)
          return isCarried ? putAllIn() : load()
        }
      }),
    clear: () => inTurn(() => storage.clear())
  }
}
