import type { Peer, PeerEvents } from './peer.js'
import { type Line, openLine } from './wire/line.js'

export type PlainPeerOptions = { readonly port: number; readonly room: string; readonly events: PeerEvents }

/**
 * What `socket.io-client` does with its defaults: messages said without a line are kept and leave at the next
 * connect; messages under way when the line ends are forgotten. Takes the server's recovery up where it is offered.
 */
export function createPlainPeer({ port, room, events }: PlainPeerOptions): Peer {
  const counts = { repeated: 0, holes: 0, abandoned: 0 }
  let line: Line | null = null
  let isOpen = false
  let kept: string[] = []
  let said = 0
  let acked = 0
  let underWay = 0
  let settleAt: number | null = null
  let recovery: { pid?: string; offset?: string } = {}

  function emit(text: string): void {
    underWay++
    line?.send(`2${said++}["message",{"text":${JSON.stringify(text)}}]`)
  }

  function settle(): void {
    if (settleAt === null || acked < settleAt) return
    settleAt = null
    events.onSettled()
  }

  function forget(): void {
    line = null
    isOpen = false
    counts.abandoned += underWay
    // They count as done, for nobody waits for them any more.
    acked += underWay
    underWay = 0
  }

  function onOpen(payload: string): void {
    isOpen = true
    const { pid } = JSON.parse(payload) as { pid?: string }
    if (pid !== recovery.pid) recovery = pid === undefined ? {} : { pid }
    const texts = kept
    kept = []
    for (const text of texts) emit(text)
    settleAt = said
    settle()
  }

  function onPacket(packet: string): void {
    if (packet.startsWith('3')) {
      acked++
      underWay--
      events.onAck()
      return settle()
    }
    const [, message, offset] = JSON.parse(packet.slice(1)) as [string, { text: string }, string?]
    if (offset !== undefined) recovery = { ...recovery, offset }
    events.onText(message.text)
  }

  return {
    counts,
    connect() {
      line = openLine(
        port,
        { room, ...recovery },
        {
          onOpen,
          onPacket,
          onEnd(why) {
            forget()
            events.onEnd(why)
          }
        }
      )
    },
    say(text) {
      if (isOpen) emit(text)
      else kept.push(text)
    },
    pause: () => line?.pause(),
    resume: () => line?.resume(),
    cut() {
      line?.destroy()
      forget()
    }
  }
}
