import type { ConversationId, DeviceId, MessageId } from '@parley/protocol'
import { LIMITS } from '@parley/protocol'
import type { NewItem, OutboxItem } from '../outbox-item.js'
import { mintId, type Random } from '../random.js'
import type { StoredOutbox, Taken } from './contract.js'

/** An outbox as one value: every storage reads it, applies one of these changes, and writes it, in one transaction. */
export type OutboxRecord = StoredOutbox & { readonly lastDeviceSeq: number }

export const emptyRecord = (random: Random): OutboxRecord => ({
  life: mintId(random),
  device: mintId<DeviceId>(random),
  conversation: null,
  lastDeviceSeq: 0,
  items: []
})

/** Is what a database gave an outbox of this version? Anything else begins anew. */
export function isRecord(value: unknown): value is OutboxRecord {
  const record = value as Partial<OutboxRecord> | null | undefined
  return typeof record?.life === 'string' && typeof record.device === 'string' && typeof record.lastDeviceSeq === 'number' && Array.isArray(record.items)
}

/** With this item at the end, under the next number. */
export function withItem(record: OutboxRecord, item: NewItem): OutboxRecord {
  if (record.items.some((one) => one.messageId === item.messageId)) return record
  const deviceSeq = record.lastDeviceSeq + 1
  return { ...record, lastDeviceSeq: deviceSeq, items: [...record.items, { ...item, deviceSeq }] }
}

/** @throws RangeError when it is not there */
export function takenIn(record: OutboxRecord, messageId: MessageId): Taken {
  const item = record.items.find((one) => one.messageId === messageId)
  if (!item) throw new RangeError(`${messageId} is not in the outbox`)
  return { item, device: record.device }
}

/** The number stays the storage's own: it may have been given anew meanwhile. */
export const withReplaced = (record: OutboxRecord, item: OutboxItem): OutboxRecord => ({
  ...record,
  items: record.items.map((one) => (one.messageId === item.messageId ? { ...item, deviceSeq: one.deviceSeq } : one))
})

export const withoutItems = (record: OutboxRecord, messageIds: readonly MessageId[]): OutboxRecord => ({
  ...record,
  items: record.items.filter((one) => !messageIds.includes(one.messageId))
})

/** `first`, then what is pending, numbered from 1 under a new device. Failed items wait beside them; voids leave. */
export function restarted(record: OutboxRecord, from: DeviceId, fresh: DeviceId, first: readonly NewItem[]): OutboxRecord {
  if (record.device !== from) return record
  const known = new Set(first.map((item) => item.messageId))
  const rest = record.items.filter((item) => item.draft.type !== 'void' && !known.has(item.messageId))
  const pending = [...first, ...rest.filter((item) => item.state === 'pending')]
  const items = pending.map((item, index): OutboxItem => ({ ...item, deviceSeq: index + 1 }))
  return { ...record, device: fresh, lastDeviceSeq: items.length, items: [...rest.filter((item) => item.state === 'failed'), ...items].sort(byNumber) }
}

export function entered(record: OutboxRecord, conversation: ConversationId, fresh: DeviceId): OutboxRecord {
  const before = record.conversation
  if (before === conversation) return record
  if (before === null) return { ...record, conversation }
  const items = record.items.map((item) => ({ ...item, formerly: [...item.formerly, before].slice(-LIMITS.formerConversations) }))
  return { ...restarted({ ...record, items }, record.device, fresh, []), conversation }
}

/** `from`'s pending items behind those of `to`. */
export function moved(from: OutboxRecord, to: OutboxRecord): OutboxRecord {
  const { conversation } = from
  const waiting = from.items.filter((item) => item.draft.type !== 'void')
  return waiting.reduce<OutboxRecord>(
    (record, { deviceSeq: _deviceSeq, ...item }) => withItem(record, conversation === null ? item : { ...item, formerly: [...item.formerly, conversation] }),
    to
  )
}

const byNumber = (one: OutboxItem, other: OutboxItem): number => one.deviceSeq - other.deviceSeq
