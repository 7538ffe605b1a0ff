import type { KnownEvent, Part } from '@parley/protocol'
import type { DmsCustomer, DmsOut } from './types.js'

/** What a visitor says → their body; `null` for what is not theirs to know. */
export function toDms(event: KnownEvent, customer: DmsCustomer, messageId: string): DmsOut | null {
  switch (event.type) {
    case 'message.created':
      return messageToDms(event.body.parts, customer, messageId)
    case 'answer.given':
      return { ...said(customer, messageId, [event.body.label ?? event.body.value]), postback: event.body.value }
    case 'conversation.closed':
      return { type: 'customer_end_session', customer_id: customer.id }
    default:
      return null
  }
}

/** Somebody writes. */
export const typingToDms = (customerId: string): DmsOut => ({ type: 'typing_indicator', customer_id: customerId })

/** What DMS shall know beside what was said, like the page that somebody came from. Only what is said takes it along. */
export const withContext = (body: DmsOut, context: Readonly<Record<string, string>>): DmsOut =>
  body.type === 'text' && Object.keys(context).length > 0 ? { ...body, context_data: context } : body

/** The five fields that Labb Chat Hook sends. */
const said = (customer: DmsCustomer, messageId: string, text: readonly string[]): DmsOut => ({
  type: 'text',
  customer_id: customer.id,
  customer_name: customer.name,
  message_id: messageId,
  text
})

function messageToDms(parts: readonly Part[], customer: DmsCustomer, messageId: string): DmsOut | null {
  const text = parts.flatMap(wordsOf)
  const files = parts.filter((part) => part.kind === 'file')
  if (text.length === 0 && files.length === 0) return null
  // A message of files alone has their names for a text: whether one without a text is taken, no source says.
  const body = said(customer, messageId, text.length > 0 ? text : files.map(({ name }) => name))
  return files.length > 0 ? { ...body, attachments: files.map(({ url }) => ({ url })) } : body
}

function wordsOf(part: Part): readonly string[] {
  if (part.kind === 'text') return part.text === '' ? [] : [part.text]
  return part.kind === 'link' ? [part.url] : []
}
