import type { Epoch, OpenTransport, ServerFrame } from '@parley/protocol'
import type { NewEvent, Outcome, Store, Unit } from '@parley/engine'
import type { Seams } from './seams.js'

/** So long a write of the cheating stores is not on disk, in ms. */
const UNSAFE_MS = 400
/** Behind the id of a message that was stored a second time. */
const SECOND = '.2'
/** The outbox of the impatient client gives up after so many tries. */
const MOST_TRIES = 3

/** Deliberate defects, each around a real part. A suite that does not find every one of them proves nothing. */
export const MUTANTS: Readonly<Record<string, () => Seams>> = {
  'ack before commit': () => ({ store: unsafe }),
  'push before commit': () => {
    return { store: unsafe, beforeAck: (life) => life.pause(UNSAFE_MS) }
  },
  'no dedupe in the store': () => ({ store: (store) => withoutDedupe(store) }),
  'resume from cursor + 1 off by one': () => ({ transport: offByOne }),
  'apply without gap check': () => ({ transport: gapless }),
  'discard after n tries': () => ({ transport: impatient() }),
  'epoch ignored': () => ({ transport: epochBlind })
}

/** Says that it is written while it is not: a crash soon after takes it away again. */
const unsafe: NonNullable<Seams['store']> = (store, { life, journal }) => ({
  ...store,
  async commit(units) {
    journal.holdBack()
    const outcomes = await store.commit(units)
    life.setTimer(UNSAFE_MS, journal.flush)
    return outcomes
  }
})

/** A repeat is stored as if it were new, under the same id. */
function withoutDedupe(store: Store): Store {
  async function again(unit: Unit, outcome: Outcome | undefined): Promise<Outcome> {
    const { event } = unit
    if (outcome?.kind !== 'known' || !event?.device) return outcome ?? { kind: 'skipped' }
    const second = { ...event, device: null, messageId: `${event.messageId}${SECOND}` } as NewEvent
    const [stored] = await store.commit([{ event: second }])
    return stored ?? outcome
  }
  return {
    ...store,
    async commit(units) {
      const outcomes = await store.commit(units)
      return Promise.all(units.map((unit, index) => again(unit, outcomes[index])))
    }
  }
}

/** What follows a resume begins one row too late. */
const offByOne =
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
const epochBlind =
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
const gapless =
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
function impatient(): NonNullable<Seams['transport']> {
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
