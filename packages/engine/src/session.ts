import {
  type Ack,
  type Append,
  type Check,
  type ClientFrameName,
  type ClientFrames,
  type Complete,
  type ConversationId,
  type DeviceId,
  digestRows,
  type Invoke,
  LIMITS,
  type Read,
  type RunId,
  type Seen,
  type SignalFrame,
  type WireError
} from '@parley/protocol'
import { isClientFrameName, readClientFrame } from '@parley/protocol/schemas'
import { type AppendPlace, busy, createAppender, UNKNOWN } from './append-frame.js'
import { createCompleter } from './completer.js'
import type { Connector } from './connector.js'
import type { Core } from './core.js'
import type { Dispatcher } from './dispatcher.js'
import { createFollower } from './follower.js'
import { reasonOf } from './host.js'
import { endConversation } from './end-conversation.js'
import { visitorAuthor } from './identity.js'
import type { ConversationRecord } from './records.js'
import type { Line } from './line.js'
import type { Runs } from './runs.js'
import { type Bucket, takeToken } from './token-bucket.js'
import type { TellTyping } from './typing-teller.js'
import type { Place } from './welcome.js'
import type { Who } from './who.js'

const OK: Ack = { ok: true }
const CLOSED: Ack = { error: { code: 'conversation.closed', text: 'The conversation is closed.' } }

/** What answers a frame, of whatever kind. */
type AnyAck = ClientFrames[ClientFrameName]['ack']

export interface Session {
  /**
   * One frame of the client, whatever it holds. A frame that is not of the protocol is answered
   * with `refuse`, and the line ends.
   * @returns the acknowledgement
   */
  receive(name: string, payload: unknown): Promise<AnyAck>
  /** The line is gone. */
  end(): void
}

export type SessionParts = {
  readonly core: Core
  readonly runs: Runs
  readonly dispatcher: Dispatcher
  readonly tellTyping: TellTyping
  readonly line: Line
  readonly who: Who
  readonly connector: Connector
  readonly device: DeviceId
  readonly places: readonly Place[]
}

type Seat = AppendPlace & { isClosed: boolean; answering: string | null; readonly leave: () => void }

/** The gateway's side of one connection: schema, rights and limits, then the engine. */
export function createSession(parts: SessionParts): Session {
  const { core, runs, dispatcher, tellTyping, line, who, connector, device } = parts
  const { host, meter, store, queue, audience } = core
  const seats = new Map<ConversationId, Seat>()
  const bucketSize = { perSecond: core.limits.messagesPerSecond, burst: core.limits.burst }
  let bucket: Bucket = { tokens: bucketSize.burst, at: host.clock.now() }
  const allowance = core.visitors.join(who.visitor)
  const append = createAppender({ core, runs, dispatcher, connector, who, device })
  const complete = createCompleter({ host, connector, who })

  for (const { record, welcome } of parts.places) seats.set(record.id, sit(record, welcome.from - 1))

  function sit({ id: conversation, status, answering }: ConversationRecord, sentTo: number): Seat {
    const follower = createFollower(line, store, { conversation, log: 'public', sentTo })
    const leave = audience.join(conversation, {
      line,
      log: 'public',
      follower,
      onPublished: ({ events }) => {
        for (const event of events) {
          if (event.type === 'conversation.closed') seat.isClosed = true
          if (event.type === 'handoff.completed') seat.answering = event.body.to === who.inbox ? null : event.body.to
        }
      }
    })
    const seat: Seat = {
      isClosed: status === 'closed',
      answering,
      leave() {
        follower.stop()
        leave()
      }
    }
    // Read after joining: what came in between is behind this head, what comes later is offered.
    store
      .head(conversation, 'public')
      .then((head) => follower.catchUp(head))
      .catch((reason: unknown) => {
        host.log.error({ conversation, reason: reasonOf(reason) }, 'a client could not catch up')
        line.close('gateway.unavailable')
      })
    return seat
  }

  async function read({ conversation, log, from, to }: Read): Promise<Ack> {
    if (log !== 'public') return { error: { code: 'conversation.unknown' } }
    meter.count('read', 'asked')
    const events = await store.read({ conversation, log, from, to }, LIMITS.pageEvents, LIMITS.pageBytes)
    const [first] = events
    if (first) line.send({ name: 'events', payload: { conversation, log, epoch: store.epoch, from: first.seq, events } })
    return { ok: true }
  }

  async function seen({ conversation, got, read }: Seen): Promise<Ack> {
    const participant = visitorAuthor(host.seal, who.visitor, conversation).id
    await queue.commit([{ puts: [{ put: 'receipt', receipt: { conversation, participant, got, read } }] }])
    return { ok: true }
  }

  function invoke(frame: Invoke): Promise<Ack> {
    switch (frame.verb) {
      case 'cancel':
        return cancel(frame)
      case 'end':
        return endConversation({ core, runs, dispatcher }, frame.conversation)
      default:
        return frame satisfies never
    }
  }

  async function cancel({ conversation, args }: Extract<Invoke, { readonly verb: 'cancel' }>): Promise<Ack> {
    const run = await store.run(args.run as RunId)
    if (run?.conversation !== conversation || run.visitor !== who.visitor)
      return { error: { code: 'run.unknown', text: 'There is no such run in this conversation.' } }
    if (run.status === 'cancelled') return { ok: true }
    const recorded = await runs.fail(run.run, { reason: 'cancelled', text: 'Cancelled. If a result still comes, it is shown here.' })
    return recorded === 'ended' ? { error: { code: 'run.ended', text: 'The run has already ended.' } } : { ok: true }
  }

  async function check({ conversation, log, from, to, digest }: Check): Promise<Ack> {
    if (to < from || to - from >= LIMITS.checkRows) return refuse(`A check covers 1 to ${LIMITS.checkRows} rows.`)
    if (log !== 'public') return { error: UNKNOWN }
    const rows = await store.rowKeys({ conversation, log, from, to })
    const isSame = digestRows(rows) === digest
    meter.count('check', isSame ? 'same' : 'differs')
    if (isSame) return OK
    host.log.warn({ conversation, from, to }, 'a client holds other rows than the log; it reads anew')
    return { error: { code: 'log.differs' } }
  }

  function signal({ conversation, signal: { forMs } }: SignalFrame, seat: Seat): Ack {
    const answering = core.connectors.get(seat.answering ?? who.inbox) ?? connector
    if (!seat.isClosed) tellTyping(answering, { conversation, visitor: who.visitor, forMs })
    audience.signal(conversation, { kind: 'typing', by: visitorAuthor(host.seal, who.visitor, conversation).id, forMs }, line)
    return { ok: true }
  }

  function carryOut(name: ClientFrameName, payload: ClientFrames[ClientFrameName]['payload'], seat: Seat): Promise<AnyAck> | AnyAck {
    switch (name) {
      case 'append':
        return append(payload as Append, seat)
      case 'read':
        return read(payload as Read)
      case 'seen':
        return seen(payload as Seen)
      case 'check':
        return check(payload as Check)
      case 'complete':
        return seat.isClosed ? CLOSED : complete(payload as Complete)
      case 'invoke':
        return invoke(payload as Invoke)
      case 'signal':
        return signal(payload as SignalFrame, seat)
      default:
        return { ok: true }
    }
  }

  function refuse(text: string): Ack {
    const error: WireError = { code: 'frame.malformed', text }
    line.send({ name: 'refuse', payload: error })
    line.close(error.code)
    return { error }
  }

  return {
    async receive(name, payload) {
      if (!isClientFrameName(name)) return refuse(`"${name.slice(0, 40)}" is not a frame of the protocol.`)
      const frame = readClientFrame(name, payload)
      if (!frame.ok) return refuse(`A frame "${name}" was not as the protocol wants it. ${frame.text}`)
      if (name === 'probe') return { ok: true }
      const taken = takeToken(bucket, bucketSize, host.clock.now())
      bucket = taken.bucket
      if (taken.retryInMs > 0) {
        meter.count('limit', 'connection')
        return busy(taken.retryInMs)
      }
      const retryInMs = allowance.take()
      if (retryInMs > 0) {
        meter.count('limit', 'visitor')
        return busy(retryInMs)
      }
      const seat = 'conversation' in frame.value ? seats.get(frame.value.conversation) : undefined
      if (!seat) return { error: UNKNOWN }
      try {
        return await carryOut(name, frame.value, seat)
      } catch (thrown) {
        // The store, which may be well again soon: the line stays.
        host.log.warn({ frame: name, reason: reasonOf(thrown) }, 'a frame could not be carried out')
        return busy(1_000)
      }
    },
    end() {
      allowance.leave()
      for (const seat of seats.values()) seat.leave()
      seats.clear()
    }
  }
}
