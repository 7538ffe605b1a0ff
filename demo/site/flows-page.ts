/** The page of those who run the flows: who one is decides which commands the chat offers. */

type Parley = (verb: string, ...args: unknown[]) => unknown

const parley: Parley = (verb, ...args) => (window as unknown as { readonly Parley: Parley }).Parley(verb, ...args)
const element = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no #${id}.`)
  return found
}
const told = element('told')
/** A real shop's server gives it to staff who have signed in, and to nobody else. */
const TOKEN_AGAIN_MS = 480_000
let renewal = 0

async function beOperator(): Promise<void> {
  const response = await fetch('/staff-token')
  if (!response.ok) throw new Error(`The shop's server gave no token (${response.status}).`)
  await parley('identify', await response.text())
  renewal = window.setTimeout(become, TOKEN_AGAIN_MS, 'operator')
}

async function become(who: string): Promise<void> {
  window.clearTimeout(renewal)
  told.textContent = 'One moment …'
  try {
    await (who === 'operator' ? beOperator() : parley('reset'))
    told.textContent =
      who === 'operator' ? 'You are the operator: the chat offers to start and to stop flows.' : 'You are a visitor: the chat offers to look and to run.'
  } catch (error) {
    told.textContent = error instanceof Error ? error.message : String(error)
  }
}

/** One after the other: who chooses quickly ends as what was chosen last. */
let changing = Promise.resolve()

for (const choice of document.querySelectorAll<HTMLInputElement>('input[name="who"]')) {
  choice.addEventListener('change', () => {
    changing = changing.then(() => become(choice.value))
  })
}
