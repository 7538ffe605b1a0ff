import type { Line } from '@parley/engine'
import type { ErrorCode, Json, ParleyEvent, ServerFrame, Welcome } from '@parley/protocol'

/** What the engine's frames mean to a client that knows none of them. */
export type LineEvents = {
  welcome(welcome: Welcome): void
  rows(rows: readonly ParleyEvent[]): void
  closed(why: ErrorCode | 'drain'): void
}
/** How the socket stands, see `Line`. */
export type Wire = Pick<Line, 'isFull' | 'drained'>

export function createOldLine(wire: Wire, { welcome, rows, closed }: LineEvents): Line {
  return {
    isFull: () => wire.isFull(),
    drained: () => wire.drained(),
    send(frame: ServerFrame) {
      if (frame.name === 'welcome') welcome(frame.payload)
      if (frame.name === 'events') rows(frame.payload.events)
    },
    close: closed
  }
}

/** What a row is to an old client: an answer, a sentence on what was not delivered, or nothing. */
export type Told = { readonly kind: 'answer'; readonly body: Json } | { readonly kind: 'failure'; readonly text: string } | { readonly kind: 'nothing' }

const NOTHING: Told = { kind: 'nothing' }

export function readRow(row: ParleyEvent): Told {
  if (row.type !== 'message.created' || row.author.role === 'visitor') return NOTHING
  const [part] = row.body.parts
  if (row.body.about !== undefined) return part?.kind === 'text' ? { kind: 'failure', text: part.text } : NOTHING
  return part?.kind === 'data' ? { kind: 'answer', body: part.value } : NOTHING
}
