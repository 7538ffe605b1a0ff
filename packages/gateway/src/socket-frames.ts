import type { ClientFrameName, ClientFrames, WireError } from '@parley/protocol'
import type { Allowance, Log, Meter, Session } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import type { Socket } from 'socket.io'
import type { Count } from './prometheus.js'

type Answer = (ack: ClientFrames[ClientFrameName]['ack']) => void

/** A client's event taken apart. `answer` is absent when the client asked for none. */
type Packet = { readonly name: string; readonly payload: object; readonly answer: Answer | undefined }

export type Receiving = {
  readonly session: Session
  /** What may come from the client's address. */
  readonly allowance: Allowance
  readonly meter: Meter<Count>
  readonly log: Log
}

/**
 * Hands every event of a client to its session, whatever it holds. It hooks in before Socket.IO's
 * own dispatch and ends there, so no foreign name (`error`, `newListener` …) reaches an emitter.
 */
export function receiveFrames(socket: Socket, { session, allowance, meter, log }: Receiving): void {
  socket.use((event) => {
    const packet = readPacket(event)
    if (!packet) return refuse(socket, { code: 'frame.malformed', text: 'An event of the protocol has a name and exactly one object.' })
    const retryInMs = allowance.take()
    if (retryInMs === 0) return take(socket, session, packet, log)
    meter.count('limit', 'address')
    packet.answer?.({ error: { code: 'append.busy', retryInMs } })
  })
}

function readPacket(event: readonly unknown[]): Packet | null {
  const [name, ...rest] = event
  const last = rest.at(-1)
  const answer = typeof last === 'function' ? (last as Answer) : undefined
  const values = answer ? rest.slice(0, -1) : rest
  const [payload] = values
  if (typeof name !== 'string' || values.length !== 1 || typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null
  // No frame is binary; what is nested deeper is found by the session.
  return ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer ? null : { name, payload, answer }
}

/** The last resort stands here: whatever goes wrong with one packet ends one connection, never the process. */
function take(socket: Socket, session: Session, { name, payload, answer }: Packet, log: Log): void {
  const fail = (thrown: unknown): void => {
    log.error({ socket: socket.id, reason: reasonOf(thrown) }, 'a frame could not be handled')
    refuse(socket, { code: 'gateway.unavailable', text: 'The gateway could not handle a frame.' })
  }
  try {
    session
      .receive(name, payload)
      .then((ack) => answer?.(ack))
      .catch(fail)
  } catch (thrown) {
    fail(thrown)
  }
}

/** A definite no, then the end of the line. */
function refuse(socket: Socket, error: WireError): void {
  socket.emit('refuse', error)
  socket.disconnect(true)
}
