import type { Bot } from './bot.js'
import type { CustomerMessage } from './read-message.js'
import type { State } from './state.js'

/** What a customer's message changes here. Nothing is told apart by its id: a message that comes twice counts twice. */

/** So long one indicator holds. */
const TYPING_MS = 10_000

export function createReception(state: State, bot: Bot): (message: CustomerMessage) => void {
  const seenIds = new Set<string>()
  const typing = new Map<string, () => void>()

  function showTyping(customerId: string): void {
    typing.get(customerId)?.()
    const { isTyping } = state.customer(customerId)
    if (!isTyping) state.setCustomer(customerId, { isTyping: true })
    typing.set(
      customerId,
      state.clock.setTimer(TYPING_MS, () => endTyping(customerId))
    )
  }

  function endTyping(customerId: string): void {
    typing.get(customerId)?.()
    typing.delete(customerId)
    if (state.customer(customerId).isTyping) state.setCustomer(customerId, { isTyping: false })
  }

  function hear(message: Extract<CustomerMessage, { readonly type: 'text' }>): void {
    const { customerId, name, messageId, text, postback, attachments, context } = message
    const before = state.customers.find(({ id }) => id === customerId)
    const isNew = before === undefined || before.floor === 'ended'
    const customer = state.setCustomer(customerId, {
      name,
      isTyping: false,
      ...(isNew ? { floor: 'bot' as const } : {}),
      context: { ...before?.context, ...context }
    })
    const key = JSON.stringify([customerId, messageId])
    const items = [...(postback === null ? [] : [`Chose ${postback}`]), ...attachments.map((url) => `File ${url}`)]
    state.addEntry({ customerId, by: 'customer', type: 'text', text, items, isRepeat: seenIds.has(key), sent: null })
    seenIds.add(key)
    if (state.isBotOn && customer.floor === 'bot') bot.hear(customer, { text, postback }, isNew)
  }

  return (message) => {
    const { customerId } = message
    if (message.type === 'typing_indicator') return showTyping(customerId)
    endTyping(customerId)
    if (message.type === 'text') return hear(message)
    const isEnd = message.type === 'customer_end_session'
    if (isEnd) bot.hush(customerId)
    state.setCustomer(customerId, isEnd ? { floor: 'ended' } : {})
    const text = isEnd ? 'Ended the session' : 'Asked how long it takes'
    state.addEntry({ customerId, by: 'customer', type: message.type, text, items: [], isRepeat: false, sent: null })
  }
}
