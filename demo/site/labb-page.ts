/** The page without a gateway: the engine runs here, and talks to a Labb Chat Hook as whoever was chosen. */
import { lch } from '@parley/connectors/lch'
import { inPage } from '@parley/engine/in-page'
import { type Client, createClient } from '@parley/sdk'
import { type ChatElement, defineChat } from '@parley/widget'

type Customer = { readonly id: string; readonly name: string }

const url = document.querySelector<HTMLScriptElement>('script[data-labb]')?.dataset.labb ?? location.origin
const find = <Kind extends Element>(selector: string, kind: new () => Kind): Kind => {
  const found = document.querySelector(selector)
  if (found instanceof kind) return found
  throw new Error(`The page has no ${selector}.`)
}
const form = find('#who', HTMLFormElement)
const other = find('#other', HTMLFieldSetElement)
const told = find('#told', HTMLElement)
const place = find('#place', HTMLElement)

const KNOWN: Customer = { id: '4711', name: 'Mara' }
const NOBODY: Customer = { id: '', name: 'Guest' }

let client: Client | null = null
defineChat()

/** Ends what the one before had begun, on the other side too, and begins anew. */
async function become(customer: Customer): Promise<void> {
  const before = client
  client = null
  told.textContent = 'One moment …'
  // Without a line there is nobody to be told that it ends.
  if (before?.$connection.get().state === 'online' && before.conversation.$status.get() === 'open') await before.conversation.end()
  before?.close()
  const chat = document.createElement('parley-chat') as ChatElement
  chat.setAttribute('mode', 'inline')
  client = createClient({ transport: inPage({ connector: lch({ url, customer, name: 'Larch & Loam' }), name: `labb ${url}` }) })
  chat.client = client
  place.replaceChildren(chat)
  told.textContent = customer.id === '' ? 'You are somebody without a number.' : `You are ${customer.name}, customer ${customer.id}.`
}

/** One after the other: who chooses quickly ends as what was chosen last. */
let changing = Promise.resolve()
function change(customer: Customer): void {
  changing = changing
    .then(() => become(customer))
    .catch((error: unknown) => {
      told.textContent = error instanceof Error ? error.message : String(error)
    })
}

form.addEventListener('change', (event) => {
  const choice = event.target
  if (!(choice instanceof HTMLInputElement) || choice.name !== 'who') return
  other.hidden = choice.value !== 'other'
  if (choice.value === 'known') change(KNOWN)
  else if (choice.value === 'none') change(NOBODY)
  else find('#other input', HTMLInputElement).focus()
})

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const given = new FormData(form)
  const [id, name] = [String(given.get('number') ?? '').trim(), String(given.get('name') ?? '').trim()]
  if (!other.hidden && id !== '' && name !== '') change({ id, name })
})

change(KNOWN)
