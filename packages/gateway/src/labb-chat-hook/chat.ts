import type { ClientBody, OldClients } from '@parley/connectors'
import type { Clock, Engine, Log, Session } from '@parley/engine'
import { reasonOf } from '@parley/engine'
import {
  type Ack,
  type AppendAck,
  type ClientFrameName,
  type ConversationId,
  type DeviceId,
  type Hello,
  type Json,
  PROTOCOL_VERSION,
  type Welcome,
  type WireError
} from '@parley/protocol'
import { TYPING } from './client-message.js'
import { createOldLine, type Wire } from './line.js'
import type { Passes } from './passes.js'
import type { ReceiptBook } from './receipt-book.js'
import { createSender, type Sender } from './sender.js'
import { createTeller, type Teller } from './teller.js'

/** One number on one socket: a conversation of the engine's, in the words of an old client. */
export interface Chat {
  /** Settles when the message is on disk. @returns `null`, or why it is not */
  say(body: ClientBody): Promise<NotSaid | null>
  /** The socket is gone. What it said before is still put on disk; a conversation that nobody comes back to ends then. */
  end(): void
}

/** `isOver`: nothing more can be said in this chat, which was closed or never opened; another one may be begun. */
export type NotSaid = { readonly error: string; readonly isOver: 'closed' | 'unopened' | false }

/** What all chats of one door share. */
export type ChatHost = {
  readonly engine: Pick<Engine, 'enter' | 'connect'>
  readonly inbox: string
  readonly oldClients: OldClients
  readonly passes: Passes
  readonly book: ReceiptBook
  readonly clock: Pick<Clock, 'setTimer'>
  readonly log: Log
  randomId(): string
  digest(text: string): string
}
/** What is the socket's own. */
export type ChatOptions = {
  readonly number: string
  readonly name: string
  readonly wire: Wire
  /** May another conversation be opened from this address? @returns 0, or how long to wait, in ms */
  mayOpen(): Promise<number>
  tellAnswer(body: Json, settled: (isAcknowledged: boolean) => void): void
  tellFailure(text: string): void
  /** The engine ended the chat, or it cannot go on: the client is to connect anew. */
  fail(why: string): void
}

type Opened = {
  readonly session: Session
  readonly sender: Sender
  readonly teller: Teller
  readonly you: string
  readonly conversation: ConversationId
  leave(): void
}

const TYPES_FOR_MS = 10_000
const MOST_END_TRIES = 5
const NOT_OPENED = 'The chat cannot be opened now. Send this again in a moment.'
const TOO_MANY_CHATS = 'Too many conversations are begun from this address. Try again in a minute.'

export function openChat(host: ChatHost, options: ChatOptions): Chat {
  const { engine, inbox, oldClients, passes, book, clock } = host
  const isKept = oldClients.trustsNumbers && options.number !== ''
  const waitMs = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(ms, resolve))
  let isOver = false
  let hasSaid = false
  let stopUsing = (): void => {}
  const opening = open()

  /** What is recorded nowhere may be lost: a line that is full does not get it. */
  function hear(body: Json): void {
    if (!options.wire.isFull()) options.tellAnswer(body, () => {})
  }

  async function open(): Promise<Opened | WireError> {
    if ((await options.mayOpen()) > 0) return { code: 'append.busy', text: TOO_MANY_CHATS }
    const entered = await engine.enter(inbox, entryOf(isKept, options))
    if ('code' in entered) return entered
    const { visitor, conversation } = entered
    // Before anything of it reaches DMS, so that no answer is quicker.
    if (!isOver) stopUsing = oldClients.use(options.number, { conversation, hear })
    return connect(conversation, passes.issue(visitor, inbox))
  }

  async function connect(conversation: ConversationId, token: string): Promise<Opened | WireError> {
    const entry = book.open(conversation)
    let welcomed: Welcome | null = null
    let teller: Teller | null = null
    let receive = (): Promise<Session> => Promise.reject(new Error('not connected'))
    const ask = async (name: ClientFrameName, payload: object) => (await receive()).receive(name, payload)
    const line = createOldLine(options.wire, {
      welcome: (frame) => {
        welcomed = frame
        const [place] = frame.conversations
        const got = place?.receipts.find(({ participant }) => participant === place.you)?.got ?? 0
        entry.receipts.startAt(isKept ? got : 0)
        teller = createTeller({
          ...options,
          isKept,
          waitMs,
          receipts: entry.receipts,
          head: place?.head ?? 0,
          read: async (from, to) => (await ask('read', { conversation, log: 'public', from, to })) as Ack,
          seen: async (got) => (await ask('seen', { conversation, got, read: got })) as Ack
        })
      },
      rows: (rows) => teller?.rows(rows),
      closed: (why) => options.fail(why)
    })
    const connected = engine.connect(line, helloOf(host, conversation, token))
    receive = async () => sessionOf(await connected)
    const session = await connected
    if ('code' in session || !welcomed || !teller) {
      entry.close()
      return 'code' in session ? session : { code: 'gateway.unavailable' }
    }
    const append = async (frame: object) => (await session.receive('append', frame)) as AppendAck
    const sender = createSender({ conversation, digest: host.digest, waitMs, append })
    return { session, sender, teller, conversation, you: youIn(welcomed), leave: () => entry.close() }
  }

  /** What has come of the chat so far is put in order, whatever became of its socket. */
  async function putAway(): Promise<void> {
    const opened = await opening
    if ('code' in opened) return
    await opened.sender.idle()
    await opened.teller.end()
    if (!isKept) await endConversation(opened)
    opened.session.end()
    opened.leave()
  }

  /** What waits to be delivered goes out all the same. When the gateway stops the session is gone, and the conversation stays open. */
  async function endConversation({ session, conversation }: Opened): Promise<void> {
    for (let tries = 0; tries < MOST_END_TRIES; tries++) {
      const ack = (await session.receive('invoke', { id: host.randomId(), conversation, verb: 'end', args: {} })) as Ack
      if ('ok' in ack || ack.error.code !== 'append.busy') return
      await waitMs(ack.error.retryInMs ?? 1_000)
    }
    host.log.warn({ inbox, conversation }, 'a conversation that nobody comes back to could not be ended')
  }

  function end(): void {
    if (isOver) return
    isOver = true
    stopUsing()
    putAway().catch((thrown: unknown) => options.fail(reasonOf(thrown)))
  }

  return {
    async say(body) {
      const opened = await opening
      if ('code' in opened) return { error: opened.text ?? NOT_OPENED, isOver: 'unopened' }
      const { session, sender, teller, conversation, you } = opened
      if (body.type === TYPING && !hasSaid) return null
      teller.again()
      if (body.type === TYPING) {
        await session.receive('signal', { conversation, signal: { kind: 'typing', by: you, forMs: TYPES_FOR_MS } })
        return null
      }
      const sent = await sender.send(body)
      hasSaid ||= sent.kind === 'stored'
      if (sent.kind === 'over') return { error: NOT_OPENED, isOver: 'closed' }
      return sent.kind === 'refused' ? { error: sent.text, isOver: false } : null
    },
    end
  }
}

/** Without trust nobody comes back to a conversation: each is of a visitor of its own. */
const entryOf = (isKept: boolean, { number, name }: ChatOptions): Parameters<Engine['enter']>[1] => ({
  visitorKey: null,
  person: isKept ? { subject: number, name: name.trim() || null, roles: [], namedBy: 'connector' } : null
})

const helloOf = (host: ChatHost, conversation: ConversationId, token: string): Hello => ({
  v: PROTOCOL_VERSION,
  token,
  device: host.randomId() as DeviceId,
  conversations: [{ id: conversation, log: 'public', epoch: null, cursor: 0, tail: null }]
})

const youIn = ({ conversations: [place] }: Welcome): string => place?.you ?? ''

function sessionOf(connected: Session | WireError): Session {
  if ('code' in connected) throw new Error(connected.code)
  return connected
}
