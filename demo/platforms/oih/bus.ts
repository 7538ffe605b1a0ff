import type { PlatformClock } from './clock.js'
import type { Faults } from './faults.js'
import { createListeners } from './listeners.js'
import { masked } from './mask.js'

/**
 * The event bus of the hub, in process: a topic exchange with one queue for each service.
 * A queue is handed out in order, one event at a time. A handler that throws has lost its event
 * for good: the original says `nack` without putting it back (lib/event-bus, RabbitMqTransport.js).
 */
export interface Bus {
  publish(event: Announcement): void
  /** @param topics names of events, or `word.#` for all that begin with it */
  subscribe(service: string, topics: readonly string[], handle: (event: Envelope) => void): void
  /** The newest 500, oldest first, without secrets. */
  readonly events: readonly RecordedEvent[]
  /** Tells of each event that is raised or lost. @returns unwatch */
  watch(listener: (event: RecordedEvent) => void): () => void
}

export type Announcement = { readonly name: string; readonly serviceName: string; readonly payload: unknown; readonly type?: string }
/** As it is on the wire. */
export type Envelope = {
  readonly headers: { readonly name: string; readonly createdAt: number; readonly serviceName: string; readonly type?: string }
  readonly payload: unknown
}
export type RecordedEvent = Envelope & { readonly number: number; readonly lostBy: readonly string[] }

type Parts = { readonly clock: PlatformClock; readonly faults: Faults; readonly report?: (text: string) => void }
type Queue = {
  readonly service: string
  readonly topics: readonly string[]
  readonly handle: (event: Envelope) => void
  readonly waiting: { readonly number: number; readonly event: Envelope }[]
}

const KEPT = 500

export function createBus({ clock, faults, report = (text) => console.error(text) }: Parts): Bus {
  const queues: Queue[] = []
  const { tell, watch } = createListeners<RecordedEvent>()
  let events: readonly RecordedEvent[] = []
  let count = 0

  function publish({ name, serviceName, payload, type }: Announcement): void {
    // What is on the wire is a copy: nobody sees what the sender does to it later.
    const event: Envelope = JSON.parse(JSON.stringify({ headers: { name, createdAt: clock.now(), serviceName, type }, payload }))
    const isLost = faults.takeDrop(name, null)
    const takers = queues.filter(({ topics }) => topics.some((topic) => matches(topic, name)))
    const lostBy = takers.filter(({ service }) => isLost || faults.takeDrop(name, service))
    const number = ++count
    record({ ...event, payload: masked(event.payload), number, lostBy: lostBy.map(({ service }) => service) })
    for (const queue of takers) if (!lostBy.includes(queue)) enqueue(queue, number, event)
  }

  function enqueue(queue: Queue, number: number, event: Envelope): void {
    queue.waiting.push({ number, event })
    if (queue.waiting.length === 1) clock.setTimer(0, () => handOut(queue))
  }

  function handOut(queue: Queue): void {
    const next = queue.waiting[0]
    if (!next) return
    try {
      queue.handle(next.event)
    } catch (reason) {
      report(`demo hub: ${queue.service} lost ${next.event.headers.name}: ${reason instanceof Error ? reason.message : String(reason)}`)
      markLost(next.number, queue.service)
    }
    queue.waiting.shift()
    if (queue.waiting.length > 0) clock.setTimer(0, () => handOut(queue))
  }

  function record(event: RecordedEvent): void {
    events = [...events.slice(1 - KEPT), event]
    tell(event)
  }

  function markLost(number: number, service: string): void {
    events = events.map((event) => (event.number === number ? { ...event, lostBy: [...event.lostBy, service] } : event))
    const lost = events.find((event) => event.number === number)
    if (lost) tell(lost)
  }

  return {
    publish,
    subscribe: (service, topics, handle) => void queues.push({ service, topics, handle, waiting: [] }),
    get events() {
      return events
    },
    watch
  }
}

const matches = (topic: string, name: string): boolean => (topic.endsWith('.#') ? name.startsWith(topic.slice(0, -1)) : topic === name)
