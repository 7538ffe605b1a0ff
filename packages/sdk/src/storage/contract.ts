import type { ConversationId, DeviceId, MessageId } from '@parley/protocol'
import type { NewItem, OutboxItem } from '../outbox-item.js'

/** What one person's outbox holds at one moment. */
export type StoredOutbox = {
  /** Random id of this storage's life. Another one than before: everything was lost, the device too. */
  readonly life: string
  readonly device: DeviceId
  /** The conversation that messages were last sent to. */
  readonly conversation: ConversationId | null
  /** In deviceSeq order; `pending` and `failed` only. */
  readonly items: readonly OutboxItem[]
}

/** What was kept, and whose number it has: another tab may have begun under another device since the storage was read. */
export type Taken = { readonly item: OutboxItem; readonly device: DeviceId }

/** The storage began anew since it was read: what waits must be put in again. */
export class StorageLost extends Error {
  override readonly name = 'StorageLost'
}

/**
 * Where one person's messages wait until they are acknowledged, for all tabs of a browser. Each call
 * is one transaction and settles when it is as durable as this storage can make it.
 */
export interface OutboxStorage {
  /** An empty storage mints its life and device here. */
  load(): Promise<StoredOutbox>
  /**
   * Gives an item the device's next number, and keeps it. An item that is there already keeps its number.
   * @throws StorageLost when the storage is of another life than `life`
   */
  take(item: NewItem, life: string): Promise<Taken>
  /** Replaces an item, if it is still there. */
  put(item: OutboxItem): Promise<void>
  remove(messageIds: readonly MessageId[]): Promise<void>
  /**
   * A new device, if `from` is still the present one: `first` and then what is pending is numbered from 1, voids leave.
   * So two tabs that both find a fault begin anew once.
   */
  restart(from: DeviceId, fresh: DeviceId, first: readonly NewItem[]): Promise<StoredOutbox>
  /**
   * From now on messages go to this conversation. After another one it is a restart, too, and what is pending remembers
   * where it may have arrived.
   */
  enter(conversation: ConversationId, fresh: DeviceId): Promise<StoredOutbox>
  /** Forgets everything, the device too. */
  clear(): Promise<void>
}

/** The outboxes of all who use this browser at one inbox: by `owner`, '' for who has not said who they are. */
export interface OutboxStorages {
  /** Does it outlive the page? */
  readonly isDurable: boolean
  of(owner: string): OutboxStorage
  /** What one has not sent becomes the other's, in one transaction; the first one's outbox is cleared. */
  move(from: string, to: string): Promise<void>
}
