import { type AppendAck, type ClientLimits, type ConversationId, type ErrorCode, LIMITS, PROTOCOL_VERSION, type WireError } from '@parley/protocol'
import { readHello, readLastAppends } from '@parley/protocol/schemas'
import { createAllowances } from './allowances.js'
import { busy, createAppender, UNKNOWN } from './append-frame.js'
import { createAppendQueue } from './append-queue.js'
import { createAudience } from './audience.js'
import { createAudit } from './audit.js'
import type { Connector, ConnectorRequest, ConnectorResponse, Fetch } from './connector.js'
import { commandsFor } from './command-rights.js'
import type { Core } from './core.js'
import { createDispatcher } from './dispatcher.js'
import { enterInbox, type Entry } from './enter.js'
import type { Host } from './host.js'
import { type Identified, identifyAt } from './identify.js'
import type { Line } from './line.js'
import { createLinks } from './links.js'
import { type Meter, NO_METER } from './meter.js'
import { createPort } from './port.js'
import { type VisitorId, WAITING } from './records.js'
import { createRuns } from './runs.js'
import { createSession, type Session } from './session.js'
import type { Store } from './store.js'
import type { BucketSize } from './token-bucket.js'
import { createTypingTeller } from './typing-teller.js'
import { findPlaces, isOwn, welcomeFrame } from './welcome.js'
import type { Who } from './who.js'

/** A named door: which connector answers. */
export type Inbox = { readonly name: string; readonly connector: Connector }

export type EngineOptions = Host & {
  readonly store: Store
  readonly inboxes: readonly Inbox[]
  /** How outside systems reach this gateway; no trailing slash. */
  readonly publicUrl: string
  readonly fetch: Fetch
  /** Frames per second and connection; default `LIMITS` of the protocol. */
  readonly limits?: Partial<Pick<ClientLimits, 'messagesPerSecond' | 'burst'>>
  /** What one visitor may send, over all connections; default: twice what one connection may. */
  readonly visitorLimit?: BucketSize
  /** Told when an audit record is on its way into the store. Absent: none are made. */
  readonly audited?: () => void
  /** Takes the engine's figures; default: nobody does. */
  readonly meter?: Meter
  /** Told whether the outside of an inbox can be reached, as its connector says. */
  readonly reachable?: (inbox: string, isReachable: boolean) => void
  /** Whom does this token name? Called once per connect, after the frame was checked. */
  authenticate(token: string): Promise<Who | WireError>
}

export interface Engine {
  /** Starts the connectors and takes up what was left: jobs, runs, sign-ins. */
  start(): Promise<void>
  /**
   * Whom this key or person names, and the open conversation of that visitor in this inbox. What was said under the key
   * is the person's from now on.
   */
  enter(inbox: string, entry: Entry): Promise<{ readonly visitor: VisitorId; readonly conversation: ConversationId } | WireError>
  /** Whom a token names at the outside system of this inbox, or why it does not hold; `null` where the outside names nobody. */
  identify(inbox: string, token: string): Promise<Identified | WireError | null>
  /**
   * Somebody's identity was not taken: a record for the audit, when there is one.
   * @param count so many at once; without it, it is one
   */
  identityRefused(inbox: string, code: ErrorCode, count?: number): Promise<void>
  /** What a page that is leaving sends without a line. @returns an ack for each, or why none of it was looked at */
  appendLast(payload: unknown): Promise<readonly AppendAck[] | WireError>
  /** One client, by the payload of its `hello`. `welcome` and the catch-up leave through the line. */
  connect(line: Line, hello: unknown): Promise<Session | WireError>
  /** A request to one of the inbox's addresses; `null` when no such inbox takes any. */
  handleRequest(inbox: string, request: ConnectorRequest): Promise<ConnectorResponse | null>
  /**
   * Ends all lines with `drain` and waits for the running commit.
   * @param finishWithinMs what waits to be delivered still is, for so long at most: for a store that does not outlive the
   * stop. Default 0
   */
  stop(spreadMs: number, finishWithinMs?: number): Promise<void>
}

/** How often connections are looked through for tokens that have ended. */
const EXPIRY_SWEEP_MS = 10_000

/** How long a stop waits for deliveries under way. What was marked as sent is then left as it is: its run waits for the callback. */
const DELIVERY_GRACE_MS = 3_000
/** How often a stop that finishes what waits looks whether it has. */
const FINISH_LOOK_MS = 100

/** The conversation engine of one process, on one store. */
export function createEngine(options: EngineOptions): Engine {
  const { store, publicUrl, fetch, clock, chance, seal, log } = options
  const host: Host = { clock, chance, seal, log }
  const connectors = new Map(options.inboxes.map((inbox) => [inbox.name, inbox.connector]))
  const audience = createAudience()
  const queue = createAppendQueue(store, host, (published) => audience.publish(published))
  const audit = createAudit(host, queue, options.audited ?? null)
  const { bodyBytes, messagesPerSecond, burst, windowSize } = LIMITS
  const limits: ClientLimits = { bodyBytes, messagesPerSecond, burst, windowSize, ...options.limits }
  const visitors = createAllowances(options.visitorLimit ?? { perSecond: 2 * limits.messagesPerSecond, burst: 2 * limits.burst }, clock)
  const core: Core = { host, meter: options.meter ?? NO_METER, store, queue, audit, audience, connectors, visitors, limits }
  const runs = createRuns(core)
  const links = createLinks(core, runs)
  const dispatcher = createDispatcher(core, runs)
  const tellTyping = createTypingTeller(core)
  const connections = new Map<Line, { readonly session: Session; readonly who: Who; readonly expiresAt: number }>()
  let cancelSweep = (): void => {}

  function sweep(): void {
    const now = clock.now()
    for (const [line, { expiresAt }] of connections) {
      if (expiresAt > now) continue
      line.send({ name: 'refuse', payload: { code: 'auth.expired' } })
      line.close('auth.expired')
    }
    cancelSweep = clock.setTimer(EXPIRY_SWEEP_MS, sweep)
  }

  /** What was left when the process ended: deadlines go on, jobs are taken up; the dispatcher does not begin again what was begun. */
  async function takeUp(): Promise<void> {
    for (const run of await store.runsWith(WAITING)) runs.watch(run)
    for (const link of await store.pendingLinks()) links.watch(link)
    for (const job of await store.jobs()) dispatcher.add(job)
  }

  const afterMs = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(ms, resolve))

  async function finish(withinMs: number): Promise<void> {
    let isLate = withinMs <= 0
    if (isLate) return
    const cancel = clock.setTimer(withinMs, () => {
      isLate = true
    })
    await queue.idle()
    while (!isLate && (await store.jobs()).length > 0) await afterMs(FINISH_LOOK_MS)
    cancel()
  }

  function open(line: Line, who: Who, session: Session): Session {
    const end = (): void => {
      connections.delete(line)
      session.end()
    }
    const tracked: Session = { receive: (name, payload) => session.receive(name, payload), end }
    connections.set(line, { session: tracked, who, expiresAt: clock.now() + who.expiresInS * 1000 })
    return tracked
  }

  function commandsChanged(inbox: string): void {
    const connector = connectors.get(inbox)
    if (!connector) return
    for (const [line, { who }] of connections) {
      if (who.inbox === inbox) line.send({ name: 'commands', payload: { commands: commandsFor(connector, who.roles ?? []) } })
    }
  }

  function reachable(inbox: string, isReachable: boolean): void {
    log.debug({ inbox, isReachable }, 'the outside of an inbox came or went')
    options.reachable?.(inbox, isReachable)
  }

  async function appendLast(payload: unknown): Promise<readonly AppendAck[] | WireError> {
    const asked = readLastAppends(payload)
    if (!asked.ok) return { code: 'frame.malformed', text: `The messages were not as the protocol wants them. ${asked.text}` }
    const { token, device, appends } = asked.value
    const who = await options.authenticate(token)
    if ('code' in who) return who
    const connector = connectors.get(who.inbox)
    if (!connector) return { code: 'inbox.unknown', text: 'The inbox of this token is no longer served.' }
    const append = createAppender({ core, runs, dispatcher, connector, who, device })
    const allowance = core.visitors.join(who.visitor)
    const acks: AppendAck[] = []
    for (const frame of appends) {
      const retryInMs = allowance.take()
      if (retryInMs > 0) {
        core.meter.count('limit', 'visitor')
        acks.push(busy(retryInMs))
        continue
      }
      const record = await store.conversation(frame.conversation)
      acks.push(isOwn(record, who) ? await append(frame, { isClosed: record.status === 'closed', answering: record.answering }) : { error: UNKNOWN })
    }
    allowance.leave()
    return acks
  }

  return {
    async start() {
      for (const [inbox, connector] of connectors) {
        await connector.start(createPort(core, { inbox, publicUrl, fetch, runs, links, dispatcher, commandsChanged, reachable }))
        log.info({ inbox }, 'inbox opened')
      }
      await takeUp()
      cancelSweep = clock.setTimer(EXPIRY_SWEEP_MS, sweep)
    },
    enter: (inbox, entry) => enterInbox(core, dispatcher, inbox, entry),
    async identify(inbox, token) {
      const connector = connectors.get(inbox)
      return connector ? identifyAt(host, { inbox, connector }, token) : null
    },
    async identityRefused(inbox, code, count) {
      // A name that no inbox has may be anything that somebody typed.
      if (connectors.has(inbox)) await audit.record({ name: 'identity.refused', inbox, fields: { code, ...(count !== undefined && { count }) } })
    },
    appendLast,
    async connect(line, payload) {
      const hello = readHello(payload)
      if (!hello.ok) return { code: 'frame.malformed', text: `The hello was not as the protocol wants it. ${hello.text}` }
      if (hello.value.v !== PROTOCOL_VERSION)
        return { code: 'version.unsupported', text: `Version ${hello.value.v} is not served here; ${PROTOCOL_VERSION} is.` }
      const who = await options.authenticate(hello.value.token)
      if ('code' in who) return who
      const connector = connectors.get(who.inbox)
      if (!connector) return { code: 'inbox.unknown', text: 'The inbox of this token is no longer served.' }
      const places = await findPlaces(core, hello.value, who)
      if ('code' in places) return places
      line.send({ name: 'welcome', payload: welcomeFrame(core, places, connector, who) })
      return open(line, who, createSession({ core, runs, dispatcher, tellTyping, line, who, connector, places, device: hello.value.device }))
    },
    async handleRequest(inbox, request) {
      const connector = connectors.get(inbox)
      return connector?.handleRequest ? connector.handleRequest(request) : null
    },
    async stop(spreadMs, finishWithinMs = 0) {
      cancelSweep()
      for (const line of connections.keys()) line.send({ name: 'drain', payload: { spreadMs } })
      await finish(finishWithinMs)
      await Promise.race([dispatcher.stop(), afterMs(DELIVERY_GRACE_MS)])
      for (const connector of connectors.values()) await connector.stop()
      runs.stop()
      links.stop()
      await queue.idle()
      for (const [line, { session }] of [...connections]) {
        line.close('drain')
        session.end()
      }
    }
  }
}
