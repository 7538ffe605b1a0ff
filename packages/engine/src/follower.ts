import { type ConversationId, type Events, LIMITS, type LogName, type ParleyEvent } from '@parley/protocol'
import type { Published } from './append-queue.js'
import type { Line } from './line.js'
import type { Store } from './store.js'

/** One line's place in one log: what was sent to it, and what still has to be. */
export interface Follower {
  /** What was just recorded. Sent at once when it is next in turn; else the log is read. */
  offer(published: Published): void
  /** Sends what is between its place and the head. Settles when it has caught up or was stopped. */
  catchUp(head: number): Promise<void>
  stop(): void
}

type Place = { readonly conversation: ConversationId; readonly log: LogName; readonly sentTo: number }

type EventsFrame = { readonly name: 'events'; readonly payload: Events }

/** What was recorded is one frame for all who hear it, so that a line needs to encode it once. */
const frames = new WeakMap<Published, EventsFrame>()

function frameOf(store: Store, published: Published, from: number): EventsFrame {
  const found = frames.get(published)
  if (found) return found
  const { conversation, log, events } = published
  const frame: EventsFrame = { name: 'events', payload: { conversation, log, epoch: store.epoch, from, events } }
  frames.set(published, frame)
  return frame
}

/**
 * The log is the queue: a follower keeps two numbers, never events. Whoever is behind, for whatever
 * reason, reads the log in pages until it is not. Before each page it waits until the line has room.
 */
export function createFollower(line: Line, store: Store, place: Place): Follower {
  const { conversation, log } = place
  let { sentTo } = place
  let head = sentTo
  let running: Promise<void> | null = null
  let isStopped = false

  function send(events: readonly ParleyEvent[]): void {
    const [first] = events
    if (!first || isStopped) return
    line.send({ name: 'events', payload: { conversation, log, epoch: store.epoch, from: first.seq, events } })
    sentTo = first.seq + events.length - 1
  }

  async function readOn(): Promise<void> {
    try {
      while (sentTo < head && !isStopped) {
        if (line.isFull()) {
          await line.drained()
          continue
        }
        const page = await store.read({ conversation, log, from: sentTo + 1, to: head }, LIMITS.pageEvents, LIMITS.pageBytes)
        if (page.length === 0) return
        send(page)
      }
    } finally {
      // In the same turn as the last look at `head`: whoever raises it later starts anew.
      running = null
    }
  }

  function catchUp(to: number): Promise<void> {
    head = Math.max(head, to)
    if (sentTo >= head) return Promise.resolve()
    running ??= readOn()
    return running
  }

  return {
    catchUp,
    offer(published) {
      const { events } = published
      const [first] = events
      if (!first || isStopped) return
      const last = first.seq + events.length - 1
      if (!running && first.seq === sentTo + 1 && events.length <= LIMITS.pageEvents && !line.isFull()) {
        head = Math.max(head, last)
        line.send(frameOf(store, published, first.seq))
        sentTo = last
        return
      }
      // A failed read is told by the next one: the line's client asks for the hole it sees.
      catchUp(last).catch(() => line.close('gateway.unavailable'))
    },
    stop() {
      isStopped = true
    }
  }
}
