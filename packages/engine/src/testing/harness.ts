import { createHash, createHmac } from 'node:crypto'
import {
  type ClientFrameName,
  type ClientFrames,
  type ConversationId,
  type DeviceId,
  type Epoch,
  type Hello,
  idFromBytes,
  type MessageId,
  type ParleyEvent,
  type ServerFrame
} from '@parley/protocol'
import type { Connector, ConnectorCommand, ConnectorPort, Delivery } from '../connector.js'
import { createEngine, type Engine } from '../engine.js'
import type { Host, LogFields } from '../host.js'
import type { Line } from '../line.js'
import type { Session } from '../session.js'
import { createMemoryStore } from '../memory-store.js'
import type { Store } from '../store.js'
import { createManualClock, type ManualClock } from './manual-clock.js'

/** Bytes that look random and are the same in every run. */
export function countingBytes(seed = 1): (count: number) => Uint8Array {
  let calls = 0
  return (count) => new Uint8Array(createHash('sha512').update(`${seed} ${calls++}`).digest()).slice(0, count)
}

function testHost(clock: ManualClock, logged: string[], fields: LogFields[]): Host {
  const keep = (level: string) => (given: LogFields, text: string) => {
    logged.push(`${level} ${text}`)
    fields.push(given)
  }
  return {
    clock,
    chance: { bytes: countingBytes() },
    seal: {
      sign: (purpose, text) => createHmac('sha256', 'test').update(`${purpose}\n${text}`).digest('base64url'),
      digest: (text) => createHash('sha256').update(text).digest('base64url'),
      equal: (a, b) => a === b
    },
    log: {
      debug: () => {},
      info: keep('info'),
      warn: keep('warn'),
      error: keep('error')
    }
  }
}

/** A connector that writes down what it gets and does what the test says. */
export type ScriptedConnector = Connector & {
  readonly port: () => ConnectorPort
  readonly delivered: Delivery[]
  onDeliver: (delivery: Delivery) => Promise<void>
}

export function scriptedConnector(commands: readonly ConnectorCommand[] = []): ScriptedConnector {
  let port: ConnectorPort | null = null
  const delivered: Delivery[] = []
  const connector: ScriptedConnector = {
    capabilities: { receives: ['message.created', 'run.started'], page: true, deduplicates: true, participant: { name: 'Scripted' } },
    commands,
    delivered,
    onDeliver: async () => {},
    port() {
      if (!port) throw new Error('the connector was not started')
      return port
    },
    start(given) {
      port = given
    },
    async deliver(delivery) {
      delivered.push(delivery)
      await connector.onDeliver(delivery)
    },
    stop() {}
  }
  return connector
}

export type TestClient = {
  readonly frames: ServerFrame[]
  readonly closedWith: () => string | null
  readonly session: Session
  send<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<unknown>
  /** All events received, in the order they came. */
  events(): ParleyEvent[]
}

export type World = {
  readonly engine: Engine
  readonly clock: ManualClock
  readonly store: Store
  readonly connector: ScriptedConnector
  readonly logged: string[]
  /** What was logged beside the texts. */
  readonly fields: readonly LogFields[]
  connect(options: ConnectOptions): Promise<TestClient>
  key(name: string): string
}
export type ConnectOptions = {
  readonly visitor: string
  readonly conversation: ConversationId
  readonly device?: string
  readonly epoch?: Epoch | null
  readonly cursor?: number
  readonly tail?: MessageId | null
  readonly expiresInS?: number
}

export const idOf = <Id extends string>(name: string): Id => idFromBytes(new Uint8Array(createHash('md5').update(name).digest())) as Id

export async function createWorld(
  options: {
    readonly connector?: ScriptedConnector
    readonly store?: Store
    readonly clock?: ManualClock
    /** Visitors of `connect` who are named, with their subjects. */
    readonly subjects?: Readonly<Record<string, string>>
    /** Roles that visitors' tokens name at the moment of a connect. */
    readonly roles?: Readonly<Record<string, readonly string[]>>
    /** Inboxes besides "test". */
    readonly others?: Readonly<Record<string, ScriptedConnector>>
    /** Told of each audit record. Without it there are none. */
    readonly audited?: () => void
  } = {}
): Promise<World> {
  const { connector = scriptedConnector(), store = createMemoryStore({ bytes: countingBytes(2) }), clock = createManualClock() } = options
  const { subjects = {}, roles = {}, others = {}, audited } = options
  const logged: string[] = []
  const fields: LogFields[] = []
  const tokens = new Map<string, number>()
  const key = (name: string): string => name.padEnd(43, '-')
  const host = testHost(clock, logged, fields)
  const engine = createEngine({
    ...host,
    store,
    inboxes: [{ name: 'test', connector }, ...Object.entries(others).map(([name, other]) => ({ name, connector: other }))],
    publicUrl: 'https://chat.example.com',
    ...(audited && { audited }),
    fetch: () => Promise.reject(new Error('no network here')),
    async authenticate(token) {
      const of = <Value>(values: Readonly<Record<string, Value>>): Value | undefined => Object.entries(values).find(([name]) => key(name) === token)?.[1]
      const subject = of(subjects)
      const entered = await engine.enter(
        'test',
        subject === undefined ? { visitorKey: token, person: null } : { visitorKey: null, person: { subject, name: null } }
      )
      if ('code' in entered) return entered
      return { visitor: entered.visitor, inbox: 'test', expiresInS: tokens.get(token) ?? 900, roles: of(roles) ?? [] }
    }
  })
  await engine.start()

  async function connect({
    visitor,
    conversation,
    device = `${visitor} device`,
    epoch = null,
    cursor = 0,
    tail = null,
    expiresInS = 900
  }: ConnectOptions): Promise<TestClient> {
    const frames: ServerFrame[] = []
    let closedWith: string | null = null
    const line: Line = {
      send: (frame) => frames.push(frame),
      isFull: () => false,
      drained: () => Promise.resolve(),
      close: (why) => {
        closedWith = why
      }
    }
    tokens.set(key(visitor), expiresInS)
    const hello: Hello = {
      v: 1,
      token: key(visitor),
      device: idOf<DeviceId>(device),
      conversations: [{ id: conversation, log: 'public', epoch, cursor, tail }]
    }
    const session = await engine.connect(line, hello)
    if ('code' in session) throw new Error(`refused: ${session.code}`)
    await clock.advance(0)
    return {
      frames,
      session,
      closedWith: () => closedWith,
      send: (name, payload) => session.receive(name, payload),
      events: () => frames.flatMap((frame) => (frame.name === 'events' ? frame.payload.events : []))
    }
  }
  return { engine, clock, store, connector, logged, fields, connect, key }
}
