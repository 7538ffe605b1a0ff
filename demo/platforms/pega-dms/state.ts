import { createListeners, type Listeners } from '../oih/listeners.js'
import type { PlatformClock } from '../oih/clock.js'
import { createFaults, type Faults } from './faults.js'

/** What the platform knows: customers, what was said, and what is broken. */

/** Who answers: `waiting` is for an agent. */
export type Floor = 'bot' | 'waiting' | 'agent' | 'ended'
export type Customer = {
  /** As the customer's side chose it; may be empty. */
  readonly id: string
  readonly name: string
  readonly floor: Floor
  readonly isTyping: boolean
  readonly context: Readonly<Record<string, string>>
}

/**
 * What became of a message to a customer. `sending`: no answer yet. `retrying`: it is tried again. `refused`: the other side
 * does not want it. `lost`: given up. `status`: the last answer's; `null` where there was none.
 */
export type DeliveryState = 'sending' | 'delivered' | 'retrying' | 'refused' | 'lost'
export type SentState = { readonly state: DeliveryState; readonly status: number | null; readonly attempts: number }

/** One line of an exchange, as the page shows it. */
export type Entry = {
  readonly number: number
  readonly at: number
  readonly customerId: string
  readonly by: 'customer' | 'bot' | 'agent'
  readonly type: string
  readonly text: string
  /** What may be chosen or opened, in words. */
  readonly items: readonly string[]
  /** A message that came before under the same id. */
  readonly isRepeat: boolean
  /** `null` of what came from the customer. */
  readonly sent: SentState | null
}

export type WireBody = Readonly<Record<string, unknown>>
/** `status` 0: no answer was given. */
export type SeenRequest = { readonly status: number; readonly connectionId: string | null; readonly body: unknown }
export type Change =
  | { readonly event: 'customer'; readonly data: Customer }
  | { readonly event: 'entry'; readonly data: Entry }
  | { readonly event: 'switches'; readonly data: Switches }
export type Switches = { readonly faults: readonly string[]; readonly isBotOn: boolean }

export interface State {
  readonly clock: PlatformClock
  readonly stepMs: number
  readonly issuer: string
  readonly secret: string
  readonly faults: Faults
  readonly changes: Listeners<Change>
  readonly customers: readonly Customer[]
  readonly entries: readonly Entry[]
  /** What was taken, in order, as it came. */
  readonly received: WireBody[]
  /** Each request for a message, whatever became of it. */
  readonly requests: SeenRequest[]
  readonly switches: Switches
  isBotOn: boolean
  webhookUrl: string | null
  /** Whether the webhook's requests carry a token, as they should. */
  isSigning: boolean
  /** Known once the server listens. */
  url: string
  customer(id: string): Customer
  setCustomer(id: string, change: Partial<Omit<Customer, 'id'>>): Customer
  addEntry(entry: Omit<Entry, 'number' | 'at'>): Entry
  setSent(number: number, sent: SentState): void
  setBot(isOn: boolean): void
}

export type StateOptions = Pick<State, 'clock' | 'stepMs' | 'issuer' | 'secret' | 'isBotOn' | 'webhookUrl' | 'isSigning'>

/** How much of what went by is kept, for the page and for tests. */
const KEPT = 2_000
const CUSTOMERS_KEPT = 500

/** Adds to a list that grows no further than that. */
export function keep<Item>(list: Item[], item: Item): void {
  list.push(item)
  if (list.length > KEPT) list.shift()
}

export function createState(options: StateOptions): State {
  const changes = createListeners<Change>()
  const customers = new Map<string, Customer>()
  const entries: Entry[] = []
  let entryCount = 0
  const tellSwitches = (): void => changes.tell({ event: 'switches', data: state.switches })
  const fresh = (id: string): Customer => ({ id, name: '', floor: 'bot', isTyping: false, context: {} })

  const state: State = {
    ...options,
    faults: createFaults(tellSwitches),
    changes,
    entries,
    received: [],
    requests: [],
    url: '',
    get customers() {
      return [...customers.values()]
    },
    get switches() {
      return { faults: state.faults.kinds, isBotOn: state.isBotOn }
    },
    customer: (id) => customers.get(id) ?? fresh(id),
    setCustomer(id, change) {
      const customer = { ...state.customer(id), ...change }
      customers.set(id, customer)
      for (const oldest of customers.keys()) if (customers.size > CUSTOMERS_KEPT) customers.delete(oldest)
      changes.tell({ event: 'customer', data: customer })
      return customer
    },
    addEntry(entry) {
      const added = { ...entry, number: ++entryCount, at: options.clock.now() }
      keep(entries, added)
      changes.tell({ event: 'entry', data: added })
      return added
    },
    setSent(number, sent) {
      const index = entries.findIndex((entry) => entry.number === number)
      const before = entries[index]
      if (!before) return
      const entry = { ...before, sent }
      entries[index] = entry
      changes.tell({ event: 'entry', data: entry })
    },
    setBot(isOn) {
      state.isBotOn = isOn
      tellSwitches()
    }
  }
  return state
}
