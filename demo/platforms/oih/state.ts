import { randomBytes } from 'node:crypto'
import type { PlatformClock } from './clock.js'
import { createFaults, type Faults } from './faults.js'
import { AUTH_CLIENT, PROFILE_FLOW, REPORT_FLOW, SERVICE_ACCOUNT, SIGN_IN_FLOW } from './ids.js'

/** All that the demo hub remembers. */
export type PlatformState = {
  readonly clock: PlatformClock
  readonly stepMs: number
  /** Where `sendToFront` goes when a flow carries no correlation. */
  readonly callbackBase: string | null
  /** Components as those of the first trial: only what they knew of survives a step, the correlation does not. */
  readonly legacyComponents: boolean
  readonly payloadLimitBytes: number
  readonly corsOrigins: readonly string[]
  readonly flows: Map<string, Flow>
  readonly tokens: Map<string, Token>
  readonly pending: Map<string, PendingSignIn>
  readonly codes: Map<string, string>
  readonly secrets: Map<string, Secret>
  readonly requests: SeenRequest[]
  readonly callbacks: SentCallback[]
  readonly faults: Faults
  /** Known once the server listens. */
  url: string
  isStopped: boolean
}

export type FlowStatus = 'inactive' | 'starting' | 'active' | 'stopping'
export type FlowNode = { readonly id: string; readonly componentId: string; readonly function: string; readonly name: string }
export type Flow = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly graph: { readonly nodes: readonly FlowNode[]; readonly edges: readonly { readonly source: string; readonly target: string }[] }
  readonly type: 'ordinary'
  readonly owners: readonly { readonly id: string; readonly type: 'user' }[]
  readonly status: FlowStatus
  readonly cron: string
  readonly flowSettings: { readonly webhooks?: { readonly requireWebhookAuth: boolean } }
  readonly createdAt: string
  readonly updatedAt: string
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

export type StateOptions = Pick<PlatformState, 'clock' | 'stepMs' | 'callbackBase' | 'legacyComponents' | 'payloadLimitBytes' | 'corsOrigins'>

export function createState(options: StateOptions): PlatformState {
  const flows = new Map(
    [
      flow(SIGN_IN_FLOW, 'Sign-in', ['startAuth', 'sendToFront']),
      flow(PROFILE_FLOW, 'Profile', ['getMe', 'sendToFront']),
      flow(REPORT_FLOW, 'Stock report', ['makeReport', 'sendToFront'], true)
    ].map((one) => [one.id, one])
  )
  return {
    ...options,
    flows,
    tokens: new Map(),
    pending: new Map(),
    codes: new Map(),
    secrets: new Map(),
    requests: [],
    callbacks: [],
    faults: createFaults(),
    url: '',
    isStopped: false
  }
}

export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

const MADE_AT = '2030-01-01T00:00:00.000Z'

function flow(id: string, name: string, functions: readonly string[], requireWebhookAuth = false): Flow {
  const nodes = functions.map((called, index) => ({
    id: `step_${index + 1}-${called}`,
    componentId: AUTH_CLIENT.replace(/.$/, 'a'),
    function: called,
    name: called
  }))
  return {
    id,
    name,
    description: `${name} of the demo`,
    graph: { nodes, edges: nodes.slice(1).map((node, index) => ({ source: nodes[index]?.id ?? '', target: node.id })) },
    type: 'ordinary',
    owners: [{ id: SERVICE_ACCOUNT.id, type: 'user' }],
    status: 'active',
    cron: '',
    flowSettings: { webhooks: { requireWebhookAuth } },
    createdAt: MADE_AT,
    updatedAt: MADE_AT
  }
}
