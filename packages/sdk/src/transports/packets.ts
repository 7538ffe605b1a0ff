/**
 * The text packets of Socket.IO 5 in those of Engine.IO 4, as far as Parley uses them: one namespace, no attachments.
 * A packet is a digit of Engine.IO (`0` open, `1` close, `2` ping, `3` pong, `4` message); a message goes on with one of
 * Socket.IO (`0` connect, `1` disconnect, `2` event, `3` answer, `4` refused), the number of an answer, and JSON.
 * Sources: socket.io/docs/v4/engine-io-protocol, socket.io/docs/v4/socket-io-protocol, 2026-11.
 */
export type Packet =
  /** The line is open; a ping comes at least every `pingMs`. */
  | { readonly kind: 'open'; readonly pingMs: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'refused'; readonly text: string; readonly data: unknown }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  /** The gateway is done with this line, or does not speak this protocol. */
  | { readonly kind: 'end'; readonly detail: string }
  /** Nothing that is ours: to be passed by. */
  | { readonly kind: 'unknown' }

const UNKNOWN: Packet = { kind: 'unknown' }

export const PONG = '3'
export const connectPacket = (auth: unknown): string => `40${JSON.stringify(auth)}`
/** @param id the gateway's answer carries it */
export const eventPacket = (id: number, name: string, payload: unknown): string => `42${id}${JSON.stringify([name, payload])}`

/** Reads what a gateway sent. Never throws, whatever the text. */
export function decode(text: string): Packet {
  switch (text[0]) {
    case '0':
      return opened(parse(text.slice(1)))
    case '1':
      return { kind: 'end', detail: 'closed by the gateway' }
    case '2':
      return { kind: 'ping' }
    case '4':
      return message(text)
    default:
      return UNKNOWN
  }
}

function opened(data: unknown): Packet {
  const pingMs = numberIn(data, 'pingInterval') + numberIn(data, 'pingTimeout')
  return pingMs > 0 ? { kind: 'open', pingMs } : { kind: 'end', detail: 'no Engine.IO' }
}

function message(text: string): Packet {
  const [head, id] = /^4.?(\d*)/.exec(text) ?? ['', '']
  const rest = text.slice(head.length)
  const data = parse(rest)
  switch (text[1]) {
    case '0':
      return isObject(data) ? { kind: 'connected' } : UNKNOWN
    case '1':
      return rest === '' ? { kind: 'end', detail: 'disconnected by the gateway' } : UNKNOWN
    case '2':
      return Array.isArray(data) && typeof data[0] === 'string' ? { kind: 'event', name: data[0], payload: data[1] } : UNKNOWN
    case '3':
      return id && Array.isArray(data) ? { kind: 'answer', id: Number(id), answer: data[0] } : UNKNOWN
    case '4':
      return isObject(data) ? { kind: 'refused', text: typeof data.message === 'string' ? data.message : 'unknown', data: data.data } : UNKNOWN
    default:
      return UNKNOWN
  }
}

/** `undefined` is no value of JSON, so it stands for text that is none. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const isObject = (data: unknown): data is Readonly<Record<string, unknown>> => typeof data === 'object' && data !== null && !Array.isArray(data)
const numberIn = (data: unknown, name: string): number => (isObject(data) && typeof data[name] === 'number' ? data[name] : Number.NaN)
