import {
  ERRORS,
  ParleyError,
  type ClientFrameName,
  type ClientFrames,
  type Hello,
  type OpenTransport,
  type ServerFrame,
  type SessionAnswer,
  type Transport,
  type TransportEnd,
  type Welcome
} from '@parley/protocol'
import { atom, type ReadableAtom } from 'nanostores'
import { createAlarm } from './alarm.js'
import type { ConnectionState, ConnectionStatus } from './api.js'
import type { Clock } from './clock.js'
import { next, type ConnectionInput } from './connection-machine.js'
import type { Environment, EnvironmentSignal } from './environment.js'
import { asParleyError, unavailable } from './errors.js'
import { createPace } from './pace.js'
import type { Random } from './random.js'
import { publish } from './report.js'
import { createSessionKeeper } from './session-keeper.js'

/** Session, transport and `welcome` together may take this long at the first attempt: what was swallowed is soon tried again … */
const ATTEMPT_MS = 5_000
/** … and so much longer at each one in a row, up to this: a line may just be slow. */
const LONGEST_ATTEMPT_MS = 20_000
/** Browsers are wrong about being offline at times, so one try in a while all the same. */
const OFFLINE_TRY_MS = 30_000
/** A renewal that failed is tried again; the old token still holds for a while. */
const RENEW_AGAIN_MS = 15_000

export interface Connection {
  readonly $status: ReadableAtom<ConnectionStatus>
  /** Begins, or tries as soon as may be if it waits. */
  start(): void
  /** Drops the line until `start`; nothing is tried meanwhile. */
  pause(): void
  /** The token does not count any more: somebody else uses the page. */
  forget(): void
  stop(): void
  /** Drops the line and opens it again at once, with a new `hello`. */
  reconnect(): void
  /** The same, with a new session. */
  renew(): void
  /** The session there is, without asking for one. */
  session(): SessionAnswer | null
  /** @throws ParleyError `gateway.unavailable` when not online, or when the line ends first */
  request<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']>
}

export type ConnectionOptions = {
  readonly openSession: (signal: AbortSignal) => Promise<SessionAnswer>
  readonly openTransport: OpenTransport
  readonly clock: Clock
  readonly random: Random
  readonly environment: Environment
  hello(session: SessionAnswer): Hello
  /** Every frame that is not about the line itself; `welcome` first, when `$status` is online already. */
  onFrame(frame: ServerFrame): void
}

type Line = { readonly abort: AbortController; transport: Transport | null }
type Facts = { readonly error?: ParleyError; readonly retryInMs?: number }

/** Keeps a transport alive: carries out what `connection-machine` says, when `pace` says. */
export function createConnection(options: ConnectionOptions): Connection {
  const { clock, environment } = options
  const $status = atom<ConnectionStatus>({ state: 'idle', attempt: 0, retryInMs: null, error: null })
  const pace = createPace(clock, options.random)
  const alarm = createAlarm(clock)
  const keeper = createSessionKeeper(options.openSession, clock)
  let line: Line | null = null
  let stopListening = () => {}

  function move(inputs: readonly ConnectionInput[], facts: Facts = {}): void {
    const before = $status.get()
    let { state } = before
    let hasMoved = false
    for (const input of inputs) {
      hasMoved ||= next(state, input) !== state
      state = next(state, input)
    }
    if (!hasMoved) return
    if (state !== 'online') drop()
    const attempt = state === 'online' ? 0 : before.attempt + (state === 'connecting' ? 1 : 0)
    const retryInMs = state === 'offline' ? OFFLINE_TRY_MS : state === 'waiting' ? (facts.retryInMs ?? pace.lostInMs()) : null
    if (before.state === 'idle' && state === 'connecting') stopListening = environment.listen(onSignal)
    enter(state, retryInMs, attempt)
    const error = facts.error ?? (state === 'online' || state === 'closed' ? null : before.error)
    // Last, because a subscriber may call back into this connection.
    publish($status, { state, attempt, retryInMs, error })
  }

  function enter(state: ConnectionState, retryInMs: number | null, attempt: number): void {
    if (state === 'connecting') {
      pace.tried()
      alarm.set(Math.min(LONGEST_ATTEMPT_MS, ATTEMPT_MS * attempt), () => move(['timer'], { error: unavailable('The gateway did not answer in time.') }))
      open()
    } else if (state === 'online') {
      pace.up()
      alarm.set(keeper.renewInMs(), renewToken)
    } else if (retryInMs !== null) alarm.set(retryInMs, () => move(['timer']))
    else {
      alarm.clear()
      stopListening()
    }
  }

  function drop(): void {
    const dropped = line
    line = null
    dropped?.abort.abort()
    dropped?.transport?.close()
  }

  function open(): void {
    const mine: Line = { abort: new AbortController(), transport: null }
    line = mine
    const dial = (session: SessionAnswer) => {
      if (line !== mine) return
      const transport = options.openTransport(options.hello(session), {
        onFrame: (frame) => line === mine && received(frame),
        onEnd: (end) => line === mine && ended(end)
      })
      if (line === mine) mine.transport = transport
      else transport.close()
    }
    keeper
      .get(mine.abort.signal)
      .then(dial)
      .catch((reason: unknown) => {
        if (line === mine) fail(asParleyError(reason))
      })
  }

  function received(frame: ServerFrame): void {
    if (frame.name === 'refuse') return ended({ kind: 'refused', error: frame.payload })
    if (frame.name === 'welcome') welcomed(frame.payload)
    if ($status.get().state !== 'online') return
    if (frame.name === 'drain') alarm.set(pace.drainInMs(frame.payload.spreadMs), reconnect)
    else options.onFrame(frame)
  }

  function welcomed(welcome: Welcome): void {
    keeper.endsIn(welcome.expiresInS)
    move(['opened'])
  }

  function ended(end: TransportEnd): void {
    fail(end.kind === 'refused' ? ParleyError.fromWire(end.error) : unavailable(end.detail))
  }

  /** What an error asks for: a new try, a new token first, or the end. */
  function fail(error: ParleyError): void {
    const reaction = ERRORS[error.code].then
    if (reaction === 'stop') return move(['refused'], { error })
    if (reaction === 'renew') {
      keeper.forget()
      if (pace.mayHurry()) return move(['lost', 'start'], { error })
    }
    move(['lost'], { error, retryInMs: pace.lostInMs(error.retryInMs) })
  }

  const reconnect = (): void => move(['lost', 'start'])

  function renewToken(): void {
    const mine = line
    if (!mine) return
    keeper.renew(mine.abort.signal).then(
      () => line === mine && reconnect(),
      (reason: unknown) => line === mine && renewalFailed(asParleyError(reason))
    )
  }

  function renewalFailed(error: ParleyError): void {
    if (ERRORS[error.code].then === 'stop') fail(error)
    else alarm.set(RENEW_AGAIN_MS, renewToken)
  }

  function onSignal(signal: EnvironmentSignal): void {
    if (signal === 'freeze') return
    if (signal === 'networkLost') return move(['networkLost'])
    alarm.check()
    hurry()
    // An answer changes nothing; no answer makes the transport end, which is told by `onEnd`.
    if ($status.get().state === 'online') line?.transport?.request('probe', {}).catch(() => {})
  }

  /** One try as soon as may be; the planned one moves forward, it is not added to. */
  function hurry(): void {
    const { state } = $status.get()
    if (state !== 'waiting' && state !== 'offline') return
    const retryInMs = pace.soonInMs()
    if (retryInMs === 0) return move(['networkBack'])
    if (retryInMs >= (alarm.leftMs() ?? Infinity)) return
    alarm.set(retryInMs, () => move(['timer']))
    publish($status, { ...$status.get(), retryInMs })
  }

  async function request<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']> {
    const mine = line
    if ($status.get().state !== 'online' || !mine?.transport) throw unavailable('There is no connection to the gateway now.')
    const ack: ClientFrames[ClientFrameName]['ack'] = await mine.transport.request(name, payload)
    if ('error' in ack && ERRORS[ack.error.code].then === 'renew' && line === mine) fail(ParleyError.fromWire(ack.error))
    return ack
  }

  function start(): void {
    if ($status.get().state === 'idle') move(['start'])
    else hurry()
  }

  function renew(): void {
    keeper.forget()
    reconnect()
    hurry()
  }

  return {
    $status,
    start,
    pause: () => move(['pause']),
    forget: keeper.forget,
    stop: () => move(['stop']),
    reconnect,
    renew,
    session: keeper.session,
    request
  }
}
