/** The framing of AMQP 0-9-1, as far as a publisher meets it. Source: the specification of AMQP 0-9-1, sections 2.3 and 4.2. */

export const METHOD = 1
export const HEADER = 2
export const BODY = 3
const END = 0xce
/** Kind, channel and length in front, one byte behind. */
const AROUND = 8

export type Frame = { readonly kind: number; readonly channel: number; readonly payload: Buffer }

export function frame(kind: number, channel: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(7)
  head.writeUInt8(kind, 0)
  head.writeUInt16BE(channel, 1)
  head.writeUInt32BE(payload.length, 3)
  return Buffer.concat([head, payload, Buffer.from([END])])
}

/** @returns the whole frames in front, and what is left of the next one */
export function framesIn(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = []
  let at = 0
  while (bytes.length - at >= AROUND) {
    const size = bytes.readUInt32BE(at + 3)
    if (bytes.length - at < AROUND + size) break
    if (bytes.readUInt8(at + 7 + size) !== END) throw new Error('a frame does not end as frames do')
    frames.push({ kind: bytes.readUInt8(at), channel: bytes.readUInt16BE(at + 1), payload: bytes.subarray(at + 7, at + 7 + size) })
    at += AROUND + size
  }
  return { frames, rest: bytes.subarray(at) }
}

export const short = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
export const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
export const longlong = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
export const shortText = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
export const longText = (text: string): Buffer => Buffer.concat([long(Buffer.byteLength(text)), Buffer.from(text)])

/** A method's frame: its class, its number, its arguments. */
export const method = (channel: number, id: readonly [number, number], ...args: readonly Buffer[]): Buffer =>
  frame(METHOD, channel, Buffer.concat([short(id[0]), short(id[1]), ...args]))

/** Reads arguments one after another. */
export function reader(bytes: Buffer): { skip(count: number): void; byte(): number; shortText(): string; longText(): string } {
  let at = 0
  const take = (length: number): string => bytes.toString('utf8', at, (at += length))
  return {
    skip(count) {
      at += count
    },
    byte: () => bytes.readUInt8(at++),
    shortText() {
      const length = bytes.readUInt8(at)
      at += 1
      return take(length)
    },
    longText() {
      const length = bytes.readUInt32BE(at)
      at += 4
      return take(length)
    }
  }
}
