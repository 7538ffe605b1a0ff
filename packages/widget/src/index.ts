import { createClient } from '@parley/sdk'
import { TAG } from './chat-element.js'
import { chatElementClass } from './element.js'
import { provideRich } from './views/rich.js'

export { EVENT_NAMES, TAG } from './chat-element.js'
export type { ChatElement, EventName } from './chat-element.js'

/** Makes `<parley-chat>` known to the page; a second call, or a page that knows it already, changes nothing. */
export function defineChat(): void {
  if (typeof customElements !== 'undefined' && !customElements.get(TAG)) customElements.define(TAG, chatElementClass(createClient))
}

provideRich(() => import('./rich/index.js'))
defineChat()
