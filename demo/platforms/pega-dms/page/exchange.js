import { clockTime, find, make } from '../../host/page/make.js'

/** What was said with the customer who is chosen, newest at the end, and what became of each message. */

const SPEAKERS = { bot: 'Bot', agent: 'Agent' }
/** What it is besides a text, in words. */
const TYPES = {
  menu: 'Menu',
  carousel: 'Carousel',
  link_button: 'Link',
  wait_time: 'Wait time',
  csr_end_session: 'End',
  customer_end_session: 'End'
}
/** So near to its end the list follows what comes. */
const NEAR_PX = 80
const lines = new Map()

/**
 * @param {readonly object[]} entries
 * @param {string} customerName
 */
export function showExchange(entries, customerName) {
  lines.clear()
  const log = find('messages')
  log.replaceChildren()
  for (const entry of entries) showEntry(entry, customerName)
  log.scrollTop = log.scrollHeight
}

/** A message is told again when it is known what became of it. */
export function showEntry(entry, customerName) {
  const log = find('messages')
  const known = lines.get(entry.number)
  if (known) return void showSent(known, entry.sent)
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX
  const sent = make('span', { class: 'sent' })
  const line = make(
    'div',
    { class: 'message', 'data-by': entry.by },
    make('p', { class: 'who' }, make('strong', {}, SPEAKERS[entry.by] ?? customerName), clockTime(entry.at), ...tagsOf(entry)),
    ...(entry.text ? [make('p', { class: 'text' }, entry.text)] : []),
    ...(entry.items.length > 0 ? [make('ul', {}, ...entry.items.map((item) => make('li', {}, item)))] : []),
    sent
  )
  lines.set(entry.number, sent)
  showSent(sent, entry.sent)
  log.append(line)
  if (isAtEnd) log.scrollTop = log.scrollHeight
}

const tag = (text) => make('span', { class: 'tag' }, text)

function tagsOf({ type, isRepeat }) {
  return [...(type === 'text' ? [] : [tag(TYPES[type] ?? type)]), ...(isRepeat ? [tag('came again')] : [])]
}

function showSent(element, sent) {
  if (!sent) return element.remove()
  element.dataset.state = sent.state
  element.textContent = sentInWords(sent)
}

/** @param {{ state: string, status: number | null, attempts: number }} sent */
export function sentInWords({ state, status, attempts }) {
  const why = status === null ? 'no answer' : String(status)
  switch (state) {
    case 'sending':
      return 'Sending'
    case 'delivered':
      return attempts > 1 ? `Delivered at attempt ${attempts}` : 'Delivered'
    case 'retrying':
      return `Trying again (${why})`
    case 'refused':
      return `Refused (${why})`
    default:
      return `Not delivered (${why})`
  }
}
