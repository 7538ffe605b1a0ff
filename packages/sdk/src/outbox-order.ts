import type { OutboxItem } from './outbox-item.js'

/**
 * What is shown once the storage was read again. What was acknowledged is no more there, to this tab or to another, and
 * waits here for its row, at its place: nothing that was shown changes places, whatever the numbers are now.
 * @param before as it was shown
 * @param stored in deviceSeq order
 * @param isInLog its row is here
 */
export function withStored(before: readonly OutboxItem[], stored: readonly OutboxItem[], isInLog: (item: OutboxItem) => boolean): readonly OutboxItem[] {
  const acked = new Set(before.flatMap(({ state, messageId }) => (state === 'acked' ? [messageId] : [])))
  const there = stored.filter((item) => !isInLog(item) && !acked.has(item.messageId))
  const isThere = new Set(there.map((item) => item.messageId))
  const waits = (item: OutboxItem): boolean => acked.has(item.messageId) || (isAway(item) && !isThere.has(item.messageId) && !isInLog(item))
  const places = new Map(before.map(({ messageId }, index) => [messageId, index]))
  const lastKnown = there.findLastIndex((item) => places.has(item.messageId))
  const result: OutboxItem[] = []
  let from = 0
  function waitingUpTo(to: number): void {
    for (const item of before.slice(from, to)) if (waits(item)) result.push(item.state === 'acked' ? item : { ...item, state: 'gone' })
    from = Math.max(from, to)
  }
  for (const [index, item] of there.entries()) {
    waitingUpTo(index > lastKnown ? before.length : (places.get(item.messageId) ?? 0))
    result.push(item)
  }
  waitingUpTo(before.length)
  return result
}

/** May it have been taken out of the storage by another tab, because it is in the log? */
const isAway = ({ state, draft }: OutboxItem): boolean => state === 'gone' || (state === 'pending' && draft.type !== 'void')

/** With one more, at the place of its number: another tab may tell of it when others behind it are gone already. */
export function withTaken(items: readonly OutboxItem[], taken: OutboxItem): readonly OutboxItem[] {
  // What was acknowledged or refused may have its number of another device.
  const at = items.findIndex(({ state, deviceSeq }) => (state === 'pending' || state === 'gone') && deviceSeq > taken.deviceSeq)
  return at === -1 ? [...items, taken] : [...items.slice(0, at), taken, ...items.slice(at)]
}

/** After a restart the numbers of what was not acknowledged say nothing any more. */
export const withoutNumbers = (items: readonly OutboxItem[]): readonly OutboxItem[] =>
  items.map((item) => (item.state === 'acked' ? item : { ...item, deviceSeq: 0 }))
