import type { DeviceId, MessageId } from '@parley/protocol'
import type { OutboxItem } from '../outbox-item.js'

/** Device and items belong together: a store that lost one has lost the other. */
export type StoredOutbox = { readonly device: DeviceId; readonly items: readonly OutboxItem[] }

/**
 * Where messages wait until they are acknowledged. Each call is one transaction and settles when
 * it is as durable as this store can make it.
 */
export interface OutboxStorage {
  /** What is held, in deviceSeq order. An empty store mints its device here. */
  load(): Promise<StoredOutbox>
  /** Gives an item the device's next number, and keeps it. */
  take(item: Omit<OutboxItem, 'deviceSeq'>): Promise<OutboxItem>
  /** Replaces an item. */
  put(item: OutboxItem): Promise<void>
  remove(messageId: MessageId): Promise<void>
  /**
   * A new device: what is `pending` is numbered from 1 again in its order, voids leave, the rest stays.
   * @returns what is held now
   */
  restart(device: DeviceId): Promise<readonly OutboxItem[]>
  /** Forgets everything, the device too. */
  clear(): Promise<void>
}
