import type { Flow, FlowNode, WebhookSettings } from './flow.js'
import {
  COMPONENT,
  GREENHOUSE_FLOW,
  OPENING_HOURS_FLOW,
  OTHER_SHOP_ACCOUNT_ID,
  OTHER_TENANT,
  PRICE_UPDATE_FLOW,
  PRICE_UPDATE_KEY,
  PROFILE_FLOW,
  REPORT_FLOW,
  SERVICE_ACCOUNT,
  SIGN_IN_FLOW,
  STOCK_WATCH_FLOW,
  TENANT
} from './ids.js'

/** The flows of a garden shop, as its hub has them before anybody starts or stops one. */

/** Where flows that nobody asked for a result bring it, and what opens that door. */
export type Results = { readonly url: string; readonly token: string }

type Described = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly steps: readonly (string | Omit<FlowNode, 'id' | 'componentId'>)[]
  readonly isActive?: boolean
  readonly type?: Flow['type']
  readonly cron?: string
  readonly webhooks?: WebhookSettings
}

const TOKEN_WANTED: WebhookSettings = { requireWebhookAuth: true }

const ASKED: readonly Described[] = [
  { id: SIGN_IN_FLOW, name: 'Sign-in', description: 'Connects an account at the demo provider', steps: ['startAuth', 'sendToFront'], isActive: true },
  { id: PROFILE_FLOW, name: 'Profile', description: 'Shows the connected account', steps: ['getMe', 'sendToFront'], isActive: true },
  {
    id: REPORT_FLOW,
    name: 'Stock report',
    description: 'What is on the shelves, as a table and a chart',
    steps: ['makeReport', 'sendToFront'],
    isActive: true,
    webhooks: TOKEN_WANTED
  },
  {
    id: GREENHOUSE_FLOW,
    name: 'Count the greenhouse',
    description: 'Walks through six houses and says how far it is',
    steps: ['countGreenhouse', 'sendToFront'],
    isActive: true,
    type: 'long_running',
    webhooks: TOKEN_WANTED
  },
  { id: OPENING_HOURS_FLOW, name: 'Opening hours', description: 'When the shop is open on a day', steps: ['readHours', 'sendToFront'], isActive: true },
  {
    id: PRICE_UPDATE_FLOW,
    name: 'Price update',
    description: 'Takes new prices from whoever signs with the shared key',
    steps: ['takePrice', 'sendToFront'],
    isActive: true,
    webhooks: { requireWebhookAuth: true, hmacAuthSecret: PRICE_UPDATE_KEY.id, hmacHeaderKey: 'x-hmac', hmacAlgorithm: 'sha256' }
  }
]

/** Flows of a season that is over, or not there yet: they only answer with what they were given. */
const AT_REST: readonly (readonly [name: string, description: string, more?: Partial<Described>])[] = [
  ['Order confirmation', 'Writes to a customer when an order is packed'],
  ['Seed catalogue import', 'Takes over the growers’ list', { cron: '0 4 * * 1' }],
  ['Frost warning', 'Asks the weather service before a cold night', { cron: '30 16 * 10-12 *' }],
  ['Return a tool', 'Opens a repair or a return', { webhooks: TOKEN_WANTED }],
  ['Invoice archive', 'Files invoices of the month', { cron: '0 2 1 * *', type: 'long_running' }],
  ['Newsletter sign-up', 'Adds an address after it was confirmed'],
  ['Delivery slots', 'Offers free hours of the van']
]

/** @param results where the stock watch reports; without it, it looks and tells nobody */
export function demoFlows(results: Results | null): readonly Flow[] {
  const watch: Described = {
    id: STOCK_WATCH_FLOW,
    name: 'Stock watch',
    description: 'Looks every minute for shelves that run low',
    steps: ['watchStock', { function: 'sendResult', fields: results ? { replyUrl: `${results.url}/${STOCK_WATCH_FLOW}`, replyToken: results.token } : {} }],
    cron: '* * * * *'
  }
  const atRest = AT_REST.map(([name, description, more], index) => ({
    id: `5f8d0c2be4a1b2001c3d4f${(index + 1).toString(16).padStart(2, '0')}`,
    name,
    description,
    steps: ['echo', 'sendToFront'],
    ...more
  }))
  const own = [...ASKED, watch, ...atRest].map((described, index) => flowOf(described, index))
  const foreign = flowOf(
    { id: '5f8d0c2be4a1b2001c3d4fff', name: 'Payroll export', description: 'Of another shop on the same hub', steps: ['echo'] },
    own.length
  )
  return [...own, { ...foreign, tenant: OTHER_TENANT, owners: [{ id: OTHER_SHOP_ACCOUNT_ID, type: 'user' }] }]
}

const FIRST_MADE_AT = Date.UTC(2030, 0, 1)

function flowOf({ id, name, description, steps, isActive, type, cron, webhooks }: Described, index: number): Flow {
  const nodes = steps.map((step, place) => {
    const described = typeof step === 'string' ? { function: step } : step
    return { id: `step_${place + 1}-${described.function}`, componentId: COMPONENT, name: described.function, ...described }
  })
  const madeAt = new Date(FIRST_MADE_AT + index * 3_600_000).toISOString()
  return {
    id,
    name,
    description,
    graph: { nodes, edges: nodes.slice(1).map((node, place) => ({ id: `edge_${place + 1}`, source: nodes[place]?.id ?? '', target: node.id })) },
    type: type ?? 'ordinary',
    tenant: TENANT,
    owners: [
      { id: SERVICE_ACCOUNT.id, type: 'user' },
      { id: TENANT, type: 'tenant' }
    ],
    status: isActive ? 'active' : 'inactive',
    cron: cron ?? '',
    flowSettings: { webhooks: webhooks ?? { requireWebhookAuth: false } },
    createdAt: madeAt,
    updatedAt: madeAt
  }
}
