/** The fixed names of the demo hub: what a gateway's configuration refers to. */
export const SIGN_IN_FLOW = '5f8d0c2be4a1b2001c3d4e51'
export const PROFILE_FLOW = '5f8d0c2be4a1b2001c3d4e52'
export const REPORT_FLOW = '5f8d0c2be4a1b2001c3d4e53'
export const GREENHOUSE_FLOW = '5f8d0c2be4a1b2001c3d4e54'
export const OPENING_HOURS_FLOW = '5f8d0c2be4a1b2001c3d4e55'
export const PRICE_UPDATE_FLOW = '5f8d0c2be4a1b2001c3d4e56'
export const STOCK_WATCH_FLOW = '5f8d0c2be4a1b2001c3d4e57'
/** The auth client that the sign-in flow's component uses at the secret service. */
export const AUTH_CLIENT = '5f8d0c2be4a1b2001c3d4e61'
export const COMPONENT = '5f8d0c2be4a1b2001c3d4e6a'
/** The API key by which callers of the price update sign, at the secret service. */
export const PRICE_UPDATE_KEY = { id: '5f8d0c2be4a1b2001c3d4e62', key: 'price-update-hmac-key' } as const
/** The shop that all but one of the flows belong to, and another one. */
export const TENANT = '5f8d0c2be4a1b2001c3d4e81'
export const OTHER_TENANT = '5f8d0c2be4a1b2001c3d4e82'
/** The service account of the gateway at IAM. */
export const SERVICE_ACCOUNT = {
  id: '5f8d0c2be4a1b2001c3d4e71',
  username: 'chat-gateway',
  password: 'chat-gateway-password',
  permissions: ['webhooks.execute', 'flows.read', 'flows.control', 'iam.token.introspect', 'logs.write']
} as const
export const OTHER_SHOP_ACCOUNT_ID = '5f8d0c2be4a1b2001c3d4e75'
export const AUDIT_ACCOUNT_ID = '5f8d0c2be4a1b2001c3d4e77'
