import { ERRORS, ParleyError, type MessageId } from '@parley/protocol'
import type { Clock } from './clock.js'
import type { Connection } from './connection.js'
import type { Conversation } from './conversation.js'
import { asParleyError } from './errors.js'
import { mintId, type Random } from './random.js'
import { until } from './until.js'

/** What could not be asked now is asked again after this long, and when there is a line. */
const AGAIN_MS = 1_000

export type EndingOptions = {
  readonly conversation: Pick<Conversation, '$status' | '$timeline' | 'can' | 'id' | 'isWelcomed' | 'outbox' | 'request'>
  readonly connection: Pick<Connection, '$status'>
  readonly clock: Clock
  readonly random: Random
  /** Messages that were given and are not settled. */
  readonly sending: ReadonlySet<Promise<unknown>>
  /** Why nothing can be asked any more; `null` while it can. */
  closedBy(): ParleyError | null
}

/**
 * Ends the conversation: waits for a line and for all that was said before, then asks until the gateway has recorded it.
 * The wish is of this page: it ends with it.
 * @returns a function that does; called again meanwhile, it is the same end
 */
export function createEnding({ conversation, connection, clock, random, sending, closedBy }: EndingOptions): () => Promise<void> {
  const { $status, $timeline, outbox } = conversation
  let ending: Promise<void> | null = null

  const isOver = (): boolean => closedBy() !== null || $status.get() === 'closed'
  const isFree = (): boolean =>
    connection.$status.get().state === 'online' && conversation.isWelcomed() && !outbox.items().some((item) => item.state === 'pending')

  const ask = (): Promise<ParleyError | null> =>
    conversation
      .request('invoke', (id) => ({ id: mintId<MessageId>(random), conversation: id, verb: 'end', args: {} }))
      .then((ack) => ('error' in ack ? ParleyError.fromWire(ack.error) : null), asParleyError)

  async function end(): Promise<void> {
    for (let meant = conversation.id(); ; meant ??= conversation.id()) {
      while (sending.size > 0) await Promise.allSettled(sending)
      await until(() => isOver() || isFree(), [$status, $timeline, connection.$status])
      const closed = closedBy()
      if (closed) throw closed
      // Another one in its place: the one that was meant is over, or somebody else's.
      if (isOver() || (meant && conversation.id() !== meant)) return
      if (!conversation.can('end')) throw new ParleyError('end.unsupported', 'This gateway lets no visitor end a conversation.')
      const error = await ask()
      if (!error || error.code === 'conversation.closed') return
      if (ERRORS[error.code].then === 'stop') throw error
      await new Promise<void>((resolve) => void clock.setTimer(error.retryInMs ?? AGAIN_MS, resolve))
    }
  }

  return () => {
    ending ??= end().finally(() => {
      ending = null
    })
    return ending
  }
}
