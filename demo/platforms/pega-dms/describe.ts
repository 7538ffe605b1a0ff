import { isRecord } from './read-message.js'
import type { Entry, WireBody } from './state.js'

/** A body of the wire in words, for the page. */
export function describeBody(body: WireBody): Pick<Entry, 'type' | 'text' | 'items'> {
  const type = typeof body.type === 'string' ? body.type : 'without a type'
  return { type, text: textOf(type, body), items: itemsOf(body) }
}

function textOf(type: string, body: WireBody): string {
  switch (type) {
    case 'text':
      return words(body.text)
    case 'csr_end_session':
    case 'customer_end_session':
      return 'Ended the session'
    case 'wait_time':
      return body.waitTime === undefined ? 'Asked how long it takes' : `Waiting time: ${String(body.waitTime)}`
    default:
      return words(body.title)
  }
}

const words = (value: unknown): string =>
  [value]
    .flat()
    .filter((line) => typeof line === 'string')
    .join('\n')

function itemsOf(body: WireBody): readonly string[] {
  const items = Array.isArray(body.items) ? body.items.filter(isRecord).map((item) => words(item.text ?? item.title)) : []
  const files = Array.isArray(body.attachments) ? body.attachments.filter(isRecord).map((file) => `File ${words(file.url)}`) : []
  return [...items, ...files, ...(body.type === 'link_button' ? [`${words(body.label)}: ${words(body.url)}`] : [])]
}
