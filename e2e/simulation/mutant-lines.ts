import type { Epoch, OpenTransport, ServerFrame } from '@parley/protocol'
import type { Seams } from './seams.js'

/** The outbox of the impatient client gives up after so many tries. */
const MOST_TRIES = 3

/** What follows a resume begins one row too late. */
export const offByOne =
  (open: OpenTransport): OpenTransport =>
  (hello, events) => {
    const [said] = hello.conversations
    let isFirst = true
    return open(hello, {
      ...events,
      onFrame(frame) {
        if (frame.name !== 'events' || !isFirst) return events.onFrame(frame)
        isFirst = false
        const isResumed = said !== undefined && said.cursor > 0 && frame.payload.from === said.cursor + 1
        const rows = isResumed ? frame.payload.events.slice(1) : frame.payload.events
        const [first] = rows
        if (first) events.onFrame({ ...frame, payload: { ...frame.payload, from: first.seq, events: rows } })
      }
    })
  }

/** Another life of the log is taken for the one that is held. */
export const epochBlind =
  (open: OpenTransport): OpenTransport =>
  (hello, events) => {
    const held = hello.conversations[0]?.epoch ?? null
    return open(hello, { ...events, onFrame: (frame) => events.onFrame(held === null ? frame : underEpoch(frame, held)) })
  }

function underEpoch(frame: ServerFrame, epoch: Epoch): ServerFrame {
  if (frame.name === 'events') return { ...frame, payload: { ...frame.payload, epoch } }
  if (frame.name !== 'welcome') return frame
  return { ...frame, payload: { ...frame.payload, conversations: frame.payload.conversations.map((one) => ({ ...one, epoch, reset: false })) } }
}

/** Whatever comes next is taken as the next row. */
export const gapless =
  (open: OpenTransport): OpenTransport =>
  (hello, events) => {
    let next: number | null = null
    return open(hello, {
      ...events,
      onFrame(frame) {
        if (frame.name === 'welcome') next = frame.payload.conversations[0]?.from ?? null
        const first = frame.name === 'events' ? frame.payload.events[0] : undefined
        if (frame.name !== 'events' || next === null || !first || first.seq < next) return events.onFrame(frame)
        const from: number = next
        const rows = frame.payload.events.map((event, index) => ({ ...event, seq: from + index }))
        next += rows.length
        events.onFrame({ ...frame, payload: { ...frame.payload, from, events: rows } })
      }
    })
  }

/** After so many tries of one message the client tells itself that it is refused. */
export function impatient(): NonNullable<Seams['transport']> {
  const tries = new Map<string, number>()
  return (open) => (hello, events) => {
    const line = open(hello, events)
    return {
      ...line,
      request(name, payload) {
        if (name !== 'append' || !('messageId' in payload)) return line.request(name, payload)
        const made = (tries.get(payload.messageId) ?? 0) + 1
        tries.set(payload.messageId, made)
        return made > MOST_TRIES ? Promise.resolve({ error: { code: 'append.discarded' } } as never) : line.request(name, payload)
      }
    }
  }
}

/** What a resume catches up with lacks its end: the page that reaches the head. */
export const lastPageLost =
  (open: OpenTransport): OpenTransport =>
  (hello, events) => {
    let head = 0
    return open(hello, {
      ...events,
      onFrame(frame) {
        if (frame.name === 'welcome') head = frame.payload.conversations[0]?.head ?? 0
        const isLast = frame.name === 'events' && frame.payload.from <= head && (frame.payload.events.at(-1)?.seq ?? 0) >= head
        if (!isLast) return events.onFrame(frame)
        head = 0
      }
    })
  }
