/** The fixed names of the demo hub: what a gateway's configuration refers to. */
export const SIGN_IN_FLOW = '5f8d0c2be4a1b2001c3d4e51'
export const PROFILE_FLOW = '5f8d0c2be4a1b2001c3d4e52'
export const REPORT_FLOW = '5f8d0c2be4a1b2001c3d4e53'
/** The auth client that the sign-in flow's component uses at the secret service. */
export const AUTH_CLIENT = '5f8d0c2be4a1b2001c3d4e61'
/** The service account of the gateway at IAM. */
export const SERVICE_ACCOUNT = {
  id: '5f8d0c2be4a1b2001c3d4e71',
  username: 'chat-gateway',
  password: 'chat-gateway-password',
  permissions: ['webhooks.execute', 'flows.read', 'flows.control', 'iam.token.introspect']
} as const
