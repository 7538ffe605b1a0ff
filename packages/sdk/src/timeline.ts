import type { Author, Conversation, Entry, ParticipantId } from '@parley/protocol'
import type { TimelineItem } from './api.js'
import type { OutboxItem } from './outbox-item.js'
import { canChange, isCurrent, itemOf, pendingItem, type ItemContext, type Local } from './timeline-item.js'

export type TimelineInput = {
  readonly conversation: ItemContext['conversation']
  readonly you: ParticipantId | null
  readonly outbox: readonly OutboxItem[]
  readonly locals: readonly Local[]
}

/** The rows as they were shown last, and which of them later events can still change. */
type Rows = {
  readonly entries: readonly Entry[]
  readonly items: readonly TimelineItem[]
  readonly changeable: readonly number[]
  readonly you: ParticipantId | null
  /** What is told of it concerns rows that nothing else changes. */
  readonly undelivered: Conversation['undelivered'] | null
}

const NO_ROWS: Rows = { entries: [], items: [], changeable: [], you: null, undelivered: null }

/**
 * The list that views show (delivery rule 11): rows by seq, the page's own commands where they were
 * given, then what waits in the outbox. The result depends on the input alone; what it remembers
 * only serves to give unchanged items as the same objects, and to touch no more rows than changed.
 */
export function createTimeline(): (input: TimelineInput) => readonly TimelineItem[] {
  let rows = NO_ROWS
  let pending: ReadonlyMap<OutboxItem, TimelineItem | null> = new Map()
  let pendingBy: ParticipantId | null = null

  return ({ conversation, you, outbox, locals }) => {
    const context: ItemContext = { conversation, you, ...repliesIn(outbox) }
    rows = advance(rows, context)
    const author: Author | null = you && { id: you, role: 'visitor' }
    const known = pendingBy === you ? pending : new Map<OutboxItem, TimelineItem | null>()
    pending = new Map(outbox.map((item) => [item, known.get(item) ?? pendingItem(item, author)]))
    pendingBy = you
    const waiting = [...pending.values()].filter((item) => item !== null)
    if (locals.length === 0 && waiting.length === 0) return rows.items
    return [...withLocals(rows.items, locals), ...waiting]
  }
}

function repliesIn(outbox: readonly OutboxItem[]): Pick<ItemContext, 'answering' | 'repeating'> {
  const answering = new Map<string, string>()
  const repeating = new Set<string>()
  for (const { draft, state } of outbox) {
    if (state === 'failed') continue
    if (draft.type === 'answer.given') answering.set(draft.body.to, draft.body.value)
    else if (draft.type === 'message.created' && draft.body.about) repeating.add(draft.body.about)
  }
  return { answering, repeating }
}

function advance(before: Rows, context: ItemContext): Rows {
  const { entries, undelivered } = context.conversation
  const isSame = before.you === context.you && before.undelivered === undelivered && isContinued(before.entries, entries)
  const rows = isSame ? refresh(before, context) : rebuild(before, context)
  const from = rows.items.length
  if (from === entries.length) return { ...rows, entries }
  const added = entries.slice(from)
  const changeable = added.flatMap((entry, index) => (canChange(entry, context) ? [from + index] : []))
  return { ...rows, entries, items: [...rows.items, ...added.map((entry) => itemOf(entry, context))], changeable: [...rows.changeable, ...changeable] }
}

/** Do the new entries only come behind the old ones? Entries keep their objects, so both ends tell. */
function isContinued(before: readonly Entry[], now: readonly Entry[]): boolean {
  return before.length <= now.length && before[0] === (before.length > 0 ? now[0] : undefined) && before.at(-1) === now[before.length - 1]
}

/** The rows there were, with those replaced that a later event changed. */
function refresh(rows: Rows, context: ItemContext): Rows {
  const stale = rows.changeable.filter((index) => !isRowCurrent(rows, index, context))
  if (stale.length === 0) return rows
  const items = [...rows.items]
  for (const index of stale) {
    const entry = rows.entries[index]
    if (entry) items[index] = itemOf(entry, context)
  }
  const changeable = rows.changeable.filter((index) => isOpen(rows.entries[index], context))
  return { ...rows, items, changeable }
}

function isRowCurrent(rows: Rows, index: number, context: ItemContext): boolean {
  const entry = rows.entries[index]
  const item = rows.items[index]
  return !entry || !item || isCurrent(item, entry, context)
}

const isOpen = (entry: Entry | undefined, context: ItemContext): boolean => entry !== undefined && canChange(entry, context)

/** All anew, as after a page of older history: items that are as they were stay the same objects. */
function rebuild(before: Rows, context: ItemContext): Rows {
  const { entries, undelivered } = context.conversation
  const { you } = context
  const known = before.you === you ? new Map(before.entries.map((entry, index) => [entry, before.items[index]])) : new Map<Entry, TimelineItem>()
  const items = entries.map((entry) => {
    const item = known.get(entry)
    return item && isCurrent(item, entry, context) ? item : itemOf(entry, context)
  })
  return { entries, items, changeable: [...entries.keys()].filter((index) => isOpen(entries[index], context)), you, undelivered }
}

/** Each of the page's own commands behind the last row there was when it was given. */
function withLocals(rows: readonly TimelineItem[], locals: readonly Local[]): readonly TimelineItem[] {
  const pieces: (readonly TimelineItem[])[] = []
  let from = 0
  for (const { after, item } of locals) {
    const to = Math.max(from, firstBeyond(rows, after))
    pieces.push(rows.slice(from, to), [item])
    from = to
  }
  return pieces.concat([rows.slice(from)]).flat()
}

/** The index of the first row beyond this seq, by halving. */
function firstBeyond(rows: readonly TimelineItem[], seq: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.seq ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return low
}
