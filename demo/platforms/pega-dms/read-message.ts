/** What a customer's side may send, read strictly: whoever sends something else hears what is wanted. */

export type CustomerMessage =
  | {
      readonly type: 'text'
      readonly customerId: string
      readonly name: string
      readonly messageId: string
      readonly text: string
      readonly postback: string | null
      /** Addresses. */
      readonly attachments: readonly string[]
      readonly context: Readonly<Record<string, string>>
    }
  | { readonly type: 'typing_indicator' | 'customer_end_session' | 'wait_time'; readonly customerId: string }

export type ReadResult = { readonly ok: true; readonly message: CustomerMessage } | { readonly ok: false; readonly text: string }
type Fields = Readonly<Record<string, unknown>>

const TYPES: readonly unknown[] = ['text', 'typing_indicator', 'customer_end_session', 'wait_time']

export function readMessage(value: unknown): ReadResult {
  if (!isRecord(value)) return refuse('the body', value, 'a JSON object')
  const { type, customer_id: customerId } = value
  // Empty is what everybody without a number is called by a Labb Chat Hook.
  if (typeof customerId !== 'string') return refuse('customer_id', customerId, 'a string')
  if (type === 'text') return readText(value, customerId)
  if (type === 'typing_indicator' || type === 'customer_end_session' || type === 'wait_time') return { ok: true, message: { type, customerId } }
  return { ok: false, text: `type is ${typeof type === 'string' ? `"${type}"` : kindOf(type)}; ${TYPES.join(', ')} are known.` }
}

function readText(value: Fields, customerId: string): ReadResult {
  const { customer_name: name, message_id: messageId, text = [], postback, attachments = [], context_data: context = {} } = value
  if (typeof name !== 'string') return refuse('customer_name', name, 'a string')
  // A Labb Chat Hook sends a number.
  if (typeof messageId !== 'number' && (typeof messageId !== 'string' || messageId === '')) return refuse('message_id', messageId, 'a string')
  if (!isListOf(text, isString)) return refuse('text', text, 'a list of strings')
  if (postback !== undefined && typeof postback !== 'string') return refuse('postback', postback, 'a string')
  if (!isListOf(attachments, isAttachment)) return refuse('attachments', attachments, 'a list of objects with a url')
  if (!isRecord(context) || !Object.values(context).every(isString)) return refuse('context_data', context, 'an object of strings')
  if (text.length === 0 && postback === undefined && attachments.length === 0) return refuse('text', undefined, 'a list of strings')
  return {
    ok: true,
    message: {
      type: 'text',
      customerId,
      name,
      messageId: String(messageId),
      text: text.join('\n'),
      postback: postback ?? null,
      attachments: attachments.map(({ url }) => url),
      context: Object.fromEntries(Object.entries(context).map(([key, said]) => [key, String(said)]))
    }
  }
}

const refuse = (name: string, found: unknown, wanted: string): ReadResult => ({ ok: false, text: `${name} is ${kindOf(found)}; ${wanted} is wanted.` })

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'another list' : `of type ${typeof value}`
}

export const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isString = (value: unknown): value is string => typeof value === 'string'
const isAttachment = (value: unknown): value is { readonly url: string } => isRecord(value) && typeof value.url === 'string'
const isListOf = <Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] => Array.isArray(value) && value.every(isItem)
