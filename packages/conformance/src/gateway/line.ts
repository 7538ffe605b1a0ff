import type { Ack, AppendAck, DeviceId, Events, ParleyEvent, ServerFrame, SessionAnswer, Welcome, WireError } from '@parley/protocol'
import { readAck, readErrorAnswer, readServerFrame } from '@parley/protocol/schemas'
import { io, type Socket } from 'socket.io-client'
import { Broken, shown } from '../check.js'
import { within } from '../within.js'

/** Where a client stands in the log, to resume from. */
export type Place = { readonly epoch: string | null; readonly cursor: number; readonly tail: string | null }
export const NOWHERE: Place = { epoch: null, cursor: 0, tail: null }

/** One connection, with nothing but what stands on the wire: no outbox, no reconnecting. */
export interface Line {
  readonly welcome: Welcome
  /** Rows heard of the own conversation, in the order in which they came. */
  readonly rows: readonly ParleyEvent[]
  /** Frames that are not as the protocol wants them. */
  readonly faults: readonly string[]
  request(name: string, payload: unknown): Promise<Answer>
  /** Emits whatever it is, without waiting for an answer. */
  emit(name: string, ...values: readonly unknown[]): void
  /** Settles once the rows heard are as wanted. @throws Broken when they do not become so in time */
  until(isReached: (rows: readonly ParleyEvent[]) => boolean, what: string): Promise<void>
  /** What ends it: the gateway's own word, or only the end. @throws Broken when nothing does in time */
  end(): Promise<WireError | null>
  place(): Place
  close(): void
}
export type Answer = Ack | AppendAck

/** The gateway did not let a connection in: its own word, or what went wrong before it had one. */
export class LineRefused extends Error {
  override readonly name = 'LineRefused'
  readonly error: WireError | null

  constructor(error: WireError | null, text: string) {
    super(error ? `${error.code}: ${error.text ?? ''}` : text)
    this.error = error
  }
}

export type LineOptions = {
  readonly url: string
  /** The whole CONNECT payload. */
  readonly hello: unknown
  readonly timeoutMs: number
  readonly origin?: string
}

/** @throws LineRefused, or Broken when neither a welcome nor a refusal comes */
export async function openLine({ url, hello, timeoutMs, origin }: LineOptions): Promise<Line> {
  const socket: Socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    ...(origin === undefined ? {} : { extraHeaders: { origin } }),
    auth: hello as Record<string, unknown>
  })
  const frames: ServerFrame[] = []
  const rows: ParleyEvent[] = []
  const faults: string[] = []
  const watchers = new Set<() => void>()
  socket.onAny((name: string, payload: unknown) => {
    const read = readServerFrame(name, payload)
    if (read.ok === false) faults.push(`"${name}": ${read.text}`)
    if (read.ok === true) frames.push(read.value)
    if (read.ok === true && read.value.name === 'events') rows.push(...(read.value.payload as Events).events)
    for (const look of watchers) look()
  })
  const ended = new Promise<WireError | null>((resolve) => {
    socket.once('disconnect', () => resolve(frames.find((frame) => frame.name === 'refuse')?.payload ?? null))
  })
  try {
    const welcome = await within(timeoutMs, firstFrame(socket, frames, watchers), 'a welcome, or a refusal')
    return { welcome, rows, faults, ...verbs() }
  } catch (thrown) {
    socket.disconnect()
    throw thrown
  }

  function verbs(): Omit<Line, 'welcome' | 'rows' | 'faults'> {
    return {
      request: async (name, payload) => {
        const answer: unknown = await within(timeoutMs, Promise.race([socket.emitWithAck(name, payload), gone()]), `an answer to "${name}"`)
        const read = readAck(answer)
        if (!read.ok) throw new Broken(`${shown(answer)} as the answer to "${name}"`, `an acknowledgement of the protocol: ${read.text}`)
        return read.value as Answer
      },
      emit: (name, ...values) => void socket.emit(name, ...values),
      until: (isReached, what) => within(timeoutMs, reached(isReached), what),
      end: () => within(timeoutMs, ended, 'the end of the connection'),
      place: () => placeOf(rows, frames),
      close: () => void socket.disconnect()
    }
  }

  function reached(isReached: (rows: readonly ParleyEvent[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isReached(rows)) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
    })
  }

  async function gone(): Promise<never> {
    const error = await ended
    throw new Broken(error ? `the end of the connection, with ${shown(error)}` : 'the end of the connection', 'an answer')
  }
}

function firstFrame(socket: Socket, frames: readonly ServerFrame[], watchers: Set<() => void>): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    socket.once('connect_error', (thrown: Error & { readonly data?: unknown }) => {
      const read = readErrorAnswer({ error: thrown.data })
      reject(new LineRefused(read.ok ? read.value.error : null, thrown.message))
    })
    socket.once('disconnect', (why) => reject(new LineRefused(null, `the connection ended before the welcome: ${why}`)))
    const look = (): void => {
      const [first] = frames
      if (!first) return
      watchers.delete(look)
      if (first.name === 'welcome') resolve(first.payload)
      else reject(new Broken(`"${first.name}" as the first frame`, 'a welcome'))
    }
    watchers.add(look)
  })
}

function placeOf(rows: readonly ParleyEvent[], frames: readonly ServerFrame[]): Place {
  const last = rows.at(-1)
  const events = frames.findLast((frame) => frame.name === 'events')
  return last && events?.name === 'events' ? { epoch: events.payload.epoch, cursor: last.seq, tail: last.messageId } : NOWHERE
}

/** What a client says first. */
export const helloOf = ({ token, conversation }: SessionAnswer, device: DeviceId, place: Place = NOWHERE) => ({
  v: 1,
  token,
  device,
  conversations: [{ id: conversation, log: 'public', ...place }]
})
