import type {
  ClientFrameName,
  ClientFrames,
  ClientHost,
  ConversationId,
  DeviceId,
  MessageId,
  ParleyEvent,
  ServerFrame,
  SessionAnswer,
  TransportEnd
} from '@parley/protocol'
import { idOf } from './harness.js'

/** A client of a host in the page, as plain as can be: what it gets is kept in order. */
export type PageClient = {
  readonly session: SessionAnswer
  /** Names of frames and what became of the line. */
  readonly heard: readonly string[]
  readonly ends: readonly TransportEnd[]
  events(): readonly ParleyEvent[]
  request<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']>
  /** A message; `deviceSeq` counts by itself. */
  say(text: string): Promise<ClientFrames['append']['ack']>
  close(): void
}

export const sessionOf = (host: ClientHost, identity?: string): Promise<SessionAnswer> =>
  host.openSession({ inbox: 'any', ...(identity === undefined ? { visitorKey: 'k'.repeat(43) } : { identity }) }, new AbortController().signal)

export function openClient(host: ClientHost, session: SessionAnswer, device = 'device'): PageClient {
  const frames: ServerFrame[] = []
  const heard: string[] = []
  const ends: TransportEnd[] = []
  let deviceSeq = 0
  const { conversation, token } = session
  const transport = host.open(
    { v: 1, token, device: idOf<DeviceId>(device), conversations: [{ id: conversation, log: 'public', epoch: null, cursor: 0, tail: null }] },
    {
      onFrame(frame) {
        frames.push(frame)
        heard.push(frame.name)
      },
      onEnd(end) {
        ends.push(end)
        heard.push(end.kind)
      }
    }
  )
  return {
    session,
    heard,
    ends,
    events: () => frames.flatMap((frame) => (frame.name === 'events' ? frame.payload.events : [])),
    request: (name, payload) => transport.request(name, payload),
    say: (text) => transport.request('append', message(conversation, ++deviceSeq, text)),
    close: () => transport.close()
  }
}

const message = (conversation: ConversationId, deviceSeq: number, text: string): ClientFrames['append']['payload'] => ({
  conversation,
  deviceSeq,
  messageId: idOf<MessageId>(`${conversation} ${deviceSeq} ${text}`),
  after: 0,
  type: 'message.created',
  body: { parts: [{ kind: 'text', text }] }
})
