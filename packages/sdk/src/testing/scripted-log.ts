import type { Append, AppendAck, Author, DeviceId, Epoch, EventBodies, EventType, MessageId, ParleyEvent, RunId, WireError } from '@parley/protocol'
import { mintId, type Random } from '../random.js'

type Row = { readonly messageId: MessageId; readonly digest: string; readonly ack: AppendAck }
type Device = { readonly last: number; readonly rows: ReadonlyMap<number, Row> }

/** A gateway's log in memory, with its rules of what is new, repeated or out of turn (protocol: append). */
export interface ScriptedLog {
  epoch(): Epoch
  events(): readonly ParleyEvent[]
  lastDeviceSeq(device: DeviceId): number
  /** @param refusal stored as a void in the message's place */
  append(device: DeviceId, author: Author, append: Append, refusal: WireError | null): { readonly ack: AppendAck; readonly event: ParleyEvent | null }
  record<Type extends EventType>(type: Type, author: Author, body: EventBodies[Type]): ParleyEvent
  /** An old copy comes back: only what stood up to `seq`, in a new life. */
  restore(seq: number): void
}

export function createScriptedLog(random: Random): ScriptedLog {
  let epoch = mintId<Epoch>(random)
  let events: readonly ParleyEvent[] = []
  let devices: ReadonlyMap<DeviceId, Device> = new Map()
  const deviceOf = (id: DeviceId): Device => devices.get(id) ?? { last: 0, rows: new Map() }

  function put(type: EventType, messageId: MessageId, author: Author, body: unknown): ParleyEvent {
    const seq = events.length + 1
    const at = new Date(Date.UTC(2026, 0, 1) + seq * 1_000).toISOString()
    const event = { seq, messageId, type, author, at, body } as ParleyEvent
    events = [...events, event]
    return event
  }

  function take(id: DeviceId, append: Append, ack: AppendAck): AppendAck {
    const { rows } = deviceOf(id)
    const row = { messageId: append.messageId, digest: digestOf(append), ack }
    devices = new Map(devices).set(id, { last: append.deviceSeq, rows: new Map(rows).set(append.deviceSeq, row) })
    return ack
  }

  return {
    epoch: () => epoch,
    events: () => events,
    lastDeviceSeq: (device) => deviceOf(device).last,
    append(id, author, append, refusal) {
      const device = deviceOf(id)
      const standing = device.rows.get(append.deviceSeq)
      if (standing) return { ack: repeated(standing, append), event: null }
      const expected = device.last + 1
      if (append.deviceSeq < expected) return { ack: { error: { code: 'append.conflict' } }, event: null }
      if (append.deviceSeq > expected) return { ack: { error: { code: 'append.gap', expected } }, event: null }
      // Whoever sends it, and under whatever number: a message is in the log once.
      const before = events.find((event) => event.messageId === append.messageId)
      if (before) return { ack: take(id, append, { seq: before.seq, at: before.at }), event: null }
      const error = append.type === 'void' ? { code: append.body.code ?? 'append.discarded' } : refusal
      if (error || append.type === 'void') return { ack: take(id, append, { error: error ?? { code: 'append.discarded' } }), event: null }
      const body = append.type === 'run.started' ? { ...append.body, run: mintId<RunId>(random) } : append.body
      const event = put(append.type, append.messageId, author, body)
      return { ack: take(id, append, { seq: event.seq, at: event.at }), event }
    },
    record: (type, author, body) => put(type, mintId<MessageId>(random), author, body),
    restore(seq) {
      epoch = mintId<Epoch>(random)
      events = events.slice(0, seq)
      devices = new Map([...devices].map(([id, { rows }]) => [id, truncated(rows, seq)]))
    }
  }
}

const digestOf = ({ type, body }: Append): string => JSON.stringify([type, body])

function repeated(standing: Row, append: Append): AppendAck {
  const isSame = standing.messageId === append.messageId && (append.type === 'void' || 'error' in standing.ack || standing.digest === digestOf(append))
  return isSame ? standing.ack : { error: { code: 'append.conflict' } }
}

function truncated(rows: ReadonlyMap<number, Row>, seq: number): Device {
  const kept = [...rows].filter(([, { ack }]) => 'seq' in ack && ack.seq <= seq)
  return { last: Math.max(0, ...kept.map(([deviceSeq]) => deviceSeq)), rows: new Map(kept) }
}
