import type { ConversationId } from '@parley/protocol'
import type { Connector } from './connector.js'
import type { Core } from './core.js'
import { personOf } from './found-conversation.js'
import { reasonOf } from './host.js'
import type { VisitorId } from './records.js'

/** Source: `Connector.typing`. */
const TOLD_EVERY_MS = 1_000

export type TellTyping = (connector: Connector, typing: { readonly conversation: ConversationId; readonly visitor: VisitorId; readonly forMs: number }) => void

/** Tells the outside that a visitor types: of each conversation once in a while, from however many tabs it comes. */
export function createTypingTeller(core: Core): TellTyping {
  const { clock, log } = core.host
  /** When it was told last, oldest first; older ones than count are dropped. */
  const toldAt = new Map<ConversationId, number>()

  function dropOld(now: number): void {
    for (const [conversation, at] of toldAt) {
      // Of a later moment: the clock went back.
      if (at <= now && now - at < TOLD_EVERY_MS) return
      toldAt.delete(conversation)
    }
  }

  return (connector, { conversation, visitor, forMs }) => {
    if (!connector.typing) return
    const now = clock.now()
    dropOld(now)
    if (toldAt.has(conversation)) return
    toldAt.set(conversation, now)
    personOf(core, visitor)
      .then((person) => connector.typing?.({ conversation, visitor, person, forMs }))
      .catch((reason: unknown) => log.warn({ conversation, reason: reasonOf(reason) }, 'typing could not be told'))
  }
}
