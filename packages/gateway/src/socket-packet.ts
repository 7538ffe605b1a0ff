import type { ServerFrame } from '@parley/protocol'

/** How what leaves over a socket looks: packets of Socket.IO as text, and text in frames of WebSocket (RFC 6455). No I/O. */

/** A packet of Socket.IO, and the same in a WebSocket frame; the frame is made when it is first wanted. */
export interface Packet {
  readonly text: string
  /** Not to be written into: many sockets may be given the same bytes. */
  bytes(): Buffer
}

/** Engine.IO's mark of a message, in front of every packet. */
const MESSAGE = '4'
/** Final frame of a text message. */
const TEXT_FRAME = 0x81

export function createPacket(text: string): Packet {
  let framed: Buffer | null = null
  return { text, bytes: () => (framed ??= inFrame(MESSAGE + text)) }
}

/** One frame goes to many: whoever sends the same object has it encoded once. */
const encoded = new WeakMap<ServerFrame, Packet>()

export function packetOf(frame: ServerFrame): Packet {
  const found = encoded.get(frame)
  if (found) return found
  const packet = createPacket(`2${JSON.stringify([frame.name, frame.payload])}`)
  encoded.set(frame, packet)
  return packet
}

/** What a server sends is not masked. */
function inFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headLength + length)
  frame[0] = TEXT_FRAME
  frame[1] = headLength === 2 ? length : headLength === 4 ? 126 : 127
  if (headLength === 4) frame.writeUInt16BE(length, 2)
  if (headLength === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  frame.write(text, headLength)
  return frame
}
