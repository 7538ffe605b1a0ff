import type { Socket } from 'socket.io'
import { createPacket, type Packet } from './socket-packet.js'

type Connection = Socket['conn']
type SendOptions = Parameters<Connection['write']>[1]

/** Gathers what leaves over one connection. */
export interface SocketWrites {
  /** Leaves at the end of this turn of the event loop, behind all that was given before. */
  give(packet: Packet): void
}

/** More than this does not wait for the end of the turn, so that what is counted as waiting is with the connection. */
const MOST_GATHERED_BYTES = 65_536

/** Those who have something to write in this turn. */
let due: (() => void)[] = []

/**
 * What a connection is given in one turn (rows of a commit, acknowledgements of the same) leaves in one write: system
 * calls cost more than all the rest. The turn ends when no promise is left to settle. Packets that Socket.IO makes
 * itself go the same way, so that all keep their order.
 * @param onGiven called with the size of each packet, at once
 */
export function gatherWrites(conn: Connection, onGiven: (bytes: number) => void): SocketWrites {
  let packets: Packet[] = []
  let bytes = 0
  const write = conn.write.bind(conn)
  const close = conn.close.bind(conn)

  function flush(): void {
    const gathered = packets
    packets = []
    bytes = 0
    if (gathered.length === 0) return
    if (conn.transport.name === 'websocket') writeFrames(write, gathered)
    else for (const { text } of gathered) write(text)
  }

  function give(packet: Packet): void {
    if (packets.length === 0) callAtEndOfTurn(flush)
    const size = packet.bytes().length
    onGiven(size)
    packets.push(packet)
    bytes += size
    if (bytes > MOST_GATHERED_BYTES) flush()
  }

  conn.write = (data, options, callback) => {
    if (typeof data === 'string' && !callback) {
      give(createPacket(data))
      return conn
    }
    flush()
    return write(data, options, callback)
  }
  conn.close = (discard) => {
    flush()
    close(discard)
  }
  return { give }
}

/**
 * Engine.IO hands frames that are made already to the line as they are. They are several at once here: for the
 * line they are bytes. `data` is what it would encode otherwise.
 */
function writeFrames(write: Connection['write'], packets: readonly Packet[]): void {
  const [first] = packets
  const frames = packets.length === 1 && first ? first.bytes() : Buffer.concat(packets.map((packet) => packet.bytes()))
  write('', { compress: false, wsPreEncodedFrame: [frames] } as SendOptions)
}

/** Once all promises have settled that can settle now. */
function callAtEndOfTurn(flush: () => void): void {
  due.push(flush)
  if (due.length > 1) return
  queueMicrotask(() => process.nextTick(flushDue))
}

function flushDue(): void {
  const flushes = due
  due = []
  for (const flush of flushes) flush()
}
