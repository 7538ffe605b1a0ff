import type { OpenTransport, ServerFrame, TransportEnd } from '@parley/protocol'
import { readServerFrame } from '@parley/protocol/schemas'
import type { NodeXHR } from 'engine.io-client'
import { io } from 'socket.io-client'
import type { Clock } from '../clock.js'
import { createRequests } from './requests.js'

/** The handshake may take this long. */
const CONNECT_MS = 10_000

type Options = { readonly url: string; readonly clock: Clock }

/**
 * Frames over Socket.IO: WebSocket, or long-polling at the next attempt where that did not get through. It is only the
 * pipe: reconnecting, sending again and order are ours, so its own are off and nothing is emitted
 * while it is not connected.
 */
export function socketIoTransport({ url, clock }: Options): OpenTransport {
  const { origin, pathname } = new URL(url)
  const path = `${pathname.replace(/\/$/, '')}/socket.io/`
  let transports: string[] | (typeof NodeXHR)[] = ['websocket']

  /** A proxy may swallow WebSockets without a word: an attempt that got nowhere is followed by one the other way. */
  function changeWay(): void {
    if (transports[0] !== 'websocket') {
      transports = ['websocket']
      return
    }
    import('./polling.js').then(
      ({ Polling }) => {
        transports = [Polling]
      },
      // Not even a file can be fetched: the line is down, and WebSocket is as good as anything.
      () => {}
    )
  }

  return (hello, events) => {
    let isOver = false
    let isWelcomed = false
    const socket = io(origin, {
      path,
      auth: hello,
      transports,
      reconnection: false,
      forceNew: true,
      withCredentials: false,
      timeout: CONNECT_MS
    })
    const requests = createRequests({
      clock,
      emit: (name, payload, onAck) => socket.emit(name, payload, onAck),
      onDead: (detail) => end({ kind: 'lost', detail })
    })

    function finish(detail: string): void {
      isOver = true
      socket.offAny()
      socket.off()
      socket.disconnect()
      requests.end(detail)
    }

    function end(why: TransportEnd): void {
      if (isOver) return
      if (!isWelcomed && why.kind === 'lost') changeWay()
      finish(why.kind === 'lost' ? why.detail : 'The gateway refused.')
      events.onEnd(why)
    }

    function onFrame(frame: ServerFrame): void {
      if (frame.name === 'welcome') isWelcomed = true
      events.onFrame(frame)
    }

    // A frame that is unknown, binary or not as its kind wants is passed by: a hole in the log shows by its numbers.
    socket.onAny((name: string, payload: unknown) => {
      const frame = readServerFrame(name, payload)
      if (frame.ok === true && !isOver) onFrame(frame.value)
    })
    socket.on('disconnect', (reason) => end({ kind: 'lost', detail: `The connection ended: ${reason}.` }))
    socket.on('connect_error', (error) => end(endOf(error)))

    return {
      request(name, payload) {
        if (!socket.connected && !isOver) end({ kind: 'lost', detail: 'The connection is not open.' })
        return requests.send(name, payload)
      },
      close() {
        if (!isOver) finish('The connection was closed.')
      }
    }
  }
}

/** The gateway's own refusal carries `data`; anything else is the line. */
function endOf(error: Error & { readonly data?: unknown }): TransportEnd {
  const refusal = readServerFrame('refuse', error.data)
  if (refusal.ok === true && refusal.value.name === 'refuse') return { kind: 'refused', error: refusal.value.payload }
  return { kind: 'lost', detail: `No connection: ${error.message}.` }
}
