import {
  LIMITS,
  ParleyError,
  PROTOCOL_VERSION,
  type Ack,
  type Append,
  type Author,
  type ClientFrameName,
  type ClientFrames,
  type CommandSpec,
  type Complete,
  type Completion,
  type ConversationId,
  type EventBodies,
  type EventType,
  type Feature,
  type Hello,
  type Invoke,
  type OpenTransport,
  type ParleyEvent,
  type ParticipantId,
  type Read,
  type ServerFrameName,
  type ServerFrames,
  type SessionRequest,
  type Standing,
  type TransportEnd,
  type WireError
} from '@parley/protocol'
import { readClientFrame, readHello } from '@parley/protocol/schemas'
import type { Clock } from '../clock.js'
import { mintId, type Random } from '../random.js'
import type { OpenSession } from '../session-request.js'
import { memoryLine, type GatewayLine, type LineFaults } from './memory-line.js'
import { createScriptedLog } from './scripted-log.js'
import { seededRandom } from './seeded-random.js'

/** What came in, in order. */
export type Incoming =
  | { readonly name: 'session'; readonly payload: SessionRequest }
  | { readonly name: 'hello'; readonly payload: Hello }
  | { [Name in ClientFrameName]: { readonly name: Name; readonly payload: ClientFrames[Name]['payload'] } }[ClientFrameName]

/** What the gateway does where it has a choice; change it at any time. */
export type Script = {
  /** Seconds that a token lives. */
  expiresInS: number
  commands: readonly CommandSpec[]
  /** What it says it can beyond the frames of the first version. */
  features: readonly Feature[]
  /** Does it take identity tokens? Whoever they name is the one visitor there is. */
  takesIdentities: boolean
  /** Values for an argument. */
  complete: (asked: Complete) => readonly Completion[]
  /** Most rows that answer one `read`. */
  pageEvents: number
  /** An error for `POST /session`. */
  refuseSession: () => WireError | null
  /** An error for a connect. */
  refuseHello: (hello: Hello) => WireError | null
  /** An error for a message: one with `then: 'stop'` is stored as a void, as gateways do; others store nothing. */
  refuseAppend: (append: Append) => WireError | null
  /** An error for any other frame. */
  refuseFrame: (name: ClientFrameName) => WireError | null
}

/** A gateway in memory that keeps the protocol's rules and does what a test tells it. */
export interface ScriptedGateway {
  readonly openSession: OpenSession
  readonly openTransport: OpenTransport
  readonly faults: LineFaults
  readonly script: Script
  readonly visitor: Author
  readonly bot: Author
  received(): readonly Incoming[]
  /** Of the conversation there is now: after the end of one, the next session opens another. */
  events(): readonly ParleyEvent[]
  /** The bot records something, and all lines get it. */
  record<Type extends EventType>(type: Type, body: EventBodies[Type]): ParleyEvent
  say(text: string): ParleyEvent
  /** Sends a frame on every line there is. */
  send<Name extends ServerFrameName>(name: Name, payload: ServerFrames[Name]): void
  /** Ends every line. */
  cut(why?: TransportEnd): void
  /** An old copy of the log comes back, in a new life; lines are cut. */
  restore(seq: number): void
}

type Options = { readonly clock: Clock; readonly random?: Random }

const LOST: TransportEnd = { kind: 'lost', detail: 'The gateway cut the line.' }

export function createScriptedGateway({ clock, random = seededRandom(1) }: Options): ScriptedGateway {
  let log = createScriptedLog(random)
  let id = mintId<ConversationId>(random)
  const visitor: Author = { id: mintId<ParticipantId>(random), role: 'visitor' }
  const bot: Author = { id: mintId<ParticipantId>(random), role: 'bot' }
  const faults: LineFaults = { delayMs: () => 0, fate: () => 'pass' }
  const script: Script = {
    expiresInS: LIMITS.tokenSeconds,
    commands: [],
    features: [],
    takesIdentities: false,
    complete: () => [],
    pageEvents: LIMITS.pageEvents,
    refuseSession: () => null,
    refuseHello: () => null,
    refuseAppend: () => null,
    refuseFrame: () => null
  }
  const lines = new Set<GatewayLine>()
  let received: readonly Incoming[] = []
  const note = (incoming: Incoming): void => {
    received = [...received, incoming]
  }

  function pageFrom(line: GatewayLine, from: number, to: number): void {
    const end = Math.min(to, log.events().length)
    for (let first = from; first <= end; first += LIMITS.pageEvents) {
      const events = log.events().slice(first - 1, Math.min(end, first + LIMITS.pageEvents - 1))
      line.send('events', { conversation: id, log: 'public', epoch: log.epoch(), from: first, events })
    }
  }

  function publish(event: ParleyEvent): void {
    for (const line of lines) pageFrom(line, event.seq, event.seq)
  }

  function welcome(line: GatewayLine, standing: Standing): void {
    const head = log.events().length
    const isKnown = standing.cursor === 0 || (standing.epoch === log.epoch() && log.events()[standing.cursor - 1]?.messageId === standing.tail)
    const from = isKnown && standing.cursor > 0 ? standing.cursor + 1 : Math.max(1, head - LIMITS.pageEvents + 1)
    const here = {
      id,
      log: 'public',
      epoch: log.epoch(),
      head,
      from,
      reset: !isKnown,
      lastDeviceSeq: log.lastDeviceSeq(line.hello.device),
      you: visitor.id,
      receipts: []
    } as const
    const { commands, features, expiresInS } = script
    line.send('welcome', { v: PROTOCOL_VERSION, conversations: [here], commands, limits: LIMITS, expiresInS, features })
    pageFrom(line, from, head)
  }

  function answer(line: GatewayLine, name: ClientFrameName, payload: unknown): ClientFrames[ClientFrameName]['ack'] {
    const frame = readClientFrame(name, payload)
    if (!frame.ok) throw new TypeError(`The client sent a ${name} that is none: ${frame.text}`)
    note({ name, payload: frame.value } as Incoming)
    if (name === 'append') return append(line, frame.value as Append)
    const error = script.refuseFrame(name)
    if (error) return { error }
    if (name === 'read') answerRead(line, frame.value as Read)
    if (name === 'complete') return { completions: script.complete(frame.value as Complete) }
    if (name === 'invoke' && (frame.value as Invoke).verb === 'end' && !isClosed())
      publish(log.record('conversation.closed', visitor, { reason: 'The visitor has ended it.' }))
    return { ok: true } satisfies Ack
  }

  function answerRead(line: GatewayLine, { from, to }: Read): void {
    pageFrom(line, from, Math.min(to, from + script.pageEvents - 1))
  }

  const isClosed = (): boolean => log.events().some(({ type }) => type === 'conversation.closed')

  function append(line: GatewayLine, frame: Append): ClientFrames['append']['ack'] {
    const error = isClosed() ? ({ code: 'conversation.closed' } as const) : script.refuseAppend(frame)
    if (error?.code === 'append.busy' || error?.code === 'append.conflict') return { error }
    const { ack, event } = log.append(line.hello.device, visitor, frame, error)
    if (event) publish(event)
    return ack
  }

  const openTransport = memoryLine({
    clock,
    faults,
    gateway: {
      accept(line) {
        const hello = readHello(line.hello)
        const [standing] = line.hello.conversations
        if (!hello.ok || !standing) throw new TypeError(`The client's hello is none: ${hello.ok ? 'no conversation' : hello.text}`)
        note({ name: 'hello', payload: hello.value })
        const error = script.refuseHello(line.hello)
        if (error) line.end({ kind: 'refused', error })
        else {
          lines.add(line)
          welcome(line, standing)
        }
        return (name, payload, onAck) => onAck(answer(line, name, payload))
      },
      gone: (line) => void lines.delete(line)
    }
  })

  function cut(why: TransportEnd = LOST): void {
    for (const line of lines) line.end(why)
  }

  function record<Type extends EventType>(type: Type, body: EventBodies[Type]): ParleyEvent {
    const event = log.record(type, bot, body)
    publish(event)
    return event
  }

  return {
    async openSession(payload) {
      note({ name: 'session', payload })
      const error = script.refuseSession()
      if (error) throw ParleyError.fromWire(error)
      if (isClosed()) {
        log = createScriptedLog(random)
        id = mintId(random)
      }
      const identified = script.takesIdentities && payload.identity !== undefined
      return { token: `token-${received.length}`, expiresInS: script.expiresInS, conversation: id, ...(identified ? { identified } : {}) }
    },
    openTransport,
    faults,
    script,
    visitor,
    bot,
    received: () => received,
    events: () => log.events(),
    record,
    say: (text) => record('message.created', { parts: [{ kind: 'text', text }] }),
    send(name, payload) {
      for (const line of lines) line.send(name, payload)
    },
    cut,
    restore(seq) {
      log.restore(seq)
      cut()
    }
  }
}
