import type { Author, ParleyEvent } from '@parley/protocol'
import type { NewEvent } from './records.js'
import type { Merge } from './store.js'

/** Kinds that say something; who came and went is the other conversation's own. */
const SAID: ReadonlySet<string> = new Set([
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

/** The rows of a conversation as they go into another one; empty when the visitor said nothing. */
export function mergedRows(rows: readonly KeptRow[], { into, authors }: Merge): readonly NewEvent[] {
  const said = rows.filter(({ event }) => SAID.has(event.type))
  if (!said.some(({ event }) => event.author.role === 'visitor')) return []
  const authorOf = (author: Author): Author => (author.role === 'agent' ? author : authors[author.role])
  return said.map(
    ({ event: { seq: _seq, ...event }, digest }) =>
      ({ ...event, author: authorOf(event.author), conversation: into, log: 'public', device: null, digest }) as NewEvent
  )
}

/** Ids of what the rows began and others go on with. */
export function begunIn(rows: readonly NewEvent[]): { readonly runs: readonly string[]; readonly links: readonly string[] } {
  const idsOf = (type: string, name: string): readonly string[] =>
    rows.flatMap((row) => (row.type === type && name in row.body ? [String((row.body as Record<string, unknown>)[name])] : []))
  return { runs: idsOf('run.started', 'run'), links: idsOf('link.requested', 'link') }
}
