import { type Events, LIMITS, type ParleyEvent, type SessionAnswer, type Welcome } from '@parley/protocol'
import type { Peer, PeerEvents } from './peer.js'
import { type Line, openLine } from './wire/line.js'

export type ParleyPeerOptions = {
  readonly port: number
  readonly session: SessionAnswer
  /** 22 characters, of no other peer. */
  readonly device: string
  readonly events: PeerEvents
  /** Asks for all rows, where a new client would be given the last page only. */
  readonly place?: Place
}
/** What a client holds. */
export type Place = { readonly epoch: string; readonly cursor: number; readonly tail: string }
export type ParleyPeer = Peer & { place(): Place /** Highest number that the gateway told. */; head(): number }

type Item = { readonly deviceSeq: number; readonly packet: string }

/** A client by the letter of the protocol: outbox, window, cursor, resume. Only the storing and the showing are left out. */
export function createParleyPeer({ port, session, device, events, place }: ParleyPeerOptions): ParleyPeer {
  const { conversation, token } = session
  const counts = { repeated: 0, holes: 0, abandoned: 0 }
  const outbox: Item[] = []
  let line: Line | null = null
  let isWelcome = false
  /** How many of the outbox, from its front, are under way. */
  let underWay = 0
  let lastDeviceSeq = 0
  let cursor = place?.cursor ?? 0
  let tail = place?.tail ?? null
  let epoch = place?.epoch ?? null
  let head = 0
  let settleAt: { readonly cursor: number; readonly deviceSeq: number } | null = null

  function pump(): void {
    while (isWelcome && underWay < LIMITS.windowSize) {
      const item = outbox[underWay]
      if (!item) return
      underWay++
      line?.send(item.packet)
    }
  }

  function settle(): void {
    if (!settleAt || cursor < settleAt.cursor || (outbox[0]?.deviceSeq ?? Number.POSITIVE_INFINITY) <= settleAt.deviceSeq) return
    settleAt = null
    events.onSettled()
  }

  function forget(): void {
    line = null
    isWelcome = false
    underWay = 0
    settleAt = null
  }

  function onWelcome({ conversations: [told] }: Welcome): void {
    if (!told) throw new Error('a welcome without the conversation that was asked for')
    isWelcome = true
    epoch = told.epoch
    head = told.head
    if (told.reset || told.from > cursor + 1) cursor = told.from - 1
    settleAt = { cursor: head, deviceSeq: lastDeviceSeq }
    pump()
    settle()
  }

  function apply(row: ParleyEvent): void {
    if (row.seq <= cursor) {
      counts.repeated++
      return
    }
    if (row.seq > cursor + 1) {
      counts.holes++
      line?.send(`2["read",${JSON.stringify({ conversation, log: 'public', from: cursor + 1, to: row.seq })}]`)
      return
    }
    cursor = row.seq
    head = Math.max(head, cursor)
    tail = row.messageId
    if (row.type === 'message.created') for (const part of (row as { body: { parts: readonly { text: string }[] } }).body.parts) events.onText(part.text)
  }

  function onAck(packet: string): void {
    const payloadAt = packet.indexOf('[')
    const deviceSeq = Number(packet.slice(1, payloadAt))
    if (packet.startsWith('{"error"', payloadAt + 1)) return onRefused(packet.slice(payloadAt))
    if (outbox[0]?.deviceSeq !== deviceSeq) return
    outbox.shift()
    underWay--
    events.onAck()
    pump()
    settle()
  }

  /** Whatever it is, all that is not acknowledged is sent again a little later: a repeat does no harm. */
  function onRefused(text: string): void {
    const [{ error }] = JSON.parse(text) as [{ error: { code: string; retryInMs?: number } }]
    if (!/^append\.(busy|gap)$/.test(error.code)) throw new Error(`an append was refused: ${text}`)
    setTimeout(() => {
      underWay = 0
      pump()
    }, error.retryInMs ?? 0)
  }

  function onPacket(packet: string): void {
    if (packet.startsWith('3')) return onAck(packet)
    const [name, payload] = JSON.parse(packet.slice(packet.indexOf('['))) as [string, unknown]
    if (name === 'welcome') onWelcome(payload as Welcome)
    if (name === 'events') {
      for (const row of (payload as Events).events) apply(row)
      settle()
    }
  }

  return {
    counts,
    place: () => ({ epoch: epoch ?? '', cursor, tail: tail ?? '' }),
    head: () => head,
    connect() {
      const standing = { id: conversation, log: 'public', epoch, cursor, tail }
      const hello = { v: 1, token, device, conversations: [standing] }
      line = openLine(port, hello, {
        onOpen() {},
        onPacket,
        onEnd(why) {
          forget()
          events.onEnd(why)
        }
      })
    },
    say(text) {
      const deviceSeq = ++lastDeviceSeq
      const messageId = device.slice(0, 13) + String(deviceSeq).padStart(9, '0')
      const body = { parts: [{ kind: 'text', text }] }
      const append = { conversation, deviceSeq, messageId, after: cursor, type: 'message.created', body }
      outbox.push({ deviceSeq, packet: `2${deviceSeq}["append",${JSON.stringify(append)}]` })
      pump()
    },
    pause: () => line?.pause(),
    resume: () => line?.resume(),
    cut() {
      line?.destroy()
      forget()
    }
  }
}
