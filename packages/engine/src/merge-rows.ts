import type { Author, ParleyEvent } from '@parley/protocol'
import type { ConversationRecord, NewEvent } from './records.js'
import type { Merge } from './store.js'

/** Kinds that say something; that the visitor and the inbox's own side came is the other conversation's own. */
const KEPT: ReadonlySet<string> = new Set([
  'message.created',
  'answer.given',
  'run.started',
  'run.progressed',
  'run.finished',
  'run.failed',
  'link.requested',
  'link.completed',
  'link.refused',
  'link.expired'
])

/** A row with what tells a repeat of it. */
export type KeptRow = { readonly event: ParleyEvent; readonly digest: string }

/**
 * The rows of a conversation as they go into another one; empty when the visitor said nothing. Of who took over it is told
 * only where that is so there, too: a conversation that is its own inbox's says nothing about who answers the other one.
 */
export function mergedRows(rows: readonly KeptRow[], old: Pick<ConversationRecord, 'answering'>, { into, authors }: Merge): readonly NewEvent[] {
  const guests = guestsIn(rows)
  const isKept = (event: ParleyEvent): boolean => {
    if (event.type === 'handoff.completed') return old.answering !== null
    return KEPT.has(event.type) || (event.type === 'participant.joined' && guests.has(event.body.participant.id))
  }
  const said = rows.filter(({ event }) => isKept(event))
  if (!said.some(({ event }) => event.author.role === 'visitor')) return []
  const authorOf = (author: Author): Author => (author.role === 'agent' || guests.has(author.id) ? author : authors[author.role])
  return said.map(
    ({ event: { seq: _seq, ...event }, digest }) =>
      ({ ...event, author: authorOf(event.author), conversation: into, log: 'public', device: null, digest }) as NewEvent
  )
}

/** Who joined besides the visitor and the inbox's own side, which is the first machine that did. */
function guestsIn(rows: readonly KeptRow[]): ReadonlySet<string> {
  const joined = rows.flatMap(({ event }) => (event.type === 'participant.joined' ? [event.body.participant] : []))
  const own = joined.find(({ role }) => role === 'bot')
  return new Set(joined.filter(({ id, role }) => role !== 'visitor' && id !== own?.id).map(({ id }) => id))
}

/** Ids of what the rows began and others go on with. */
export function begunIn(rows: readonly NewEvent[]): { readonly runs: readonly string[]; readonly links: readonly string[] } {
  const idsOf = (type: string, name: string): readonly string[] =>
    rows.flatMap((row) => (row.type === type && name in row.body ? [String((row.body as Record<string, unknown>)[name])] : []))
  return { runs: idsOf('run.started', 'run'), links: idsOf('link.requested', 'link') }
}
