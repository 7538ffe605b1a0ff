import {
  applyEvents,
  emptyConversation,
  LIMITS,
  type Conversation,
  type Epoch,
  type Events,
  type ParleyEvent,
  type Standing,
  type WelcomeConversation
} from '@parley/protocol'

/**
 * What a client holds of one log, and the rule by which rows enter it (delivery rule 2): a row at or
 * below the cursor is dropped, the next one is applied, later ones wait aside and the hole before
 * them is asked for. So nothing is shown twice or out of order, and no hole goes unseen.
 */
export type Log = {
  readonly epoch: Epoch | null
  readonly conversation: Conversation
  /** Every event from `floor + 1` to `cursor`: older history can only be folded in with them. */
  readonly events: readonly ParleyEvent[]
  /** Rows beyond a hole, by seq. */
  readonly aside: ReadonlyMap<number, ParleyEvent>
  /** Rows below the floor that do not reach up to it yet. */
  readonly below: ReadonlyMap<number, ParleyEvent>
  /** Highest seq seen, held or not. */
  readonly seen: number
  /** Rows that came again. */
  readonly dropped: number
}

export type Received = {
  readonly log: Log
  /** What entered, in order: rows after the old cursor. */
  readonly applied: readonly ParleyEvent[]
  /** What entered below the old floor. */
  readonly earlier: readonly ParleyEvent[]
}

/** Most rows held beyond a hole. */
const MOST_ASIDE = 256
const NONE: ReadonlyMap<number, ParleyEvent> = new Map()

export const emptyLog = (epoch: Epoch | null = null, floor = 0): Log => ({
  epoch,
  conversation: emptyConversation(floor),
  events: [],
  aside: NONE,
  below: NONE,
  seen: floor,
  dropped: 0
})

const holdsNothing = (log: Log): boolean => log.events.length === 0

/** Where this log stands, for `hello`. */
export function standingOf(log: Log): Pick<Standing, 'epoch' | 'cursor' | 'tail'> {
  if (holdsNothing(log)) return { epoch: log.epoch, cursor: 0, tail: null }
  return { epoch: log.epoch, cursor: log.conversation.cursor, tail: log.conversation.tail }
}

/** Is what `welcome` speaks of another life of the log than what is held? */
export const isOtherLife = (log: Log, welcome: Pick<WelcomeConversation, 'epoch' | 'reset'>): boolean =>
  log.epoch !== null && (welcome.reset || welcome.epoch !== log.epoch)

/** The log as the catch-up after `welcome` finds it: as it was, or anew from where the catch-up begins. */
export function enterLog(log: Log, welcome: Pick<WelcomeConversation, 'epoch' | 'reset' | 'from'>): Log {
  return isOtherLife(log, welcome) || holdsNothing(log) ? emptyLog(welcome.epoch, welcome.from - 1) : log
}

/** Rows came: live, caught up, or older ones that were asked for. Those of another life of the log are dropped. */
export function receive(log: Log, frame: Pick<Events, 'epoch' | 'events'>): Received {
  if (frame.epoch !== log.epoch) return { log: { ...log, dropped: log.dropped + frame.events.length }, applied: [], earlier: [] }
  const { floor, cursor } = log.conversation
  const aside = new Map(log.aside)
  const below = new Map(log.below)
  let { seen, dropped } = log
  for (const event of frame.events) {
    if (event.seq > seen) seen = event.seq
    if (event.seq > cursor && !aside.has(event.seq)) aside.set(event.seq, event)
    else if (event.seq <= floor && event.seq > floor - LIMITS.pageEvents) below.set(event.seq, event)
    else dropped++
  }
  const applied = takeRun(aside, cursor + 1, 1)
  const earlier = takeRun(below, floor, -1).reverse()
  const grown = { ...log, aside: bounded(aside), below, seen, dropped }
  return { log: append(prepend(grown, earlier), applied), applied, earlier }
}

/** What to ask for, if there is a hole: at most a page. */
export function missing(log: Log): { readonly from: number; readonly to: number } | null {
  const from = log.conversation.cursor + 1
  if (log.seen < from) return null
  const firstAside = Math.min(...log.aside.keys())
  const to = Number.isFinite(firstAside) ? firstAside - 1 : log.seen
  return { from, to: Math.min(to, from + LIMITS.pageEvents - 1) }
}

/** What to ask for, so that the floor comes down to `target`; a gateway may answer with less than was asked. */
export function missingBelow(log: Log, target: number): { readonly from: number; readonly to: number } | null {
  const { floor } = log.conversation
  return floor > target ? { from: Math.max(target, ...log.below.keys()) + 1, to: floor } : null
}

/** Takes the rows that follow one another from here on, up or down. */
function takeRun(rows: Map<number, ParleyEvent>, from: number, step: 1 | -1): ParleyEvent[] {
  const run: ParleyEvent[] = []
  for (let event = rows.get(from); event; event = rows.get(event.seq + step)) {
    run.push(event)
    rows.delete(event.seq)
  }
  return run
}

/** The lowest rows stay: they are the next to be applied. */
function bounded(aside: Map<number, ParleyEvent>): Map<number, ParleyEvent> {
  if (aside.size <= MOST_ASIDE) return aside
  return new Map([...aside].sort(([one], [other]) => one - other).slice(0, MOST_ASIDE))
}

function append(log: Log, events: readonly ParleyEvent[]): Log {
  if (events.length === 0) return log
  return { ...log, conversation: applyEvents(log.conversation, events), events: [...log.events, ...events] }
}

/**
 * Older rows change what runs, links and answers are known, so all is folded again; the entries
 * there were stay the same objects, because each comes from its own event alone.
 */
function prepend(log: Log, rows: readonly ParleyEvent[]): Log {
  const [first] = rows
  if (!first) return log
  const start = emptyConversation(first.seq - 1)
  const events = [...rows, ...log.events]
  const entries = [...applyEvents(start, rows).entries, ...log.conversation.entries]
  return { ...log, conversation: { ...applyEvents(start, events), entries }, events }
}
