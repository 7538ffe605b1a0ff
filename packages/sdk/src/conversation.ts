import {
  LIMITS,
  ParleyError,
  PROTOCOL_VERSION,
  type ClientFrameName,
  type ClientFrames,
  type ConversationId,
  type Draft,
  type Events,
  type Feature,
  type Hello,
  type Participant,
  type ParticipantId,
  type ServerFrame,
  type SessionAnswer,
  type SignalFrame,
  type Standing,
  type Welcome,
  type WelcomeConversation
} from '@parley/protocol'
import { atom } from 'nanostores'
import type { Chat, ClientEvents, TimelineItem } from './api.js'
import type { Clock } from './clock.js'
import type { Commands } from './commands.js'
import type { Connection } from './connection.js'
import { createCounting, type Counters } from './counters.js'
import { emptyLog, enterLog, isOtherLife, receive, standingOf } from './cursor.js'
import type { Emitter } from './emitter.js'
import { asParleyError, unavailable } from './errors.js'
import { createOutbox } from './outbox.js'
import type { Outbox, OutboxOptions } from './outbox-contract.js'
import type { NewItem } from './outbox-item.js'
import { ownRows } from './own-rows.js'
import { createPageCommands, type PageCommands } from './page-commands.js'
import { createReader } from './reader.js'
import { createReading } from './reading.js'
import { repeatOf } from './repeat.js'
import { publish } from './report.js'
import { createSelfCheck } from './self-check.js'
import type { KeyRing } from './storage/visitor-key.js'
import { catchUpFrames } from './tabs/catch-up.js'
import type { SharedConnection } from './tabs/shared-connection.js'
import { createTimeline } from './timeline.js'
import { createTyping } from './typing.js'

export type ConversationOptions = Pick<OutboxOptions, 'storages' | 'fallback' | 'owner' | 'sendsOnce' | 'clock' | 'random' | 'onError' | 'onUnsaved'> & {
  readonly connection: Pick<Connection, 'reconnect' | 'request'> & Pick<SharedConnection, 'isLeading' | 'tell' | 'probe'>
  readonly commands: Pick<Commands, 'offer'>
  readonly keys: Pick<KeyRing, 'ended'>
  readonly clock: Clock
  readonly emit: Emitter<ClientEvents>['emit']
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
  id(): ConversationId | null
  /** Highest seq held. */
  cursor(): number
  /** Which participant this client is, once it was welcomed. */
  you(): ParticipantId | null
  /** The gateway's limit on one message. */
  bodyBytes(): number
  isWelcomed(): boolean
  /** Does the gateway do this? */
  can(feature: Feature): boolean
  /** What did not get through, as it is said again; `null` when there is nothing of this key to say again. */
  repeatOf(key: string): Draft | null
  hello(session: SessionAnswer): Hello
  onFrame(frame: ServerFrame): void
  /** What brings another tab up to date from here. */
  catchUp(standing: Standing): readonly ServerFrame[]
  /** Another tab of this browser has read so far. */
  readElsewhere(to: number): void
  /** Nothing of what was said stays in this page. */
  forget(): void
  counters(): Counters
  /** The line is gone for now. */
  down(): void
}

/** One conversation as it is known here: frames in, the log and all that follows from it out. */
export function createConversation(options: ConversationOptions): Conversation {
  const { connection, commands, clock } = options
  const timeline = createTimeline()
  const counting = createCounting(clock)
  const reading = createReading()
  const $timeline = atom<readonly TimelineItem[]>([])
  const $status = atom<'open' | 'closed'>('open')
  const $participants = atom<readonly Participant[]>([])
  const $unread = atom(0)
  const $typing = atom<readonly Participant[]>([])
  const $hasEarlier = atom(false)
  const typing = createTyping(clock, () => refreshTyping())
  const pageCommands = createPageCommands(() => refreshTimeline())
  const outbox = createOutbox({
    ...options,
    append: (item) => request('append', (conversation) => ({ ...item, conversation })),
    cursor: () => log.conversation.cursor,
    isInLog: (messageId) => log.events.some((event) => event.messageId === messageId),
    reconnect: connection.reconnect,
    onChange: () => refreshTimeline(),
    tell(note) {
      connection.tell({ kind: 'outbox', note })
      connection.probe()
    }
  })

  let id: ConversationId | null = null
  let you: ParticipantId | null = null
  let log = emptyLog()
  let welcomed: { readonly welcome: Welcome; readonly here: WelcomeConversation } | null = null
  /** The session named another conversation than before. */
  let isOtherConversation = false
  /** What the log had of this visitor before it went back to an older copy. */
  let lost: readonly NewItem[] = []
  let isForgotten = false

  const request: Request = async (name, payload) => {
    if (!id) throw unavailable('There is no conversation yet.')
    return connection.request(name, payload(id))
  }

  const reader = createReader({
    clock,
    log: () => log,
    read: (range) => request('read', (conversation) => ({ conversation, log: 'public', ...range })),
    onFilled: () => counting.count('gapsFilled')
  })
  const selfCheck = createSelfCheck({
    log: () => log,
    check: (range) => request('check', (conversation) => ({ conversation, log: 'public', ...range })),
    onDiffer() {
      counting.count('digestMismatches')
      beginAnew()
      connection.reconnect()
    }
  })

  /** The log is to be read from its end; what this visitor had in it is held against that. */
  function beginAnew(): void {
    lost = [...lost, ...ownRows(log.events, you).filter((item) => !lost.some((one) => one.messageId === item.messageId))]
    isForgotten = true
    log = emptyLog(log.epoch)
    selfCheck.restart()
  }

  function refreshTimeline(): void {
    counting.waiting(outbox.items())
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
    if (participants !== shownParticipants) {
      publish($participants, Object.values(participants))
      // Somebody may have been heard typing before they were known.
      refreshTyping()
    }
    shownParticipants = participants
    publish($hasEarlier, floor > 0)
    publish($unread, reading.countUnread(log.conversation, you))
  }
  let shownParticipants = log.conversation.participants

  function hello({ token, conversation }: SessionAnswer): Hello {
    const device = outbox.device()
    if (!device) throw new RangeError('hello comes after load')
    if (id !== null && id !== conversation) {
      isOtherConversation = true
      lost = []
      isForgotten = false
      log = emptyLog()
      pageCommands.clear()
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
        return onSignal(frame.payload)
      case 'commands':
        return onCommands(frame.payload.commands)
      case 'drain':
      case 'refuse':
        // About the line: `connection` has them.
        return
      default:
        return frame satisfies never
    }
  }

  /** On another device one types, too. */
  function onSignal({ conversation, signal: { by, forMs } }: SignalFrame): void {
    if (conversation === id && by !== you) typing.heard(by, forMs)
  }

  /** A tab that joins later is told what is offered now. */
  function onCommands(offered: Welcome['commands']): void {
    if (welcomed) welcomed = { ...welcomed, welcome: { ...welcomed.welcome, commands: offered } }
    commands.offer(offered, can('end'))
  }

  const can = (feature: Feature): boolean => welcomed?.welcome.features?.includes(feature) ?? false

  function onWelcome(welcome: Welcome): void {
    const here = welcome.conversations.find((one) => one.id === id && one.log === 'public')
    if (!here) return options.onError(new ParleyError('frame.malformed', 'The gateway welcomed without the conversation that was asked for.'))
    const isSame = !isOtherConversation
    const isReset = isSame && isOtherLife(log, here)
    if (isReset) beginAnew()
    welcomed = { welcome, here }
    log = enterLog(log, here)
    selfCheck.restart()
    you = here.you
    onCommands(welcome.commands)
    if (reading.enter(here.receipts, you, isReset || !isSame)) tellRead()
    outbox.catchUp()
    if (connection.isLeading()) welcomeOutbox(here, welcome, isSame)
    isOtherConversation = false
    refresh()
    checkCaughtUp()
  }

  function welcomeOutbox({ lastDeviceSeq }: WelcomeConversation, { limits }: Welcome, isSame: boolean): void {
    if (!id) return
    const isOtherLife = isSame && (isForgotten || outbox.isBehind(lastDeviceSeq))
    outbox.welcome({ conversation: id, lastDeviceSeq, windowSize: limits.windowSize, isOtherLife })
  }

  function onEvents(frame: Events): void {
    if (frame.conversation !== id || frame.log !== 'public') return
    const { dropped } = log
    const { cursor } = log.conversation
    const received = receive(log, frame)
    log = received.log
    counting.count('duplicatesDropped', log.dropped - dropped)
    if (received.applied.some((row, index) => row.seq !== cursor + 1 + index)) counting.count('orderViolations')
    const rows = [...received.earlier, ...received.applied]
    for (const row of received.applied) typing.said(row.author.id)
    outbox.confirm(rows)
    if (rows.length > 0) refresh()
    if (log.conversation.status === 'closed') options.keys.ended()
    for (const event of received.applied) if (event.type !== 'unknown') options.emit(event.type, event as never)
    checkCaughtUp()
    if (connection.isLeading() && can('check')) selfCheck.advance()
    reader.fillHole().catch(onReadError)
  }

  /** A line that is gone is repaired by the next `welcome`; anything else a developer should see. */
  function onReadError(reason: unknown): void {
    const error = asParleyError(reason)
    if (error.code !== 'gateway.unavailable') options.onError(error)
  }

  function checkCaughtUp(): void {
    if (!welcomed || log.conversation.cursor < welcomed.here.head) return
    counting.caughtUp()
    outbox.caughtUp()
    if (!outbox.isReading()) return
    const there = new Set(log.events.map((event) => event.messageId))
    outbox.logWasRead(lost.filter((item) => !there.has(item.messageId)))
    lost = []
    isForgotten = false
  }

  /** Without a line it is lost, and told again after the next `welcome`. */
  function tellRead(): void {
    const read = reading.to()
    request('seen', (conversation) => ({ conversation, got: read, read })).catch(onReadError)
  }

  function readElsewhere(to: number): void {
    if (reading.advance(to)) publish($unread, reading.countUnread(log.conversation, you))
  }

  function markRead(): void {
    const { cursor } = log.conversation
    if (!reading.advance(cursor)) return
    publish($unread, reading.countUnread(log.conversation, you))
    connection.tell({ kind: 'read', to: cursor })
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
    id: () => id,
    cursor: () => log.conversation.cursor,
    you: () => you,
    bodyBytes: () => (welcomed?.welcome.limits ?? LIMITS).bodyBytes,
    isWelcomed: () => welcomed !== null,
    can,
    repeatOf: (key) => repeatOf(log, key, you),
    markRead,
    readElsewhere,
    loadEarlier: reader.loadEarlier,
    hello,
    onFrame,
    catchUp: (standing) => (welcomed && standing.id === id ? catchUpFrames(log, welcomed.welcome, { ...welcomed.here, receipts: receipts() }, standing) : []),
    forget() {
      id = null
      you = null
      lost = []
      welcomed = null
      log = emptyLog()
      typing.clear()
      pageCommands.clear()
      refresh()
    },
    counters: counting.values,
    down() {
      if (welcomed) counting.lost()
      outbox.down()
      typing.clear()
    }
  }

  function receipts(): WelcomeConversation['receipts'] {
    return you === null ? [] : [{ participant: you, got: log.conversation.cursor, read: reading.to() }]
  }
}
