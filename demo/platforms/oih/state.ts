import { randomBytes } from 'node:crypto'
import { type Bus, createBus } from './bus.js'
import type { PlatformClock } from './clock.js'
import { demoFlows, type Results } from './demo-flows.js'
import { createFaults, type Faults } from './faults.js'
import type { Flow } from './flow.js'
import { PRICE_UPDATE_KEY } from './ids.js'
import { createListeners, type Listeners } from './listeners.js'

/** What the services of the demo hub share: one broker, and what is not theirs alone. */
export type PlatformState = {
  readonly clock: PlatformClock
  readonly stepMs: number
  readonly tickMs: number
  readonly bus: Bus
  /** Told whenever a service sees a flow otherwise than before. */
  readonly changes: Listeners<void>
  /** Where `sendToFront` goes when a flow carries no correlation. */
  readonly callbackBase: string | null
  /** Components as those of the first trial: only what they knew of survives a step, the correlation does not. */
  readonly legacyComponents: boolean
  readonly payloadLimitBytes: number
  readonly corsOrigins: readonly string[]
  /** The Flow Repository's own; what else knows of flows has it from events. */
  readonly flows: Map<string, Flow>
  readonly tokens: Map<string, Token>
  readonly pending: Map<string, PendingSignIn>
  readonly codes: Map<string, string>
  readonly secrets: Map<string, Secret>
  /** Keys that callers of a hook sign with. */
  readonly apiKeys: ReadonlyMap<string, string>
  readonly requests: SeenRequest[]
  readonly callbacks: SentCallback[]
  readonly faults: Faults
  /** Known once the server listens. */
  url: string
}

export type Token = { readonly accountId: string; readonly expiresAt: number }
export type PendingSignIn = {
  readonly clientId: string
  readonly scope: string
  readonly secretName: string
  readonly successUrl: string | null
  readonly expiresAt: number
}
export type Secret = {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly account: string
  readonly scope: string
  readonly accessToken: string
}
export type SeenRequest = { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }
export type SentCallback = { readonly url: string; readonly body: string; readonly status: number | null }

export type StateOptions = Pick<PlatformState, 'clock' | 'stepMs' | 'tickMs' | 'callbackBase' | 'legacyComponents' | 'payloadLimitBytes' | 'corsOrigins'> & {
  readonly results: Results | null
  /** Flows that run from the beginning, besides those that always do. */
  readonly started: readonly string[]
}

export function createState({ results, started, ...options }: StateOptions): PlatformState {
  const faults = createFaults()
  const flows = demoFlows(results).map((flow): Flow => (started.includes(flow.id) ? { ...flow, status: 'active' } : flow))
  return {
    ...options,
    faults,
    bus: createBus({ clock: options.clock, faults }),
    changes: createListeners<void>(),
    flows: new Map(flows.map((flow) => [flow.id, flow])),
    tokens: new Map(),
    pending: new Map(),
    codes: new Map(),
    secrets: new Map(),
    apiKeys: new Map([[PRICE_UPDATE_KEY.id, PRICE_UPDATE_KEY.key]]),
    requests: [],
    callbacks: [],
    url: ''
  }
}

export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** How much of what went by is kept, for tests and for whoever looks. */
const KEPT = 2_000

/** Adds to a list that grows no further than that. */
export function keep<Item>(list: Item[], item: Item): void {
  list.push(item)
  if (list.length > KEPT) list.shift()
}
