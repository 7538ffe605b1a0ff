import type { ConversationId, ServerFrame, SessionAnswer, Standing } from '@parley/protocol'
import { atom, type ReadableAtom } from 'nanostores'
import type { ConnectionStatus } from '../api.js'
import type { Clock } from '../clock.js'
import type { Connection } from '../connection.js'
import type { Environment, EnvironmentSignal } from '../environment.js'
import { mintId, type Random } from '../random.js'
import { publish } from '../report.js'
import { createElection, type Election } from './election.js'
import { createFollowing } from './following.js'
import { createLeading } from './leading.js'
import type { ChatMessage, TabMessage } from './messages.js'
import type { TabChannel, TabPlatform } from './platform.js'

export type SharedConnectionOptions = {
  /** A line of one's own. */
  readonly line: Connection
  readonly platform: TabPlatform
  readonly environment: Environment
  readonly clock: Clock
  readonly random: Random
  /** Settles when this tab knows what waits, as other tabs wrote it. */
  prepare(): Promise<void>
  standing(session: SessionAnswer): Standing | null
  conversation(): ConversationId | null
  draft(): string
  catchUp(standing: Standing): readonly ServerFrame[]
  onFrame(frame: ServerFrame): void
  /** What other tabs tell about the chat. */
  onMessage(message: ChatMessage): void
  /** The page may be gone in a moment: the last chance to send over the line there was. */
  onFreeze(): void
}

/** One line for all tabs of a browser: this tab's own, or that of the tab which leads. */
export interface SharedConnection extends Pick<Connection, 'start' | 'pause' | 'stop' | 'reconnect' | 'request'> {
  readonly $status: ReadableAtom<ConnectionStatus>
  isStarted(): boolean
  /** Does this tab send? */
  isLeading(): boolean
  tell(message: ChatMessage): void
  /** Meets the tabs of this name from now on. Nothing is sent before `work` has settled. */
  rename(name: string, work: () => Promise<void>): Promise<void>
  /** A new session, and the line anew with it: in the tab that sends. */
  renew(): void
  /** From now on this tab has a line of its own, whatever the others do. */
  leave(): void
  /** Other tabs' lead is in doubt when nothing comes of what was handed to it. */
  probe(): void
  onLineFrame(frame: ServerFrame): void
}

/** `alone`: no tabs can be told of. */
type Role = 'none' | 'alone' | 'leader' | 'follower'

export function createSharedConnection(name: string, options: SharedConnectionOptions): SharedConnection {
  const { line, platform, environment, clock, random } = options
  const tab = mintId<string>(random)
  const $status = atom<ConnectionStatus>(line.$status.get())
  const { locks, openChannel } = platform
  let channel: TabChannel | null = null
  let role: Role = 'none'
  let isStarted = false
  let isMoving = false
  /** Which stay in a role counts. */
  let stay = 0
  let isApart = !locks || !openChannel
  let stopListening: (() => void) | null = null

  const post = (message: TabMessage): void => channel?.postMessage(message)
  const leading = createLeading({ tab, line, post, conversation: options.conversation, draft: options.draft, catchUp: options.catchUp })
  const following = createFollowing({
    tab,
    clock,
    random,
    post,
    onStatus: (status) => publish($status, status),
    async standing(session) {
      await options.prepare()
      return role === 'follower' ? options.standing(session) : null
    },
    onFrame: options.onFrame,
    onSilence: () => election?.takeOver()
  })
  const election: Election | null = locks && createElection({ locks, onLead: () => lead('leader'), onFollow: follow })

  line.$status.listen((status) => {
    if (role === 'follower' && status.state !== 'closed') return
    publish($status, status)
    if (role === 'leader') leading.announce()
  })

  function lead(as: Role): void {
    following.stop()
    role = as
    const mine = ++stay
    const start = (): void => {
      if (mine === stay) line.start()
    }
    // What fails here is told by the session that is opened next, which asks again.
    options.prepare().then(start, start)
  }

  function follow(): void {
    stay++
    role = 'follower'
    line.pause()
    publish($status, { state: 'connecting', attempt: 0, retryInMs: null, error: null })
    following.start()
  }

  function enter(): void {
    if (isMoving) return
    if (isApart) return lead('alone')
    election?.start(lockName())
  }

  /** Tabs with another version of this file are not spoken to. */
  const lockName = (): string => `${name}#1`

  function openDoor(): void {
    channel?.close()
    channel = openChannel?.(lockName()) ?? null
    if (channel) channel.onmessage = ({ data }: MessageEvent<TabMessage>) => hear(data)
  }

  /** Once it leads, a session of another conversation would take all tabs back to that one. */
  function forgetOther(conversation: ConversationId | null): void {
    if (role === 'alone' || conversation === null) return
    if ((line.session()?.conversation ?? conversation) !== conversation) line.forget()
  }

  function hear(message: TabMessage): void {
    switch (message.kind) {
      case 'outbox':
        if (role === 'leader' || role === 'follower') options.onMessage(message)
        return
      case 'draft':
      case 'read':
      case 'identified':
      case 'reset':
        return options.onMessage(message)
      default:
        if (role === 'leader') return leading.hear(message)
        if (message.kind === 'lead') forgetOther(message.conversation)
        following.hear(message)
        if (role === 'follower' && message.kind === 'lead' && message.draft) options.onMessage({ kind: 'draft', text: message.draft, isOld: true })
    }
  }

  function onSignal(signal: EnvironmentSignal): void {
    if (signal === 'freeze') return freeze()
    if (signal !== 'wake') return
    if (role === 'none') enter()
    // Hidden tabs' timers are slow, and frozen ones stand: who is looked at leads.
    if (role === 'follower' && environment.isVisible()) election?.takeOver()
  }

  function freeze(): void {
    if (role !== 'follower') options.onFreeze()
    pause()
  }

  function pause(): void {
    stay++
    role = 'none'
    election?.stop()
    following.stop()
    line.pause()
  }

  return {
    $status,
    isStarted: () => isStarted,
    isLeading: () => role === 'leader' || role === 'alone',
    tell: post,
    start() {
      if (line.$status.get().state === 'closed') return
      if (role === 'follower') return post({ kind: 'hurry' })
      if (role === 'alone' || role === 'leader') return line.start()
      if (isStarted) return
      isStarted = true
      openDoor()
      stopListening = environment.listen(onSignal)
      enter()
    },
    pause,
    reconnect() {
      if (role === 'leader' || role === 'alone') line.reconnect()
    },
    request: (frame, payload) => (role === 'follower' ? following.request(frame, payload) : line.request(frame, payload)),
    async rename(next, work) {
      isMoving = true
      pause()
      try {
        await work()
      } finally {
        name = next
        isMoving = false
        if (isStarted) {
          openDoor()
          enter()
        }
      }
    },
    renew() {
      if (role === 'follower') return post({ kind: 'renew' })
      if (role === 'none') line.forget()
      else line.renew()
    },
    leave() {
      if (isApart) return
      isApart = true
      if (role === 'none') return
      pause()
      enter()
    },
    probe() {
      if (role === 'follower') following.probe()
    },
    onLineFrame(frame) {
      options.onFrame(frame)
      if (role === 'leader') leading.relay(frame)
    },
    stop() {
      pause()
      isStarted = false
      stopListening?.()
      channel?.close()
      channel = null
      line.stop()
    }
  }
}
