import { ParleyError, type ClientFrameName, type ClientFrames, type ServerFrame, type SessionAnswer, type Standing } from '@parley/protocol'
import type { ConnectionStatus } from '../api.js'
import type { Clock } from '../clock.js'
import { unavailable } from '../errors.js'
import { mintId, type Random } from '../random.js'
import type { TabMessage } from './messages.js'

/**
 * A leader that says nothing for so long, and again for so long, is frozen, or gone in a way that nobody noticed. Asked
 * twice, because a tab that was busy itself finds the wait over before it has read the answer.
 */
const ANSWER_WITHIN_MS = 1_000
/** As long as a frame may take over a line of one's own. */
const ASK_WITHIN_MS = 17_000

export type FollowingOptions = {
  readonly tab: string
  readonly clock: Clock
  readonly random: Random
  post(message: TabMessage): void
  /** How the leader's line is. `online` only after its `welcome` was given. */
  onStatus(status: ConnectionStatus): void
  /** Where this tab stands in the conversation of that session; settles when it is known. */
  standing(session: SessionAnswer): Promise<Standing | null>
  onFrame(frame: ServerFrame): void
  onSilence(): void
}

/** A tab without a line of its own: it hears what the leader's line brings, and asks the leader to send. */
export interface Following {
  start(): void
  stop(): void
  hear(message: TabMessage): void
  /** Is the leader still there? */
  probe(): void
  request<Name extends ClientFrameName>(name: Name, payload: ClientFrames[Name]['payload']): Promise<ClientFrames[Name]['ack']>
}

type Asked = { readonly resolve: (ack: never) => void; readonly reject: (reason: unknown) => void; readonly cancel: () => void }

export function createFollowing(options: FollowingOptions): Following {
  const { tab, clock, random, post } = options
  const asked = new Map<string, Asked>()
  let isFollowing = false
  let leader: string | null = null
  let line = -1
  let isWelcomed = false
  let status: ConnectionStatus | null = null
  let cancelSilence: (() => void) | null = null

  function quiet(): void {
    cancelSilence?.()
    cancelSilence = null
  }

  function probe(): void {
    if (!isFollowing) return
    post({ kind: 'who', from: tab })
    cancelSilence ??= clock.setTimer(ANSWER_WITHIN_MS, () => {
      post({ kind: 'who', from: tab })
      cancelSilence = clock.setTimer(ANSWER_WITHIN_MS, () => {
        cancelSilence = null
        options.onSilence()
      })
    })
  }

  function rejectAll(): void {
    for (const { reject, cancel } of asked.values()) {
      cancel()
      reject(unavailable('The tab that holds the connection has changed.'))
    }
    asked.clear()
  }

  function show(): void {
    if (status) options.onStatus(status.state === 'online' && !isWelcomed ? { ...status, state: 'connecting' } : status)
  }

  function hearLead(message: Extract<TabMessage, { kind: 'lead' }>): void {
    quiet()
    const { from, conversation } = message
    if (from !== leader) rejectAll()
    const isOther = from !== leader || message.line !== line
    leader = from
    line = message.line
    const { state, attempt, retryInMs, error } = message.status
    if (isOther || state !== 'online') isWelcomed = false
    status = { state, attempt, retryInMs, error: error && ParleyError.fromWire(error) }
    show()
    if (state === 'online' && !isWelcomed && conversation) join({ token: '', expiresInS: 1, conversation })
  }

  function join(session: SessionAnswer): void {
    const mine = line
    options.standing(session).then(
      (standing) => {
        if (isFollowing && standing && mine === line) post({ kind: 'join', from: tab, standing })
      },
      // Told by who loads the outbox; the next word of the leader is another chance.
      () => {}
    )
  }

  function hearFrame(frame: ServerFrame): void {
    if (frame.name === 'welcome') {
      isWelcomed = true
      show()
    }
    if (isWelcomed) options.onFrame(frame)
  }

  function hearAnswer({ id, ack }: Extract<TabMessage, { kind: 'answer' }>): void {
    const found = asked.get(id)
    asked.delete(id)
    found?.cancel()
    if ('error' in ack && ack.error.code === 'gateway.unavailable') found?.reject(ParleyError.fromWire(ack.error))
    else found?.resolve(ack as never)
  }

  return {
    probe,
    start() {
      isFollowing = true
      leader = null
      line = -1
      isWelcomed = false
      probe()
    },
    stop() {
      isFollowing = false
      quiet()
      rejectAll()
    },
    hear(message) {
      if (!isFollowing) return
      if (message.kind === 'lead') hearLead(message)
      else if (message.kind === 'frame' && message.from === leader && (message.to === null || message.to === tab)) hearFrame(message.frame)
      else if (message.kind === 'answer' && message.to === tab) hearAnswer(message)
    },
    request: (name, payload) =>
      new Promise((resolve, reject) => {
        if (!isWelcomed) return reject(unavailable('There is no connection to the gateway now.'))
        const id = mintId<string>(random)
        const cancel = clock.setTimer(ASK_WITHIN_MS, () => {
          asked.delete(id)
          reject(unavailable('The tab that holds the connection does not answer.'))
        })
        asked.set(id, { resolve: resolve as (ack: never) => void, reject, cancel })
        post({ kind: 'ask', from: tab, id, name, payload })
      })
  }
}
