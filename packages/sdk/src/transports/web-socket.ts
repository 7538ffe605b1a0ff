import type { OpenTransport } from '@parley/protocol'
import { createAlarm } from '../alarm.js'
import type { Clock } from '../clock.js'
import { createLine } from './line.js'
import { CONNECT_MS, gatewayAddress } from './gateway-address.js'
import { connectPacket, decode, eventPacket, PONG, type Packet } from './packets.js'

type Options = {
  readonly url: string
  readonly clock: Clock
  /** Default: the platform's. */
  readonly WebSocket?: typeof globalThis.WebSocket
}

/**
 * Frames over Socket.IO on the platform's WebSocket, without a library. The idea: the little of Socket.IO that is used
 * here is five kinds of packets; what carries no text or is none of them is passed by.
 */
export function webSocketTransport({ url, clock, WebSocket = globalThis.WebSocket }: Options): OpenTransport {
  const { origin, path } = gatewayAddress(url)
  const address = `${origin.replace('http', 'ws')}${path}?EIO=4&transport=websocket`

  return (hello, events) => {
    const alarm = createAlarm(clock)
    const acks = new Map<number, (answer: unknown) => void>()
    let socket: WebSocket | null = null
    let pingMs = 0
    let isConnected = false
    let lastId = 0
    const line = createLine({
      clock,
      events,
      isOpen() {
        // A machine that slept has run no timers.
        alarm.check()
        return isConnected && socket?.readyState === 1
      },
      emit(name, payload, onAck) {
        acks.set(lastId, onAck)
        socket?.send(eventPacket(lastId++, name, payload))
      },
      drop() {
        alarm.clear()
        socket?.close()
      }
    })

    function awaitPing(): void {
      if (isConnected) alarm.set(pingMs, () => line.lost('The gateway is silent.'))
    }

    function opened(everyMs: number): void {
      // The gateway takes one hello on a line.
      if (pingMs > 0) return
      pingMs = everyMs
      socket?.send(connectPacket(hello))
    }

    function take(packet: Packet): void {
      switch (packet.kind) {
        case 'open':
          return opened(packet.pingMs)
        case 'ping':
          awaitPing()
          return socket?.send(PONG)
        case 'connected':
          isConnected = true
          return awaitPing()
        case 'refused':
          return line.refused(packet.text, packet.data)
        case 'event':
          return isConnected ? line.receive(packet.name, packet.payload) : undefined
        case 'answer':
          return answered(packet.id, packet.answer)
        case 'end':
          return line.lost(`The connection ended: ${packet.detail}.`)
        case 'unknown':
          return
        default:
          return packet satisfies never
      }
    }

    function answered(id: number, answer: unknown): void {
      const onAck = acks.get(id)
      acks.delete(id)
      onAck?.(answer)
    }

    alarm.set(CONNECT_MS, () => line.lost('No connection: timeout.'))
    try {
      socket = new WebSocket(address)
      socket.onmessage = ({ data }) => {
        if (typeof data === 'string' && !line.isOver()) take(decode(data))
      }
      socket.onclose = ({ code }) => line.lost(`The connection ended: ${code}.`)
      // What failed is told by `close`; without a listener some platforms throw.
      socket.onerror = () => {}
    } catch (thrown) {
      // A page with `https:` may not even try `ws:`. Whoever opens gets the transport first, then its end.
      queueMicrotask(() => line.lost(`No connection: ${String(thrown)}.`))
    }
    return line.transport
  }
}
