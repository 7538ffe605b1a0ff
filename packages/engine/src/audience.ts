import type { ConversationId, LogName, Signal, WireError } from '@parley/protocol'
import type { Published } from './append-queue.js'
import type { Follower } from './follower.js'
import type { Line } from './line.js'

export type Listener = { readonly line: Line; readonly log: LogName; readonly follower: Follower; onPublished(published: Published): void }

/** Who listens to which conversation. */
export interface Audience {
  join(conversation: ConversationId, listener: Listener): () => void
  publish(published: Published): void
  /** May be lost: a line that is full does not get it. */
  signal(conversation: ConversationId, signal: Signal, except?: Line): void
  /** Ends the lines of all who listen, with a definite no. */
  dismiss(conversation: ConversationId, why: WireError): void
}

export function createAudience(): Audience {
  const listeners = new Map<ConversationId, Set<Listener>>()
  return {
    join(conversation, listener) {
      const group = listeners.get(conversation) ?? new Set()
      listeners.set(conversation, group.add(listener))
      return () => {
        group.delete(listener)
        if (group.size === 0) listeners.delete(conversation)
      }
    },
    publish(published) {
      for (const listener of listeners.get(published.conversation) ?? []) {
        if (listener.log !== published.log) continue
        listener.onPublished(published)
        listener.follower.offer(published)
      }
    },
    dismiss(conversation, why) {
      for (const { line } of [...(listeners.get(conversation) ?? [])]) {
        line.send({ name: 'refuse', payload: why })
        line.close(why.code)
      }
    },
    signal(conversation, signal, except) {
      for (const { line } of listeners.get(conversation) ?? []) {
        if (line !== except && !line.isFull()) line.send({ name: 'signal', payload: { conversation, signal } })
      }
    }
  }
}
