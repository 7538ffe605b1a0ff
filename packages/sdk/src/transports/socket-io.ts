import type { OpenTransport } from '@parley/protocol'
import type { Clock } from '../clock.js'
import { openLater } from './open-later.js'
import { webSocketTransport } from './web-socket.js'

type Options = { readonly url: string; readonly clock: Clock }

/**
 * Frames over Socket.IO: by the platform's WebSocket with code of our own, by long-polling with the library's at the next
 * attempt where that did not get through. Without a WebSocket of the platform, as in Node 20, the library's is taken.
 */
export function socketIoTransport({ url, clock }: Options): OpenTransport {
  const fetchLibrary = () => import('./library.js')
  const byLibrary = (by: 'websocket' | 'polling') => openLater(async () => (await fetchLibrary()).libraryTransport({ url, clock, by }), clock)
  let isPolling = false

  function way(): OpenTransport {
    if (isPolling) return byLibrary('polling')
    return typeof globalThis.WebSocket === 'function' ? webSocketTransport({ url, clock }) : byLibrary('websocket')
  }

  /** A proxy may swallow WebSockets without a word: an attempt that got nowhere is followed by one the other way. */
  function changeWay(): void {
    if (isPolling) {
      isPolling = false
      return
    }
    fetchLibrary().then(
      () => {
        isPolling = true
      },
      // Not even a file can be fetched: the line is down, and WebSocket is as good as anything.
      () => {}
    )
  }

  return (hello, events) => {
    let isWelcomed = false
    return way()(hello, {
      onFrame(frame) {
        isWelcomed ||= frame.name === 'welcome'
        events.onFrame(frame)
      },
      onEnd(end) {
        if (!isWelcomed && end.kind === 'lost') changeWay()
        events.onEnd(end)
      }
    })
  }
}
