/** WebSocket frames as far as a load needs them (RFC 6455): whole texts, no fragments, no extensions. */

const TEXT = 0x81
const CLOSE = 8
const MASKED = 0x80

/** One text as a client's frame. Its mask is zero: the standard wants one, and this one costs nothing. */
export function encodeText(text: string): Buffer {
  const bytes = Buffer.byteLength(text)
  const head = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + 4 + bytes)
  frame[0] = TEXT
  if (head === 2) frame[1] = MASKED | bytes
  else if (head === 4) {
    frame[1] = MASKED | 126
    frame.writeUInt16BE(bytes, 2)
  } else {
    frame[1] = MASKED | 127
    frame.writeBigUInt64BE(BigInt(bytes), 2)
  }
  frame.writeUInt32BE(0, head)
  frame.write(text, head + 4)
  return frame
}

type Header = { readonly start: number; readonly end: number }

/** Where the payload of the frame at `at` stands; `null` while not even its length is there. */
function headerAt(bytes: Buffer, at: number): Header | null {
  if (bytes.length < at + 2) return null
  const short = (bytes[at + 1] ?? 0) & 127
  if (short < 126) return { start: at + 2, end: at + 2 + short }
  if (short === 126) return bytes.length < at + 4 ? null : { start: at + 4, end: at + 4 + bytes.readUInt16BE(at + 2) }
  return bytes.length < at + 10 ? null : { start: at + 10, end: at + 10 + Number(bytes.readBigUInt64BE(at + 2)) }
}

/**
 * Takes a server's bytes however they are cut.
 * @returns the function that is given the chunks
 */
export function createDecoder(onText: (text: string) => void, onClose: () => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = []
  let heldBytes = 0
  /** Fewer bytes than this make no whole frame. */
  let wantedBytes = 2

  return (chunk) => {
    pieces.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < wantedBytes) return
    const bytes = pieces.length === 1 ? chunk : Buffer.concat(pieces)
    let at = 0
    let header = headerAt(bytes, at)
    for (; header && header.end <= bytes.length; header = headerAt(bytes, at)) {
      if (((bytes[at] ?? 0) & 15) === CLOSE) return onClose()
      onText(bytes.toString('utf8', header.start, header.end))
      at = header.end
    }
    pieces = at < bytes.length ? [bytes.subarray(at)] : []
    heldBytes = bytes.length - at
    wantedBytes = header ? header.end - at : heldBytes + 1
  }
}
