import type { Client } from '@parley/sdk'
import { TAG, type ChatElement } from '../chat-element.js'
import { chatElementClass, type CreateClient } from '../element.js'
import { loadRich, provideRich } from '../views/rich.js'

provideRich(() => import('../rich/index.js'))

let create: CreateClient = () => {
  throw new Error('this test gave no client')
}

/** The element, defined once for all tests of a file; `createClient` is what the current test says. */
export function defineForTests(next: CreateClient): void {
  create = next
  if (!customElements.get(TAG))
    customElements.define(
      TAG,
      chatElementClass((options) => create(options))
    )
}

/** The open chat of a client, with all its views at hand. */
export async function mountOpen(client: Client): Promise<ChatElement> {
  defineForTests(() => client)
  await loadRich()
  const element = document.createElement(TAG) as ChatElement
  element.client = client
  document.body.append(element)
  element.open()
  return element
}

/** Lets Preact draw what has changed. */
export const drawn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

export function type(field: HTMLElement, text: string): Promise<void> {
  if (!(field instanceof HTMLTextAreaElement)) throw new Error('not a field')
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  return drawn()
}

export function press(field: HTMLElement, key: string, more: KeyboardEventInit = {}): Promise<void> {
  field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  return drawn()
}
