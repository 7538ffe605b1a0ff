import type { ConnectorPort } from '@parley/engine'
import { createAuditor } from '../auditor.js'
import type { OihConfig } from '../config.js'
import { readErrors, readJson } from '../flows/answers.js'
import type { AskPlatform } from '../platform/request.js'
import { type Account, readAccount } from './introspection.js'

/** `nobody`: the token is not known there, or has ended. `fault`: IAM cannot tell now. */
export type Introspected =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'fault'; readonly why: string }

/** Asks IAM whose token one is. The token is in the body of the question and nowhere else. */
export type Introspect = (token: string) => Promise<Introspected>

export function createIntrospect(port: ConnectorPort, { partner, iamUrl }: Pick<OihConfig, 'partner' | 'iamUrl'>, ask: AskPlatform): Introspect {
  const audit = createAuditor(port)
  let isForbidden = false

  /** Once for each change: a page that cannot enter asks again and again. */
  async function reportForbidden(): Promise<void> {
    if (isForbidden) return
    isForbidden = true
    port.log.error({ inbox: port.inbox }, `this gateway's account needs the permission iam.token.introspect at ${partner}`)
    await audit({ name: 'platform.refused', fields: { permission: 'iam.token.introspect' } })
  }

  return async (token) => {
    const answer = await ask({ method: 'POST', url: `${iamUrl}/api/v1/tokens/introspect`, json: { token } })
    if (answer.kind !== 'answer') return { kind: 'fault', why: answer.kind }
    const body = readJson(answer.text)
    const account = answer.status === 200 ? readAccount(body) : null
    const isTheirs = readErrors(body) !== null
    if (account || (answer.status === 404 && isTheirs)) {
      isForbidden = false
      return account ? { kind: 'account', account } : { kind: 'nobody' }
    }
    if (answer.status === 403 && isTheirs) await reportForbidden()
    return { kind: 'fault', why: answer.status === 200 ? 'an answer without an account' : `status ${answer.status}` }
  }
}
