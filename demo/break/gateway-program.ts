/** A gateway and, beside it, a plain Socket.IO server, in one process: what ends one ends the other. */
import { createServer } from 'node:http'
import { createGateway } from '@parley/gateway'
import type { Connector } from '@parley/engine'
import { Server } from 'socket.io'

/** Nobody answers: two browsers of one visitor talk to one another. */
const quiet: Connector = {
  capabilities: { receives: [], page: false, deduplicates: true, participant: { name: 'Nobody' } },
  commands: [],
  start() {},
  deliver: async () => {},
  stop() {}
}

/** The usual relay, as its documentation has it: everybody in a room hears what one says, and the sender is answered. */
function startPlain(port: number, origin: string): Promise<void> {
  const http = createServer()
  const io = new Server(http, { cors: { origin }, transports: ['websocket'] })
  io.on('connection', (socket) => {
    void socket.join('room')
    socket.on('message', (text: unknown, answer: unknown) => {
      socket.to('room').emit('message', text)
      if (typeof answer === 'function') answer('ok')
    })
  })
  return new Promise((resolve) => http.listen(port, '127.0.0.1', resolve))
}

const [port = '', plainPort = '', store = '', origin = ''] = process.argv.slice(2)
const gateway = createGateway(
  { port: Number(port), store: `sqlite:${store}`, origins: [origin], inboxes: { break: { connector: 'quiet' } }, limits: { connectionsPerIp: 1_000 } },
  { connectors: { quiet: async () => ({ readConfig: () => ({ ok: true, value: {} }), create: () => quiet }) } }
)
await startPlain(Number(plainPort), origin)
await gateway.start()
process.stdout.write('ready\n')
