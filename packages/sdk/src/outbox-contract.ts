import type { Append, AppendAck, ConversationId, DeviceId, Draft, MessageId, ParleyError } from '@parley/protocol'
import type { Sent } from './api.js'
import type { Clock } from './clock.js'
import type { NewItem, OutboxItem } from './outbox-item.js'
import type { Random } from './random.js'
import type { OutboxStorages } from './storage/contract.js'

/** What other tabs of the same outbox are told. */
export type OutboxNote =
  | { readonly note: 'taken' | 'changed'; readonly item: OutboxItem }
  | { readonly note: 'acked'; readonly messageId: MessageId; readonly ack: Landed }
  | { readonly note: 'gone'; readonly messageIds: readonly MessageId[] }
  /** The storage says how it is now. */
  | { readonly note: 'restarted' }
/** Where a message stands in the log. */
export type Landed = { readonly seq: number; readonly at: string; readonly elsewhere?: true | undefined }

/** What an outbox asks of its surroundings. */
export type OutboxOptions = {
  readonly storages: OutboxStorages
  readonly fallback: OutboxStorages
  readonly owner: string
  readonly clock: Clock
  readonly random: Random
  /** @throws when the line ends before the answer */
  append(item: Pick<Append, 'deviceSeq' | 'messageId' | 'after' | 'formerly'> & Draft): Promise<AppendAck>
  /**
   * The other side does not know a message again that it had before, or forgets all with the page: what was sent and got
   * no answer is shown as failed, and the visitor says whether it is sent again. Default: it is sent again by itself.
   */
  readonly sendsOnce?: boolean
  /** Highest seq held. */
  cursor(): number
  /** Is its row held? Another tab may have gone before it could take the message out of the storage. */
  isInLog(messageId: MessageId): boolean
  /** The device is another one: the line must say a new `hello`. */
  reconnect(): void
  /** `items` or the device changed. */
  onChange(): void
  /** A storage that failed; what waits is still in memory. */
  onError(error: ParleyError): void
  /** From now on messages wait in the memory of this page only, and no other tab knows of them. */
  onUnsaved(): void
  /** The other tabs are to know. */
  tell(note: OutboxNote): void
}

export type OutboxWelcome = {
  readonly conversation: ConversationId
  readonly lastDeviceSeq: number
  readonly windowSize: number
  /** The log is another one than before: it must be read before anything is sent. */
  readonly isOtherLife: boolean
}

export interface Outbox {
  /** Reads what an earlier visit left. Sends wait for it. */
  load(): Promise<void>
  /** Reads it again: other tabs may have written. */
  reload(): Promise<void>
  /** Known once loaded. */
  device(): DeviceId | null
  /** In deviceSeq order. */
  items(): readonly OutboxItem[]
  /** Would what waits outlive the page? */
  isSaved(): boolean
  /** Takes a message, sends it when the line and its turn allow, and settles with the gateway's answer. */
  send(draft: Draft, after: number): Promise<Sent>
  welcome(welcome: OutboxWelcome): void
  /** The log went back behind what it had acknowledged to this device. */
  isBehind(lastDeviceSeq: number): boolean
  /** The line is gone: nothing is sent until the next `welcome`. */
  down(): void
  /** Rows of the log came: what is among them has arrived. */
  confirm(rows: readonly { readonly messageId: MessageId; readonly seq: number; readonly at: string }[]): void
  /** A `welcome` came; its rows follow. */
  catchUp(): void
  /** All rows that there were at the `welcome` are here. */
  caughtUp(): void
  /** Waits until the log was read. */
  isReading(): boolean
  /** That was done; `lost` was there before and is not any more. */
  logWasRead(lost: readonly NewItem[]): void
  discard(messageId: MessageId): Promise<void>
  /** What another tab told. */
  hear(note: OutboxNote): void
  changeOwner(owner: string, isCarried: boolean): Promise<void>
  /** Nothing of it is shown here any more. */
  forget(): void
  clear(): Promise<void>
  /** No message will be sent any more: waiting promises settle with this. */
  close(error: ParleyError, isRefused: boolean): void
}
