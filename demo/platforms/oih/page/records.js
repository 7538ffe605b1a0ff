import { nameOf } from './flow-rows.js'
import { clockTime, find, make } from './make.js'

/** The lists of events and audit records, newest on top. */

const MOST_SHOWN = 100
const events = new Map()

/** An event is told again when somebody has lost it. */
export function showEvent(event) {
  const item = make('li', {}, clockTime(event.at), make('strong', {}, event.name), make('span', { class: 'soft' }, aboutEvent(event)), ...lossOf(event))
  const before = events.get(event.number)
  events.set(event.number, item)
  if (before) before.replaceWith(item)
  else put('events', item)
  for (const number of events.keys()) if (events.size > MOST_SHOWN) events.delete(number)
}

function aboutEvent({ service, flow }) {
  const name = flow === null ? null : (nameOf(flow) ?? flow)
  return name === null ? `by ${service}` : `${name}, by ${service}`
}

const lossOf = ({ lostBy }) => (lostBy.length > 0 ? [make('span', { class: 'tag', 'data-kind': 'apart' }, `lost by ${lostBy.join(', ')}`)] : [])

export function showRecord({ at, name, service, payload }) {
  const facts = Object.entries(payload).map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  put('audit', make('li', {}, clockTime(at), make('strong', {}, name), make('span', { class: 'soft' }, [`by ${service}`, ...facts].join(', '))))
}

/** Before what there was, on a line that came back. */
export function clearRecords() {
  events.clear()
  for (const list of ['events', 'audit']) find(list).replaceChildren()
}

function put(list, item) {
  const element = find(list)
  element.prepend(item)
  while (element.childElementCount > MOST_SHOWN) element.lastElementChild?.remove()
}
