import type { Ack, Append, AppendAck, Events, MessageId, ParleyEvent, ServerFrame, SessionAnswer, Welcome } from '@parley/protocol'
import { io, type Socket } from 'socket.io-client'

/** Where a visitor stands in the log, to resume from. */
export type Place = { readonly epoch: string; readonly cursor: number; readonly tail: string }
export type Visitor = {
  readonly session: SessionAnswer
  readonly welcome: Welcome
  /** Rows heard, in the order they came. */
  readonly rows: ParleyEvent[]
  readonly frames: ServerFrame[]
  say(deviceSeq: number, text: string): Promise<AppendAck>
  request(name: string, payload: object): Promise<Ack | AppendAck>
  /** Where the visitor stands now. */
  place(): Place
  readonly ended: Promise<string>
  close(): void
}

const DEVICE = 'device1---------------'

export async function openSession(url: string, visitorKey: string): Promise<SessionAnswer> {
  const answer = await fetch(`${url}/session`, { method: 'POST', body: JSON.stringify({ inbox: 'support', visitorKey }) })
  if (!answer.ok) throw new Error(`POST /session: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as SessionAnswer
}

/**
 * A client of the plainest kind: no outbox, no reconnecting, only what stands on the wire.
 * @param who a visitor key, or a session that was opened with one
 * @param extraHeaders what the client claims beside what it is
 */
export async function enter(url: string, who: string | SessionAnswer, place: Place | null = null, extraHeaders: Record<string, string> = {}): Promise<Visitor> {
  const session = typeof who === 'string' ? await openSession(url, who) : who
  const standing = { id: session.conversation, log: 'public', epoch: place?.epoch ?? null, cursor: place?.cursor ?? 0, tail: place?.tail ?? null }
  const socket: Socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders,
    auth: { v: 1, token: session.token, device: DEVICE, conversations: [standing] }
  })
  const rows: ParleyEvent[] = []
  const frames: ServerFrame[] = []
  socket.onAny((name: string, payload: unknown) => {
    frames.push({ name, payload } as ServerFrame)
    if (name === 'events') rows.push(...(payload as Events).events)
  })
  const ended = new Promise<string>((resolve) => socket.once('disconnect', (reason) => resolve(reason)))
  const welcome = await new Promise<Welcome>((resolve, reject) => {
    socket.once('welcome', resolve)
    socket.once('connect_error', reject)
  })
  const request = async (name: string, payload: object): Promise<Ack | AppendAck> => (await socket.timeout(5_000).emitWithAck(name, payload)) as Ack | AppendAck
  return {
    session,
    welcome,
    rows,
    frames,
    ended,
    request,
    async say(deviceSeq, text) {
      const messageId = `message-${deviceSeq}`.padEnd(22, '-') as MessageId
      const append: Append = {
        conversation: session.conversation,
        deviceSeq,
        messageId,
        after: 0,
        type: 'message.created',
        body: { parts: [{ kind: 'text', text }] }
      }
      return (await request('append', append)) as AppendAck
    },
    place() {
      const last = rows.at(-1)
      return { epoch: welcome.conversations[0]?.epoch ?? '', cursor: last?.seq ?? place?.cursor ?? 0, tail: last?.messageId ?? place?.tail ?? '' }
    },
    close: () => {
      socket.disconnect()
    }
  }
}
