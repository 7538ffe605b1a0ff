/**
 * The raw baseline: a bare Socket.IO server that relays to the others of a room and acknowledges. It keeps nothing,
 * checks nothing and knows nobody. Usage: a child process with one argument, JSON `{ port, recovers }`.
 */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { answerParent } from './answer-parent.mjs'

// The very Socket.IO that the gateway uses.
const { Server } = createRequire(import.meta.resolve('@parley/gateway'))('socket.io')
const { port = 0, recovers = false } = JSON.parse(process.argv[2] ?? '{}')

const http = createServer()
const io = new Server(http, {
  serveClient: false,
  maxHttpBufferSize: 65_536,
  pingInterval: 15_000,
  pingTimeout: 10_000,
  perMessageDeflate: false,
  httpCompression: false,
  ...(recovers ? { connectionStateRecovery: {} } : {})
})

io.on('connection', (socket) => {
  const { room } = socket.handshake.auth
  if (!socket.recovered) void socket.join(room)
  socket.on('message', (message, acknowledge) => {
    socket.to(room).emit('message', message)
    acknowledge({ ok: true })
  })
})

http.listen(port, '127.0.0.1', 4_096, () => answerParent(http.address().port))
