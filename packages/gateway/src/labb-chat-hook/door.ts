import { type Allowance, type Allowances, createAllowances, type Meter, reasonOf } from '@parley/engine'
import type { Clock } from '@parley/engine'
import type { Socket } from 'socket.io'
import type { Count } from '../prometheus.js'
import type { RateLimit } from '../rate-limit.js'
import { type Chat, type ChatHost, openChat } from './chat.js'
import { readClientMessage, TYPING } from './client-message.js'
import { answerOf, readOldPacket } from './old-packet.js'
import type { Wire } from './line.js'
import { TOO_MANY } from './sender.js'

/** Where clients of a Labb Chat Hook come in: they connect without a hello and speak its three events. */
export interface OldDoor {
  admit(socket: Socket, from: { readonly address: string; readonly allowance: Allowance; readonly wire: Wire }): void
}

export type OldDoorOptions = ChatHost & {
  readonly clock: Clock
  /** What one connection may send. */
  readonly limits: { readonly messagesPerSecond: number; readonly burst: number }
  /** Conversations that may be begun from one address. */
  readonly sessionLimit: RateLimit
  readonly meter: Meter<Count>
  /** How long a client may take to acknowledge. Default 10 s, as a Labb Chat Hook has it. */
  readonly acknowledgeWithinMs?: number
}

const ACKNOWLEDGE_WITHIN_MS = 10_000
/** So many numbers one connection may use: a demo switches between a few, a stranger would make conversations without end. */
const MOST_NUMBERS = 20
const TOO_MANY_NUMBERS = `A connection may use ${MOST_NUMBERS} customer numbers. Connect anew for another one.`
const NOT_NOW = 'The gateway could not handle this message. Send it again in a moment.'

export function createOldDoor(options: OldDoorOptions): OldDoor {
  const { messagesPerSecond: perSecond, burst } = options.limits
  const buckets = createAllowances({ perSecond, burst }, options.clock)
  return {
    admit(socket, from) {
      const bucket = buckets.join(socket.id)
      const visit = openVisit(socket, options, from)
      socket.once('disconnect', () => {
        bucket.leave()
        visit.end()
      })
      receive(socket, { options, take: () => takeBoth(options.meter, from.allowance, bucket), say: visit.say })
    }
  }
}

function takeBoth(meter: Meter<Count>, address: Allowance, connection: ReturnType<Allowances['join']>): number {
  const ofAddress = address.take()
  if (ofAddress > 0) meter.count('limit', 'address')
  if (ofAddress > 0) return ofAddress
  const ofConnection = connection.take()
  if (ofConnection > 0) meter.count('limit', 'connection')
  return ofConnection
}

type Receiving = {
  readonly options: OldDoorOptions
  /** @returns 0, or how long to wait, in ms */
  take(): number
  say(value: unknown): Promise<string | null>
}

/** It hooks in before Socket.IO's own dispatch and ends there, so no foreign name reaches an emitter. Whatever is wrong with a packet is answered, and the connection stays. */
function receive(socket: Socket, { options: { clock, log }, take, say }: Receiving): void {
  const answer = answerOf(socket, clock)
  socket.use((event) => {
    const packet = readOldPacket(event)
    if (take() > 0) return answer(packet, TOO_MANY)
    if (packet.fault !== null) return answer(packet, packet.fault)
    say(packet.value).then(
      (error) => answer(packet, error),
      (thrown: unknown) => {
        log.error({ socket: socket.id, reason: reasonOf(thrown) }, 'a message of an old client could not be handled')
        answer(packet, NOT_NOW)
      }
    )
  })
}

/** One connection and the numbers that it uses. */
function openVisit(socket: Socket, options: OldDoorOptions, { address, wire }: Parameters<OldDoor['admit']>[1]) {
  const chats = new Map<string, Chat>()
  const { log, acknowledgeWithinMs = ACKNOWLEDGE_WITHIN_MS } = options

  const own = {
    wire,
    mayOpen: () => options.sessionLimit.take(address),
    tellAnswer: (body: unknown, settled: (isAcknowledged: boolean) => void) => {
      socket.timeout(acknowledgeWithinMs).emit('serverMessage', body, (error: Error | null) => {
        if (error) log.debug({ socket: socket.id, reason: reasonOf(error) }, 'a client did not acknowledge an answer')
        settled(!error)
      })
    },
    tellFailure: (text: string) => void socket.emit('serverError', text),
    fail(why: string) {
      if (why !== 'drain') log.warn({ socket: socket.id, why }, 'a client of a Labb Chat Hook is sent away; it connects anew')
      // Not a goodbye of Socket.IO: after that its clients would stay away. Acknowledgements of this turn still leave.
      setImmediate(() => socket.conn.close())
    }
  }

  function chatFor(number: string, name: string): Chat | null {
    const found = chats.get(number)
    if (found || chats.size >= MOST_NUMBERS) return found ?? null
    const chat = openChat(options, { ...own, number, name })
    chats.set(number, chat)
    return chat
  }

  function forget(number: string, chat: Chat): void {
    chat.end()
    if (chats.get(number) === chat) chats.delete(number)
  }

  async function say(value: unknown, isAgain = false): Promise<string | null> {
    const read = readClientMessage(value)
    if (!read.ok) return read.text
    const { customer_id: number, customer_name: name } = read.body
    // Of somebody who has said nothing DMS does not know; for that alone no conversation is begun.
    if (read.body.type === TYPING && !chats.has(number)) return null
    const chat = chatFor(number, name)
    if (!chat) return TOO_MANY_NUMBERS
    const said = await chat.say(read.body).catch((thrown: unknown) => {
      forget(number, chat)
      throw thrown
    })
    if (said?.isOver) forget(number, chat)
    return said?.isOver === 'closed' && !isAgain ? say(value, true) : (said?.error ?? null)
  }

  return {
    say: (value: unknown) => say(value),
    end() {
      for (const chat of chats.values()) chat.end()
      chats.clear()
    }
  }
}
