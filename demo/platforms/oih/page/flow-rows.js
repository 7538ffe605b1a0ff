import { clockTime, find, make } from './make.js'

/** One row for each flow, with the status that each service holds. A row stays as long as its flow, so that the focus does, too. */

const rows = new Map()

/**
 * @param {readonly object[]} flows
 * @param {(id: string, verb: string) => void} turn
 * @returns {string[]} what changed in the repository's view, in words
 */
export function showFlows(flows, turn) {
  const said = []
  const body = find('flow-rows')
  for (const [id, row] of rows) {
    if (flows.some((flow) => flow.id === id)) continue
    row.element.remove()
    rows.delete(id)
  }
  for (const flow of flows) {
    const known = rows.get(flow.id)
    const row = known ?? makeRow(flow.id, turn)
    if (known && known.repository !== flow.repository) said.push(`${flow.name} is ${flow.repository}.`)
    if (!known) body.append(row.element)
    fill(row, flow)
    rows.set(flow.id, row)
  }
  return said
}

/** @param {string} id */
export const nameOf = (id) => rows.get(id)?.name ?? null

function makeRow(id, turn) {
  const cells = ['Flow Repository', 'Webhooks', 'Orchestrator'].map((service) => make('td', { role: 'cell', 'data-service': service }))
  const button = make('button', { type: 'button' })
  const about = make('th', { role: 'rowheader', scope: 'row' })
  const element = make('tr', { role: 'row' }, about, ...cells, make('td', { role: 'cell' }, button))
  const row = { element, about, cells, button, repository: null, name: '' }
  button.addEventListener('click', () => turn(id, verbFor(row.repository)))
  return row
}

function fill(row, flow) {
  row.repository = flow.repository
  row.name = flow.name
  row.about.replaceChildren(make('strong', {}, flow.name), ...tagsOf(flow), make('span', { class: 'soft' }, flow.description), make('code', {}, flow.id))
  const views = [flow.repository, flow.webhooks, flow.orchestrator]
  for (const [index, cell] of row.cells.entries()) cell.replaceChildren(stateOf(views[index]))
  const verb = verbFor(flow.repository)
  row.button.textContent = verb === 'start' ? 'Start' : 'Stop'
  row.button.setAttribute('aria-label', `${row.button.textContent} ${flow.name}`)
  row.button.dataset.verb = verb
}

/** Only what rests is offered a start: the hub does not look, and would begin an active flow anew. */
const verbFor = (status) => (status === 'inactive' ? 'start' : 'stop')

function tagsOf(flow) {
  return [
    ...(flow.cron ? [make('span', { class: 'tag' }, `cron ${flow.cron}`)] : []),
    ...(flow.dueAt ? [make('span', { class: 'tag' }, 'next ', clockTime(flow.dueAt))] : []),
    ...(flow.type === 'long_running' ? [make('span', { class: 'tag' }, 'long running')] : []),
    ...(isInStep(flow) ? [] : [make('span', { class: 'tag', 'data-kind': 'apart' }, 'not in step')])
  ]
}

/** What the scheduler runs has no hook. */
function isInStep({ repository, webhooks, orchestrator, cron }) {
  if (repository === 'inactive') return webhooks === null && orchestrator === null
  return repository === 'active' && orchestrator === 'started' && (cron ? webhooks === null : webhooks === 'started')
}

const KINDS = { active: 'up', started: 'up', inactive: 'down' }

function stateOf(status) {
  if (status === null) return make('span', { class: 'state', 'data-kind': 'down' }, 'none')
  return make('span', { class: 'state', 'data-kind': KINDS[status] ?? 'moving' }, status.replace(/-by-.*/, ''))
}
