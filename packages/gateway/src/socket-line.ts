import type { ServerFrame } from '@parley/protocol'
import type { Clock, Line, Meter } from '@parley/engine'
import type { Socket } from 'socket.io'
import type { Count } from './prometheus.js'
import { packetOf } from './socket-packet.js'
import { createPressure, type Pressure } from './socket-pressure.js'
import { gatherWrites } from './socket-writes.js'

/** The engine's line over one socket. Until `open()` frames are kept: Socket.IO takes none while it admits a client. */
export interface SocketLine extends Line {
  /** The client is connected: what was kept leaves, in order. */
  open(): void
}

export type SocketLineParts = {
  readonly clock: Pick<Clock, 'setTimer'>
  readonly meter: Meter<Count>
  /** Called once, when this client reads so slowly that its connection is ended. */
  readonly onSlow: () => void
}

export function createSocketLine(socket: Socket, { clock, meter, onSlow }: SocketLineParts): SocketLine {
  let kept: ServerFrame[] | null = []
  let isEnding = false
  const pressure = createPressure(clock, {
    onFull: () => meter.count('pause', 'paused'),
    onSlow() {
      meter.count('pause', 'cut')
      onSlow()
      socket.conn.close(true)
    }
  })
  watchWaiting(socket, pressure)
  const writes = gatherWrites(socket.conn, (bytes) => pressure.given(bytes))
  const emit = (frame: ServerFrame): void => {
    writes.give(packetOf(frame))
    if (frame.name === 'events') meter.count('event', 'sent', frame.payload.events.length)
  }
  return {
    send(frame) {
      if (kept) kept.push(frame)
      else emit(frame)
    },
    isFull: () => pressure.isFull(),
    drained: () => pressure.drained(),
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

/**
 * Tells the counter what the connection does. `drain` of the connection itself comes as soon as the
 * transport was given something; that of the transport comes when the kernel has taken it. What is still gathered at a
 * flush counts as handed over: little, and for this turn only.
 */
function watchWaiting({ conn }: Socket, pressure: Pressure): void {
  const taken = (): void => pressure.taken()
  conn.on('flush', () => pressure.handedOver())
  conn.transport.on('drain', taken)
  conn.on('upgrade', (transport: typeof conn.transport) => {
    // What the transport before had under way was taken by its last answer.
    taken()
    transport.on('drain', taken)
  })
  conn.once('close', () => pressure.end())
}
