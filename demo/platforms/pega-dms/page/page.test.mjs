// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'

/** The page's drawing, in a document of its own each time. */
let customers
let exchange
let switches
const chosen = []

beforeEach(async () => {
  const [, body = ''] = /<body>(.*)<\/body>/s.exec(readFileSync('demo/platforms/pega-dms/page/index.html', 'utf8')) ?? []
  document.body.replaceChildren(...new DOMParser().parseFromString(body, 'text/html').body.children)
  chosen.length = 0
  vi.resetModules()
  customers = await import('./customers.js')
  exchange = await import('./exchange.js')
  switches = await import('./switches.js')
})

const MARA = { id: 'c-1', name: 'Mara', floor: 'bot', isTyping: false }
const show = (customer) => customers.showCustomer(customer, (id) => chosen.push(id))
const rows = () => [...document.querySelectorAll('#customers button')].map((row) => [...row.children].map((part) => part.textContent))
const entry = (number, more = {}) => ({
  number,
  at: 0,
  customerId: 'c-1',
  by: 'agent',
  type: 'text',
  text: 'Hello',
  items: [],
  isRepeat: false,
  sent: null,
  ...more
})
const messages = () =>
  [...document.querySelectorAll('.message')].map((line) => [...line.querySelectorAll('strong, .tag, .text, li, .sent')].map((part) => part.textContent))
const sent = (state, status = null, attempts = 1) => ({ sent: { state, status, attempts } })

test('a customer’s row says who they are with, and stays with the focus while that changes', () => {
  show(MARA)
  const row = document.querySelector('#customers button')
  row.focus()
  show({ ...MARA, floor: 'waiting' })
  show({ id: '', name: '', floor: 'ended', isTyping: false })
  show({ ...MARA, floor: 'agent', isTyping: true })
  row.click()
  customers.markChosen('c-1')
  expect([rows(), chosen]).toEqual([
    [
      ['Somebody', 'no number', 'ended'],
      ['Mara', 'c-1', 'typing']
    ],
    ['c-1']
  ])
  expect([document.activeElement === row, row.getAttribute('aria-current'), document.querySelector('#nobody').hidden]).toEqual([true, 'true', true])
  customers.clearCustomers()
  expect([rows(), document.querySelector('#nobody').hidden]).toEqual([[], false])
})

test('a message says who said what, and what became of it as that is known', () => {
  exchange.showExchange(
    [
      entry(1, { by: 'customer', items: ['Chose order'], isRepeat: true }),
      entry(2, { by: 'bot', type: 'menu', text: 'Which?', items: ['Pots'], ...sent('sending') })
    ],
    'Mara'
  )
  expect(messages()).toEqual([
    ['Mara', 'came again', 'Hello', 'Chose order'],
    ['Bot', 'Menu', 'Which?', 'Pots', 'Sending']
  ])
  const line = document.querySelectorAll('.message')[1]
  const states = [sent('retrying', 500), sent('retrying'), sent('refused', 404), sent('lost', 503, 6), sent('delivered', 200, 2), sent('delivered', 200)]
  expect(
    states.map((more) => {
      exchange.showEntry(entry(2, more), 'Mara')
      return line.querySelector('.sent').textContent
    })
  ).toEqual(['Trying again (500)', 'Trying again (no answer)', 'Refused (404)', 'Not delivered (503)', 'Delivered at attempt 2', 'Delivered'])
  exchange.showExchange([entry(9, { type: 'pega_card_v2', text: '' })], 'Mara')
  expect(messages()).toEqual([['Agent', 'pega_card_v2']])
})

test('a switch shows what the platform says, and goes back when it refuses', async () => {
  const asked = []
  let isDone = true
  switches.watchSwitches(async (path, body) => {
    asked.push([path, body])
    return isDone
  })
  switches.showSwitches({ faults: ['late'], isBotOn: true })
  const on = () => [...document.querySelectorAll('[role=switch]')].filter(({ checked }) => checked).map(({ id, dataset }) => id || dataset.fault)
  expect(on()).toEqual(['bot', 'late'])
  document.querySelector('[data-fault=down]').click()
  isDone = false
  document.querySelector('#bot').click()
  await vi.waitFor(() => expect(on()).toEqual(['bot', 'down', 'late']))
  expect(asked).toEqual([
    ['faults', { fault: 'down', isOn: true }],
    ['bot', { isOn: false }]
  ])
})

test('what somebody says is text, never HTML', () => {
  const evil = '<img src=x onerror=alert(1)>'
  show({ id: evil, name: evil, floor: evil, isTyping: false })
  exchange.showExchange([entry(1, { type: evil, text: evil, items: [evil], ...sent(evil) })], evil)
  expect(document.querySelectorAll('main img, main script')).toHaveLength(0)
  expect(messages()).toEqual([['Agent', evil, evil, evil, 'Not delivered (no answer)']])
})
