import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Something between a page and a gateway. */
export type Front = { readonly url: string; stop(): Promise<void> }

/** A proxy as some companies have it: it hands every request on, and refuses whatever wants to become a WebSocket. */
export async function withoutWebSocket(gateway: string): Promise<Front> {
  const server = createServer((asked, answer) => {
    const onward = request(new URL(asked.url ?? '/', gateway), { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
  server.on('upgrade', (_asked, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    }
  }
}
