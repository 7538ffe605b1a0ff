import { find } from '../../host/page/make.js'
import { clearCustomers, markChosen, nameOf, showCustomer } from './customers.js'
import { sentInWords, showEntry, showExchange } from './exchange.js'
import { showSwitches, watchSwitches } from './switches.js'

/** Holds the line to the platform, draws what comes over it, and sends what is answered. The browser opens it again by itself. */

const HOME = '/platforms/pega-dms'
const LINE = { live: 'Live', waiting: 'Connecting', lost: 'Not connected, trying again' }
const DONE = { typing: 'The customer sees that you type.' }
const FAILED = ['refused', 'lost']
const customers = new Map()
let entries = []
let chosen = null
const [form, text] = [find('answer'), find('text')]

function showLine(state) {
  const line = find('line')
  line.dataset.state = state
  line.textContent = LINE[state]
}

function say(words, isProblem = false) {
  const said = find('said')
  said.textContent = words
  said.toggleAttribute('data-problem', isProblem)
}

/** @returns whether it was done */
async function ask(path, body) {
  try {
    const response = await fetch(`${HOME}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    if (response.ok) return true
    say((await response.json()).message ?? `The platform refused (${response.status}).`, true)
  } catch {
    say('The platform cannot be reached.', true)
  }
  return false
}

function choose(id) {
  chosen = id
  markChosen(id)
  showTalk()
  showExchange(
    entries.filter(({ customerId }) => customerId === id),
    nameOf(customers.get(id))
  )
  say('')
}

function showTalk() {
  const customer = chosen === null ? undefined : customers.get(chosen)
  for (const control of form.elements) control.disabled = !customer
  find('with').textContent = customer ? nameOf(customer) : 'No customer chosen'
  find('typing').textContent = customer?.isTyping ? `${nameOf(customer)} is typing` : ''
}

function takeCustomer(customer) {
  customers.set(customer.id, customer)
  showCustomer(customer, choose)
  if (chosen === null) choose(customer.id)
  else if (chosen === customer.id) showTalk()
}

function takeEntry(entry) {
  const index = entries.findIndex(({ number }) => number === entry.number)
  entries = index < 0 ? [...entries, entry] : entries.with(index, entry)
  if (entry.customerId === chosen) showEntry(entry, nameOf(customers.get(chosen)))
  if (FAILED.includes(entry.sent?.state)) say(`${nameOf(customers.get(entry.customerId))} did not get a message: ${sentInWords(entry.sent)}.`, true)
}

async function answer(deed, words) {
  const body = { customer: chosen, as: form.elements.as.value, deed, ...(words === undefined ? {} : { text: words }) }
  const isDone = await ask('answers', body)
  if (isDone) say(DONE[deed] ?? '')
  return isDone
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const words = text.value
  if (words.trim() === '') return text.focus()
  text.value = ''
  // What could not be sent is given back, unless something else was written meanwhile.
  if (!(await answer('say', words)) && text.value === '') text.value = words
})
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  form.requestSubmit()
})
for (const button of form.querySelectorAll('[data-deed]')) button.addEventListener('click', () => answer(button.dataset.deed))
// Without bullets Safari takes a list for none.
find('customers').setAttribute('role', 'list')
watchSwitches(ask)
showTalk()

const stream = new EventSource(`${HOME}/stream`)
const on = (name, draw) => stream.addEventListener(name, (event) => draw(JSON.parse(event.data)))

stream.addEventListener('open', () => showLine('live'))
stream.addEventListener('error', () => showLine('lost'))
on('snapshot', (all) => {
  const before = chosen
  chosen = null
  customers.clear()
  clearCustomers()
  entries = all.entries
  for (const customer of all.customers) {
    customers.set(customer.id, customer)
    showCustomer(customer, choose)
  }
  const next = customers.has(before) ? before : all.customers.at(-1)?.id
  if (next === undefined) {
    showExchange([], '')
    showTalk()
  } else choose(next)
  showSwitches(all.switches)
})
on('customer', takeCustomer)
on('entry', takeEntry)
on('switches', showSwitches)
