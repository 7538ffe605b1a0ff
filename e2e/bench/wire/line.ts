import { connect } from 'node:net'
import { createDecoder, encodeText } from './web-socket-frames.js'

/**
 * One Socket.IO connection over WebSocket, spoken by hand: what a message costs the load must be less than what it
 * costs the server, or the load is what is measured.
 */
export interface Line {
  /** A Socket.IO packet as text, `2["name",{}]` for example. */
  send(packet: string): void
  /** Stops taking bytes out of the connection, as a page does that hangs. */
  pause(): void
  resume(): void
  /** Ends it without a word. `onEnd` is not called. */
  destroy(): void
}

export type LineEvents = {
  /** Connected to the namespace. @param payload JSON with `sid`, and with `pid` where the server recovers */
  onOpen(payload: string): void
  /** `2["name",payload]` or `3<id>[payload]`, without the first digit of engine.io. */
  onPacket(packet: string): void
  /** Once. */
  onEnd(why: string): void
}

const UPGRADE = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n'
].join('\r\n')

export function openLine(port: number, auth: object, events: LineEvents): Line {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let isOver = false
  let head = ''
  let isUpgraded = false

  function end(why: string): void {
    if (isOver) return
    isOver = true
    socket.destroy()
    events.onEnd(why)
  }

  function take(text: string): void {
    if (isOver) return
    switch (text.charCodeAt(0) - 48) {
      case 0:
        return send(`40${JSON.stringify(auth)}`)
      case 2:
        return send('3')
      case 4:
        return takeMessage(text)
      default:
        return end(`the server closed: ${text.slice(0, 100)}`)
    }
  }

  function takeMessage(text: string): void {
    switch (text.charCodeAt(1) - 48) {
      case 0:
        return events.onOpen(text.slice(2))
      case 2:
      case 3:
        return events.onPacket(text.slice(1))
      default:
        return end(`the server refused: ${text.slice(0, 200)}`)
    }
  }

  const decode = createDecoder(take, () => end('the server closed'))
  const send = (text: string): void => {
    socket.write(encodeText(text))
  }

  function takeHead(chunk: Buffer): void {
    head += chunk.toString('latin1')
    const bodyAt = head.indexOf('\r\n\r\n')
    if (bodyAt < 0) return
    if (!head.startsWith('HTTP/1.1 101')) return end(`not upgraded: ${head.slice(0, 100)}`)
    isUpgraded = true
    if (head.length > bodyAt + 4) decode(Buffer.from(head.slice(bodyAt + 4), 'latin1'))
    head = ''
  }

  socket.on('data', (chunk) => {
    // What is answered to one chunk leaves together.
    socket.cork()
    if (isUpgraded) decode(chunk)
    else takeHead(chunk)
    socket.uncork()
  })
  socket.on('error', (error) => end(error.message))
  socket.on('close', () => end('the connection ended'))
  socket.write(UPGRADE)
  return {
    send: (packet) => send(`4${packet}`),
    pause: () => {
      socket.pause()
    },
    resume: () => {
      socket.resume()
    },
    destroy() {
      isOver = true
      socket.destroy()
    }
  }
}
