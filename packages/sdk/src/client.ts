import { ParleyError, type OpenTransport } from '@parley/protocol'
import type { Client, ClientEvents } from './api.js'
import { createChat } from './chat.js'
import { systemClock, type Clock } from './clock.js'
import { createCommands } from './commands.js'
import { createConnection } from './connection.js'
import { createConversation } from './conversation.js'
import { createEmitter } from './emitter.js'
import { systemEnvironment, type Environment } from './environment.js'
import { systemRandom, type Random } from './random.js'
import { report } from './report.js'
import { httpSession, type OpenSession } from './session-request.js'
import type { OutboxStorage } from './storage/contract.js'
import { memoryStorage } from './storage/memory.js'
import { createKeyRing, pageStorage, type KeyValueStorage } from './storage/visitor-key.js'
import { socketIoTransport } from './transports/socket-io.js'

export type ClientOptions = {
  /** Where the gateway is: absolute, `http:` or `https:`; a path in front is kept. */
  readonly url: string
  /** Which inbox of the gateway. */
  readonly inbox: string
  /** Where unsent messages wait, and where the visitor's key is kept. Defaults: memory, `localStorage`. */
  readonly storage?: { readonly outbox?: OutboxStorage; readonly keys?: KeyValueStorage }
  /** How frames travel. Default: Socket.IO. */
  readonly openTransport?: OpenTransport
  /** How a session is opened. Default: `POST <url>/session`. */
  readonly openSession?: OpenSession
  /** What tells about network and sleep. Default: the page, if there is one. */
  readonly environment?: Environment
  readonly clock?: Clock
  readonly random?: Random
}

/**
 * A client for one inbox of one gateway. It touches nothing outside before `connect()` or the first
 * send, so it can be made while a page is rendered on a server.
 * @throws ParleyError `option.invalid`
 */
export function createClient(options: ClientOptions): Client {
  const { url, inbox } = checked(options)
  const { clock = systemClock, random = systemRandom, environment = systemEnvironment(), storage = {} } = options
  const { openSession = httpSession({ url, clock }), openTransport = socketIoTransport({ url, clock }) } = options
  const outboxStorage = storage.outbox ?? memoryStorage(random)
  const keys = createKeyRing(`parley:${url}:${inbox}`, random, () => storage.keys ?? pageStorage())
  const emitter = createEmitter<ClientEvents>(report)
  const commands = createCommands()
  const onError = (error: ParleyError): void => {
    if (!emitter.emit('error', error)) report(error)
  }
  let isLeaving = false

  const connection = createConnection({
    openSession: async (signal) => {
      await conversation.outbox.load()
      return openSession({ inbox, visitorKey: keys.key() }, signal)
    },
    openTransport,
    clock,
    random,
    environment,
    hello: (session) => conversation.hello(session),
    onFrame: (frame) => conversation.onFrame(frame)
  })
  const conversation = createConversation({ connection, commands, storage: outboxStorage, keys, clock, random, emit: emitter.emit, onError })
  const { $status } = connection

  /** What ended the line, as a promise's reason. */
  function closedBy(): ParleyError | null {
    const { state, error } = $status.get()
    return state === 'closed' ? (error ?? new ParleyError('client.closed', 'This client is closed.')) : null
  }

  $status.listen(({ state }) => {
    const error = closedBy()
    if (state !== 'online') conversation.down()
    if (error) conversation.outbox.close(error, !isLeaving)
  })

  function connect(): Promise<void> {
    connection.start()
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        const error = closedBy()
        if (error) reject(error)
        if ($status.get().state === 'online') resolve()
        return error !== null || $status.get().state === 'online'
      }
      if (settle()) return
      const stop = $status.listen(() => {
        if (settle()) stop()
      })
    })
  }

  function close(): void {
    isLeaving = true
    connection.stop()
  }

  return {
    $connection: $status,
    commands: { register: commands.register },
    conversation: createChat({ conversation, connection, commands, keys, clock, random, online: connect, closedBy, onError }),
    connect,
    on: emitter.on,
    close,
    async reset() {
      close()
      keys.forget()
      await outboxStorage.clear()
    }
  }
}

/** The options that have no default, in their normal form. */
function checked({ url, inbox }: ClientOptions): { readonly url: string; readonly inbox: string } {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw invalid('url', url, 'an absolute address with http: or https:')
  if (typeof inbox !== 'string' || inbox === '' || inbox.length > 100) throw invalid('inbox', inbox, 'the name of an inbox of the gateway')
  return { url: (parsed.origin + parsed.pathname).replace(/\/+$/, ''), inbox }
}

const invalid = (name: string, found: unknown, wanted: string): ParleyError =>
  new ParleyError('option.invalid', `"${name}" is ${JSON.stringify(found) ?? String(found)}; wanted is ${wanted}.`)
