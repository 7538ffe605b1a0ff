import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { vi } from 'vitest'

/** One end of a line, and all that it heard. */
export type End = {
  readonly socket: Socket
  heard(): Buffer
  /** How often something came. */
  times(): number
  /** `null` while it is open. */
  ending(): 'end' | 'reset' | null
}

function listenTo(socket: Socket): End {
  const pieces: Buffer[] = []
  let ending: 'end' | 'reset' | null = null
  socket.setNoDelay(true)
  socket.on('data', (bytes) => pieces.push(bytes))
  socket.once('end', () => {
    ending = 'end'
  })
  socket.on('error', () => {
    ending = 'reset'
  })
  return { socket, heard: () => Buffer.concat(pieces), times: () => pieces.length, ending: () => ending }
}

/** A server that only listens and says what it is told to. */
export async function openTarget() {
  const ends: End[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => ends.push(listenTo(socket)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    ends,
    close() {
      for (const { socket } of ends) socket.destroy()
      server.close()
    }
  }
}

/** A client of the proxy. */
export const dial = (port: number): End => listenTo(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))

/** Waits until it is so. @throws after two seconds */
export const until = (what: string, isSo: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!isSo()) throw new Error(`not so: ${what}`)
    },
    { timeout: 2_000, interval: 2 }
  )
