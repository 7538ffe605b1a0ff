import type { ConnectorPort, TypingVisitor } from '@parley/engine'
import type { ConversationId } from '@parley/protocol'
import { typingToDms } from '../dms/outbound.js'
import { sendToDms } from '../dms/send.js'
import type { PegaDmsConfig } from './config.js'
import type { CustomerNote } from './customer-note.js'

/** Tells DMS that somebody types. It may be lost: what fails is only logged. */
export interface Typing {
  tell(typing: TypingVisitor): Promise<void>
  stop(): void
}

const NOT_AGAIN_MS = 3_000

export function createTyping(port: ConnectorPort, config: PegaDmsConfig, note: CustomerNote): Typing {
  const told = new Map<ConversationId, () => void>()

  return {
    async tell({ conversation }) {
      if (told.has(conversation)) return
      told.set(
        conversation,
        port.clock.setTimer(NOT_AGAIN_MS, () => told.delete(conversation))
      )
      const id = await note.read(conversation)
      if (id === null) return
      const { kind, ...rest } = await sendToDms(port, config, typingToDms(id))
      if (kind !== 'taken') port.log.debug({ inbox: port.inbox, conversation, outcome: kind, ...rest }, 'DMS was not told that somebody types')
    },
    stop() {
      for (const cancel of told.values()) cancel()
      told.clear()
    }
  }
}
