import type { Socket } from 'socket.io'
import type { PlatformClock } from '../oih/clock.js'
import type { Forward } from './forward.js'

/** The clients, and which customer's number was last used by which of them. */

/** So long a client may take to acknowledge. */
const ACK_MS = 10_000
const FAILED = 'Error forwarding request to external API'

type SocketParts = { readonly forward: Forward; readonly clock: PlatformClock; readonly log: (line: string) => void }

export function createHookSockets({ forward, clock, log }: SocketParts) {
  /** By number, which is believed. The last who used it has it, so all without a number share one place. */
  const sockets = new Map<unknown, Socket>()

  /** Whoever comes back has to write before anything comes to them. */
  function connect(socket: Socket): void {
    // No acknowledgement is ever called.
    socket.on('clientMessage', async (message: unknown) => {
      if (message === null || message === undefined) return
      const fields: Readonly<Record<string, unknown>> = typeof message === 'object' ? { ...message } : {}
      sockets.set(fields.customer_id, socket)
      if (!(await forward(fields))) socket.emit('serverError', FAILED)
    })
    socket.on('disconnect', () => {
      // One number of this client; whoever used two leaves one behind.
      for (const [number, other] of sockets) {
        if (other !== socket) continue
        sockets.delete(number)
        break
      }
    })
  }

  /** What comes for nobody is lost. */
  function deliver(body: Readonly<Record<string, unknown>>): void {
    const cancel = clock.setTimer(ACK_MS, () => log('operation has timed out'))
    const socket = sockets.get(body.customer_id)
    if (socket) socket.emit('serverMessage', body, cancel)
    else cancel()
  }

  return { connect, deliver, numbers: (): readonly string[] => [...sockets.keys()].map(String) }
}
