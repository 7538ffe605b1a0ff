/** A flow as the Flow Repository keeps and shows it. */
export type FlowStatus = 'inactive' | 'starting' | 'active' | 'stopping'
export type FlowNode = {
  readonly id: string
  readonly componentId: string
  readonly function: string
  readonly name?: string
  readonly description?: string
  readonly credentials_id?: string
  readonly fields?: Readonly<Record<string, unknown>>
  readonly nodeSettings?: Readonly<Record<string, unknown>>
}
export type FlowEdge = {
  readonly id?: string
  readonly source: string
  readonly target: string
  readonly config?: { readonly condition?: string; readonly mapper?: unknown }
}
export type WebhookSettings = {
  readonly requireWebhookAuth?: boolean
  /** Also who is only of the same tenant may run it. */
  readonly allTenantUsers?: boolean
  /** Id of an API key at the secret service; with it nothing but the right HMAC opens the hook. */
  readonly hmacAuthSecret?: string
  /** Default `x-hmac`. */
  readonly hmacHeaderKey?: string
  /** Default `sha256`. */
  readonly hmacAlgorithm?: string
}
export type Flow = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly graph: { readonly nodes: readonly FlowNode[]; readonly edges: readonly FlowEdge[] }
  readonly type: 'ordinary' | 'long_running'
  readonly tenant: string
  readonly owners: readonly { readonly id: string; readonly type: string }[]
  readonly status: FlowStatus
  /** Empty: the flow is run by its hook. */
  readonly cron: string
  readonly flowSettings: { readonly webhooks?: WebhookSettings }
  readonly createdAt: string
  readonly updatedAt: string
}

export const isFlowId = (id: string): boolean => /^[0-9a-f]{24}$/i.test(id)
