import { io } from 'socket.io-client'
import type { OpenHook } from './types.js'

/** A hook over Socket.IO, by the ways that its own client takes. */
export const openHookSocket: OpenHook = (url, events) => {
  const socket = io(url, { autoConnect: false, reconnection: false, forceNew: true })
  socket.on('connect', () => events.onUp())
  socket.on('disconnect', (reason) => events.onDown(reason))
  socket.on('connect_error', ({ message }) => events.onDown(message))
  socket.on('serverError', () => events.onError())
  socket.on('serverMessage', (body: unknown, acknowledge?: unknown) =>
    events.onMessage(body, () => {
      if (typeof acknowledge === 'function') acknowledge()
    })
  )
  return {
    open: () => void socket.connect(),
    isUp: () => socket.connected,
    send: (body, onAck) => void socket.emit('clientMessage', body, onAck),
    close: () => void socket.disconnect()
  }
}
