import {
  LIMITS,
  ParleyError,
  PROTOCOL_VERSION,
  type ClientFrameName,
  type ClientFrames,
  type ClientLimits,
  type ConversationId,
  type Events,
  type Hello,
  type Participant,
  type ParticipantId,
  type ServerFrame,
  type SessionAnswer,
  type Welcome,
  type WelcomeConversation
} from '@parley/protocol'
import { atom } from 'nanostores'
import type { Chat, ClientEvents, TimelineItem } from './api.js'
import type { Clock } from './clock.js'
import type { Commands } from './commands.js'
import type { Connection } from './connection.js'
import { emptyLog, enterLog, isOtherLife, receive, standingOf } from './cursor.js'
import type { Emitter } from './emitter.js'
import { asParleyError, unavailable } from './errors.js'
import { createOutbox, type Outbox } from './outbox.js'
import { createPageCommands, type PageCommands } from './page-commands.js'
import type { Random } from './random.js'
import { createReader } from './reader.js'
import { publish } from './report.js'
import type { OutboxStorage } from './storage/contract.js'
import type { KeyRing } from './storage/visitor-key.js'
import { createTimeline } from './timeline.js'
import { createTyping } from './typing.js'

export type ConversationOptions = {
  readonly connection: Pick<Connection, 'reconnect' | 'request'>
  readonly commands: Pick<Commands, 'offer'>
  readonly storage: OutboxStorage
  readonly keys: Pick<KeyRing, 'ended'>
  readonly clock: Clock
  readonly random: Random
  readonly emit: Emitter<ClientEvents>['emit']
  onError(error: ParleyError): void
}

/** Sends a frame about this conversation. */
type Request = <Name extends ClientFrameName>(
  name: Name,
  payload: (conversation: ConversationId) => ClientFrames[Name]['payload']
) => Promise<ClientFrames[Name]['ack']>

export interface Conversation
  extends Pick<Chat, '$timeline' | '$status' | '$participants' | '$unread' | '$typing' | '$hasEarlier' | 'markRead' | 'loadEarlier'> {
  readonly outbox: Outbox
  readonly pageCommands: PageCommands
  readonly request: Request
  /** Highest seq held. */
  cursor(): number
  /** Which participant this client is, once it was welcomed. */
  you(): ParticipantId | null
  /** The gateway's limit on one message. */
  bodyBytes(): number
  isWelcomed(): boolean
  hello(session: SessionAnswer): Hello
  onFrame(frame: ServerFrame): void
  /** The line is gone for now. */
  down(): void
}

/** One conversation as it is known here: frames in, the log and all that follows from it out. */
export function createConversation(options: ConversationOptions): Conversation {
  const { connection, commands, clock } = options
  const timeline = createTimeline()
  const $timeline = atom<readonly TimelineItem[]>([])
  const $status = atom<'open' | 'closed'>('open')
  const $participants = atom<readonly Participant[]>([])
  const $unread = atom(0)
  const $typing = atom<readonly Participant[]>([])
  const $hasEarlier = atom(false)
  const typing = createTyping(clock, () => refreshTyping())
  const pageCommands = createPageCommands(() => refreshTimeline())
  const outbox = createOutbox({
    storage: options.storage,
    clock,
    random: options.random,
    append: (item) => request('append', (conversation) => ({ ...item, conversation })),
    cursor: () => log.conversation.cursor,
    reconnect: connection.reconnect,
    onChange: () => refreshTimeline(),
    onError: options.onError
  })

  let id: ConversationId | null = null
  let you: ParticipantId | null = null
  let log = emptyLog()
  /** The log's head as `welcome` told it. */
  let head = 0
  /** The session named another conversation than before. */
  let isOtherConversation = false
  let limits: Pick<ClientLimits, 'bodyBytes'> = LIMITS
  let readTo = 0
  let isWelcomed = false

  const request: Request = async (name, payload) => {
    if (!id) throw unavailable('There is no conversation yet.')
    return connection.request(name, payload(id))
  }

  const reader = createReader({
    clock,
    log: () => log,
    read: (range) => request('read', (conversation) => ({ conversation, log: 'public', ...range }))
  })

  function refreshTimeline(): void {
    publish($timeline, timeline({ conversation: log.conversation, you, outbox: outbox.items(), locals: pageCommands.items() }))
  }

  function refreshTyping(): void {
    const { participants } = log.conversation
    publish(
      $typing,
      typing.who().flatMap((by) => participants[by] ?? [])
    )
  }

  function refresh(): void {
    const { status, participants, floor } = log.conversation
    refreshTimeline()
    publish($status, status)
    if (participants !== shownParticipants) publish($participants, Object.values(participants))
    shownParticipants = participants
    publish($hasEarlier, floor > 0)
    publish($unread, countUnread())
  }
  let shownParticipants = log.conversation.participants

  /** Backwards from the end: it costs what it counts. */
  function countUnread(): number {
    const { entries } = log.conversation
    let count = 0
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index]
      if (!entry || entry.seq <= readTo) break
      if (entry.author.id !== you) count++
    }
    return count
  }

  function hello({ token, conversation }: SessionAnswer): Hello {
    const device = outbox.device()
    if (!device) throw new RangeError('hello comes after load')
    if (id !== null && id !== conversation) {
      isOtherConversation = true
      log = emptyLog()
    }
    id = conversation
    return { v: PROTOCOL_VERSION, token, device, conversations: [{ id, log: 'public', ...standingOf(log) }] }
  }

  function onFrame(frame: ServerFrame): void {
    switch (frame.name) {
      case 'welcome':
        return onWelcome(frame.payload)
      case 'events':
        return onEvents(frame.payload)
      case 'signal':
        return frame.payload.conversation === id ? typing.heard(frame.payload.signal.by, frame.payload.signal.forMs) : undefined
      case 'commands':
        return commands.offer(frame.payload.commands)
      case 'drain':
      case 'refuse':
        // About the line: `connection` has them.
        return
      default:
        return frame satisfies never
    }
  }

  function onWelcome(welcome: Welcome): void {
    const here = welcome.conversations.find((one) => one.id === id && one.log === 'public')
    if (!here) return options.onError(new ParleyError('frame.malformed', 'The gateway welcomed without the conversation that was asked for.'))
    const isOther = isOtherConversation || isOtherLife(log, here)
    isOtherConversation = false
    isWelcomed = true
    log = enterLog(log, here)
    you = here.you
    head = here.head
    limits = welcome.limits
    commands.offer(welcome.commands)
    enterReceipts(here, isOther)
    outbox.welcome({ lastDeviceSeq: here.lastDeviceSeq, windowSize: welcome.limits.windowSize, isOtherLife: isOther })
    refresh()
    checkReading()
  }

  function enterReceipts({ receipts }: WelcomeConversation, isOther: boolean): void {
    const told = receipts.find((receipt) => receipt.participant === you)?.read ?? 0
    readTo = isOther ? told : Math.max(readTo, told)
    if (readTo > told) tellRead()
  }

  function onEvents(frame: Events): void {
    if (frame.conversation !== id || frame.log !== 'public') return
    const received = receive(log, frame)
    log = received.log
    const rows = [...received.earlier, ...received.applied]
    for (const row of received.applied) typing.said(row.author.id)
    outbox.confirm(rows)
    if (rows.length > 0) refresh()
    if (log.conversation.status === 'closed') options.keys.ended()
    for (const event of received.applied) if (event.type !== 'unknown') options.emit(event.type, event as never)
    checkReading()
    reader.fillHole().catch(onReadError)
  }

  /** A line that is gone is repaired by the next `welcome`; anything else a developer should see. */
  function onReadError(reason: unknown): void {
    const error = asParleyError(reason)
    if (error.code !== 'gateway.unavailable') options.onError(error)
  }

  /** The outbox waits until the log was read from a certain row up to its head. */
  function checkReading(): void {
    const from = outbox.mustReadFrom()
    if (from === null || log.conversation.cursor < head) return
    if (log.conversation.floor <= from) return outbox.logWasRead()
    reader.loadEarlier().catch(onReadError)
  }

  /** Without a line it is lost, and told again after the next `welcome`. */
  function tellRead(): void {
    const read = readTo
    request('seen', (conversation) => ({ conversation, got: read, read })).catch(onReadError)
  }

  function markRead(): void {
    const { cursor } = log.conversation
    if (cursor <= readTo) return
    readTo = cursor
    publish($unread, countUnread())
    tellRead()
  }

  return {
    $timeline,
    $status,
    $participants,
    $unread,
    $typing,
    $hasEarlier,
    outbox,
    pageCommands,
    request,
    cursor: () => log.conversation.cursor,
    you: () => you,
    bodyBytes: () => limits.bodyBytes,
    isWelcomed: () => isWelcomed,
    markRead,
    loadEarlier: reader.loadEarlier,
    hello,
    onFrame,
    down() {
      outbox.down()
      typing.clear()
    }
  }
}
