import { randomUUID } from 'node:crypto'
import { careSheet, MENU, orderLink, plantCarousel, waitTime } from './bot-script.js'
import { describeBody } from './describe.js'
import { withOddities } from './oddities.js'
import type { SentState, State, WireBody } from './state.js'
import type { WebhookSender } from './webhook-sender.js'

/** One side that answers customers. Each promise tells what became of it, once that is certain. */
export interface Answering {
  say(customerId: string, text: string): Promise<SentState>
  typing(customerId: string): Promise<SentState>
  /** Default: the shop's menu. */
  menu(
    customerId: string,
    menu?: { readonly title: string; readonly items: readonly { readonly text: string; readonly payload: string }[] }
  ): Promise<SentState>
  /** Default: three plants. */
  carousel(customerId: string, items?: readonly WireBody[]): Promise<SentState>
  link(customerId: string, link?: { readonly title: string; readonly label: string; readonly url: string }): Promise<SentState>
  /** Default: a care sheet. */
  attachment(customerId: string, url?: string): Promise<SentState>
  waitTime(customerId: string, minutes?: number): Promise<SentState>
  /** A type that nobody knows. */
  unknown(customerId: string): Promise<SentState>
  end(customerId: string): Promise<SentState>
  /** Any body, as it stands; only the customer and, where there is none, an id are added. */
  send(customerId: string, body: WireBody): Promise<SentState>
}

const WAIT_MINUTES = 2
const PASSING: readonly unknown[] = ['typing_indicator']
/** Of these Pega gives no id. */
const WITHOUT_ID: readonly unknown[] = ['typing_indicator', 'csr_end_session', 'wait_time']

/** Makes bodies, shows them, and has them sent. Two sides share one, so that the wire's moods go by what was sent. */
export function createDispatch(state: State, sender: WebhookSender) {
  let count = 0

  function send(customerId: string, body: WireBody, isAgent: boolean): Promise<SentState> {
    const full = { ...(WITHOUT_ID.includes(body.type) ? {} : { message_id: `dms-${randomUUID()}` }), ...body, customer_id: customerId }
    if (PASSING.includes(body.type)) return sender.send(customerId, full, null)
    if (!state.customers.some(({ id }) => id === customerId)) state.setCustomer(customerId, {})
    const entry = state.addEntry({
      customerId,
      by: isAgent ? 'agent' : 'bot',
      ...describeBody(full),
      isRepeat: false,
      sent: { state: 'sending', status: null, attempts: 0 }
    })
    return sender.send(customerId, full, entry.number)
  }

  return {
    send,
    /** As the wire has it today. */
    sendOddly(customerId: string, body: WireBody, isAgent: boolean): Promise<SentState> {
      const odd = withOddities(body, { count, isAgent })
      if (body.type === 'text') count++
      return send(customerId, odd, isAgent)
    }
  }
}
type Dispatch = ReturnType<typeof createDispatch>

/** @param hush the bot says no more of what it was about to say */
export function createAnswering(
  parts: { readonly state: State; readonly dispatch: Dispatch; readonly hush: (customerId: string) => void },
  isAgent: boolean
): Answering {
  const { state, dispatch, hush } = parts
  /** Whoever answers has the floor. */
  const answer = (customerId: string, body: WireBody): Promise<SentState> => {
    hush(customerId)
    const floor = isAgent ? 'agent' : 'bot'
    if (state.customer(customerId).floor !== floor) state.setCustomer(customerId, { floor })
    return dispatch.sendOddly(customerId, body, isAgent)
  }
  return {
    say: (id, text) => answer(id, { type: 'text', text }),
    typing: (id) => dispatch.sendOddly(id, { type: 'typing_indicator' }, isAgent),
    menu: (id, menu) => answer(id, menu ? { type: 'menu', ...menu } : MENU),
    carousel: (id, items) => answer(id, items ? { type: 'carousel', items } : plantCarousel(state.url)),
    link: (id, link) => answer(id, link ? { type: 'link_button', ...link } : orderLink(state.url)),
    attachment: (id, url) => answer(id, url === undefined ? careSheet(state.url) : { type: 'text', text: '', attachments: [{ url }] }),
    waitTime: (id, minutes = WAIT_MINUTES) => answer(id, waitTime(minutes)),
    unknown: (id) => answer(id, { type: 'pega_card_v2', title: 'Something new' }),
    end(id) {
      const sent = answer(id, { type: 'csr_end_session' })
      state.setCustomer(id, { floor: 'ended' })
      return sent
    },
    send: (id, body) => dispatch.send(id, body, isAgent)
  }
}
