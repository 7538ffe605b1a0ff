import type { Flow } from './flow.js'
import { bearerOf, introspect, login } from './iam.js'
import { type Account, holds, owns } from './people.js'
import { isHmacOf } from './secrets.js'
import type { PlatformState } from './state.js'

/** Who may run a flow by its hook (services/webhooks/src/request-handlers/post.js). Only POST is looked at. */

type Call = { readonly header: (name: string) => string | undefined; readonly rawBody: string }

/** Off unless the flow asks for it; then an HMAC where one is set up, else a token of IAM, or user name and password. */
export function mayRun(state: PlatformState, flow: Flow, { header, rawBody }: Call): boolean {
  const { requireWebhookAuth, hmacAuthSecret, hmacHeaderKey = 'x-hmac', hmacAlgorithm = 'sha256', allTenantUsers } = flow.flowSettings.webhooks ?? {}
  if (!requireWebhookAuth) return true
  // A wrong one is the end of it: a token does not help.
  if (hmacAuthSecret) return isHmacOf(state, hmacAuthSecret, { value: header(hmacHeaderKey), algorithm: hmacAlgorithm, rawBody })
  const account = accountOf(state, header('authorization'))
  if (!account || !holds(account, 'webhooks.execute')) return false
  return owns(account, flow) || (allTenantUsers === true && account.tenant === flow.tenant)
}

function accountOf(state: PlatformState, header: string | undefined): Account | null {
  const [, basic] = /^Basic (.+)$/.exec(header ?? '') ?? []
  if (basic === undefined) return introspect(state, bearerOf(header))
  const [username = '', ...password] = Buffer.from(basic, 'base64').toString().split(':')
  const found = login(state, username, password.join(':'))
  return 'account' in found ? found.account : null
}
