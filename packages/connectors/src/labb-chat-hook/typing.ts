import type { ConnectorPort, TypingVisitor } from '@parley/engine'
import { sendToDms } from '../dms/send.js'
import type { LabbChatHookConfig } from './config.js'
import type { Customers } from './customers.js'
import { typingBody } from './outbound.js'

/** Tells DMS that a customer types: one request at a time, and one in a while. It may be lost, and is not tried again. */
export interface Typing {
  typing(typing: TypingVisitor): Promise<void>
  stop(): void
}

const NOT_AGAIN_MS = 3_000

export function createTyping(port: ConnectorPort, config: LabbChatHookConfig, customers: Customers): Typing {
  /** By customer, who may be in several conversations. */
  const told = new Map<string, () => void>()
  const underWay = new Set<string>()

  return {
    async typing({ conversation }) {
      const customer = customers.customerIn(conversation)
      if (customer === null || told.has(customer) || underWay.has(customer)) return
      told.set(
        customer,
        port.clock.setTimer(NOT_AGAIN_MS, () => told.delete(customer))
      )
      underWay.add(customer)
      try {
        const outcome = await sendToDms(port, config, typingBody(customer))
        if (outcome.kind !== 'taken') port.log.debug({ inbox: port.inbox, conversation, outcome: outcome.kind }, 'DMS was not told that somebody types')
      } finally {
        underWay.delete(customer)
      }
    },
    stop() {
      for (const cancel of told.values()) cancel()
      told.clear()
    }
  }
}
