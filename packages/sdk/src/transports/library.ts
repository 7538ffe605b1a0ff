import type { OpenTransport } from '@parley/protocol'
import { io } from 'socket.io-client'
import type { Clock } from '../clock.js'
import { CONNECT_MS, gatewayAddress } from './gateway-address.js'
import { createLine } from './line.js'

type Options = { readonly url: string; readonly clock: Clock; readonly by: 'websocket' | 'polling' }

/**
 * Frames over Socket.IO's own client, for where the platform's WebSocket is not there or does not get through. It is only
 * the pipe: reconnecting, sending again and order are ours, so its own are off and nothing is emitted while it is not
 * connected. In a page it is a chunk of its own, which hardly anybody loads.
 */
export function libraryTransport({ url, clock, by }: Options): OpenTransport {
  const { origin, path } = gatewayAddress(url)
  return (hello, events) => {
    const socket = io(origin, {
      path,
      auth: hello,
      transports: [by],
      reconnection: false,
      forceNew: true,
      withCredentials: false,
      timeout: CONNECT_MS
    })
    const line = createLine({
      clock,
      events,
      isOpen: () => socket.connected,
      emit: (name, payload, onAck) => socket.emit(name, payload, onAck),
      drop() {
        socket.offAny()
        socket.off()
        socket.disconnect()
      }
    })
    socket.onAny((name: string, payload: unknown) => line.receive(name, payload))
    socket.on('disconnect', (reason) => line.lost(`The connection ended: ${reason}.`))
    socket.on('connect_error', (error: Error & { readonly data?: unknown }) => line.refused(error.message, error.data))
    return line.transport
  }
}
