import { find, make } from '../../host/page/make.js'

/** The list of customers. A row stays as long as its customer, so that the focus does, too. */

const FLOORS = { bot: 'with the bot', waiting: 'waits for an agent', agent: 'with an agent', ended: 'ended' }
const rows = new Map()

/**
 * @param {object} customer
 * @param {(id: string) => void} choose
 */
export function showCustomer(customer, choose) {
  const known = rows.get(customer.id)
  const row = known ?? makeRow(customer.id, choose)
  rows.set(customer.id, row)
  row.name = nameOf(customer)
  row.button.replaceChildren(
    make('strong', {}, row.name),
    make('span', { class: 'soft' }, customer.id === '' ? 'no number' : customer.id),
    make('span', { class: 'tag', 'data-floor': customer.floor }, customer.isTyping ? 'typing' : FLOORS[customer.floor])
  )
  if (!known) find('customers').prepend(row.element)
  find('nobody').hidden = true
}

export const nameOf = ({ name, id }) => name || (id === '' ? 'Somebody' : id)

/** @param {string} id */
export function markChosen(id) {
  for (const [other, { button }] of rows) {
    if (other === id) button.setAttribute('aria-current', 'true')
    else button.removeAttribute('aria-current')
  }
}

/** Before what there was, on a line that came back. */
export function clearCustomers() {
  rows.clear()
  find('customers').replaceChildren()
  find('nobody').hidden = false
}

function makeRow(id, choose) {
  const button = make('button', { type: 'button', class: 'customer' })
  button.addEventListener('click', () => choose(id))
  return { element: make('li', {}, button), button, name: '' }
}
