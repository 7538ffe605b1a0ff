import { showFlows } from './flow-rows.js'
import { find } from './make.js'
import { clearRecords, showEvent, showRecord } from './records.js'

/** Holds the line to the hub, and draws what comes over it. The browser opens it again by itself when it breaks. */

const LINE = { live: 'Live', waiting: 'Connecting', lost: 'Not connected, trying again' }

function showLine(state) {
  const line = find('line')
  line.dataset.state = state
  line.textContent = LINE[state]
}

function say(texts, isProblem = false) {
  if (texts.length === 0) return
  const said = find('said')
  said.textContent = texts.join(' ')
  said.toggleAttribute('data-problem', isProblem)
}

async function turn(id, verb) {
  try {
    const response = await fetch(`/platforms/oih/flows/${id}/${verb}`, { method: 'POST' })
    if (!response.ok) say([`The hub refused to ${verb} the flow (${response.status}).`], true)
  } catch {
    say([`The hub cannot be reached, so it was not asked to ${verb} the flow.`], true)
  }
}

/** On a narrow screen rows are no table to the layout, and browsers then take them for none. */
const ROLES = { table: 'table', thead: 'rowgroup', tbody: 'rowgroup', 'thead tr': 'row', 'thead th': 'columnheader' }
for (const [selector, role] of Object.entries(ROLES)) for (const element of document.querySelectorAll(selector)) element.setAttribute('role', role)

const stream = new EventSource('/platforms/oih/stream')
const on = (name, draw) => stream.addEventListener(name, (event) => draw(JSON.parse(event.data)))

stream.addEventListener('open', () => showLine('live'))
stream.addEventListener('error', () => showLine('lost'))
on('snapshot', ({ flows, events, audit }) => {
  clearRecords()
  showFlows(flows, turn)
  events.forEach(showEvent)
  audit.forEach(showRecord)
})
on('flows', (flows) => say(showFlows(flows, turn)))
on('event', showEvent)
on('audit', showRecord)
