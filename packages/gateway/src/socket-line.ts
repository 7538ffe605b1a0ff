import type { ServerFrame } from '@parley/protocol'
import type { Line } from '@parley/engine'
import type { Socket } from 'socket.io'

/** The engine's line over one socket. Until `open()` frames are kept: Socket.IO takes none while it admits a client. */
export interface SocketLine extends Line {
  /** The client is connected: what was kept leaves, in order. */
  open(): void
}

/** Rule 10: so much may wait for one slow reader, then it is cut off; it resumes from its cursor. */
const MOST_WAITING_BYTES = 4 * 1_048_576

export function createSocketLine(socket: Socket, onSlow: () => void): SocketLine {
  let kept: ServerFrame[] | null = []
  let isEnding = false
  watchWaiting(socket, onSlow)
  const emit = ({ name, payload }: ServerFrame): void => {
    socket.emit(name, payload)
  }
  return {
    send(frame) {
      if (kept) kept.push(frame)
      else emit(frame)
    },
    close(why) {
      isEnding = true
      if (kept) return
      // When the gateway leaves, acknowledgements of the last commit are due in this very turn.
      if (why === 'drain') setImmediate(() => socket.disconnect(true))
      else socket.disconnect(true)
    },
    open() {
      const frames = kept ?? []
      kept = null
      for (const frame of frames) emit(frame)
      if (isEnding) socket.disconnect(true)
    }
  }
}

/** Counts what the connection has been given and has not yet taken: packets wait while a write is under way. */
function watchWaiting(socket: Socket, onSlow: () => void): void {
  const { conn } = socket
  let waiting = 0
  conn.on('packetCreate', (packet: { readonly data?: unknown }) => {
    waiting += typeof packet.data === 'string' ? packet.data.length : 0
    if (waiting <= MOST_WAITING_BYTES) return
    onSlow()
    conn.close(true)
  })
  conn.on('flush', () => {
    waiting = 0
  })
}
