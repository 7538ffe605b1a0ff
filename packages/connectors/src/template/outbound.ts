import type { Delivery } from '@parley/engine'
import type { TheirMessage } from './types.js'

/** What happened here → their request; `null` for what they are never told. Pure: no clock, no chance, no I/O. */
export function toTheirs({
  event,
  conversation,
  person,
  idempotencyKey
}: Pick<Delivery, 'event' | 'conversation' | 'person' | 'idempotencyKey'>): TheirMessage | null {
  const said = { conversation, id: idempotencyKey, ...(person ? { customer: person.subject } : {}) }
  switch (event.type) {
    case 'message.created':
      return { ...said, text: event.body.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('\n') }
    case 'answer.given':
      return { ...said, text: event.body.label ?? event.body.value }
    default:
      return null
  }
}
