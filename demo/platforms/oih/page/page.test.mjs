// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'

/** The page's drawing, in a document of its own each time. */
let showFlows
let records
const asked = []

beforeEach(async () => {
  const [, body = ''] = /<body>(.*)<\/body>/s.exec(readFileSync('demo/platforms/oih/page/index.html', 'utf8')) ?? []
  document.body.replaceChildren(...new DOMParser().parseFromString(body, 'text/html').body.children)
  asked.length = 0
  vi.resetModules()
  ;({ showFlows } = await import('./flow-rows.js'))
  records = await import('./records.js')
})

const REST = {
  id: 'a',
  name: 'Orders',
  description: 'Writes',
  type: 'ordinary',
  cron: '',
  repository: 'inactive',
  webhooks: null,
  orchestrator: null,
  dueAt: null
}
const show = (...flows) => showFlows(flows, (id, verb) => asked.push(`${verb} ${id}`))
const rowTexts = () =>
  [...document.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('strong, .tag, .state, button')].map((part) => part.textContent))

test('a flow’s row shows three views, and offers a start only to what rests', () => {
  show(REST)
  expect(rowTexts()).toEqual([['Orders', 'inactive', 'none', 'none', 'Start']])
  show({ ...REST, repository: 'starting', webhooks: 'starting', orchestrator: 'preparing-by-orchestrator-1' })
  expect(rowTexts()).toEqual([['Orders', 'not in step', 'starting', 'starting', 'preparing', 'Stop']])
  show({ ...REST, repository: 'active', webhooks: 'started', orchestrator: 'started' })
  expect(rowTexts()).toEqual([['Orders', 'active', 'started', 'started', 'Stop']])
  show({ ...REST, cron: '* * * * *', repository: 'active', orchestrator: 'started' })
  expect(rowTexts()).toEqual([['Orders', 'cron * * * * *', 'active', 'none', 'started', 'Stop']])
  show()
  expect(rowTexts()).toEqual([])
})

test('a row stays while its flow changes, with the focus, and what changed is said once', () => {
  expect(show(REST)).toEqual([])
  const button = document.querySelector('tbody button')
  button.focus()
  button.click()
  expect(show({ ...REST, repository: 'starting' })).toEqual(['Orders is starting.'])
  expect(show({ ...REST, repository: 'starting', webhooks: 'starting' })).toEqual([])
  button.click()
  expect([document.activeElement === button, button.getAttribute('aria-label'), asked]).toEqual([true, 'Stop Orders', ['start a', 'stop a']])
})

test('events come on top, bounded; one that is told again as lost takes its own place', () => {
  show(REST)
  const event = (number, lostBy = []) => ({ number, at: 0, name: `flow.${number}`, service: 'webhooks', flow: 'a', lostBy })
  for (let number = 1; number <= 130; number++) records.showEvent(event(number))
  records.showEvent(event(129, ['scheduler']))
  const items = [...document.querySelectorAll('#events li')].map((item) => [...item.querySelectorAll('strong, .soft, .tag')].map((part) => part.textContent))
  expect(items.slice(0, 2)).toEqual([
    ['flow.130', 'Orders, by webhooks'],
    ['flow.129', 'Orders, by webhooks', 'lost by scheduler']
  ])
  expect(items).toHaveLength(100)
  records.clearRecords()
  expect(document.querySelectorAll('#events li')).toHaveLength(0)
})

test('what a record or a flow says is text, never HTML', () => {
  const evil = '<img src=x onerror=alert(1)>'
  show({ ...REST, name: evil, description: evil, cron: evil })
  records.showRecord({ at: 0, name: evil, service: evil, payload: { [evil]: evil, list: [evil] } })
  expect(document.querySelectorAll('main img, main script')).toHaveLength(0)
  expect(document.querySelector('#audit').textContent).toContain(`${evil}: ${evil}, list: ["${evil}"]`)
})
