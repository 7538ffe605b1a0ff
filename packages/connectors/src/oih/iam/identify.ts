import type { ConnectorIdentity, ConnectorPort } from '@parley/engine'
import type { WireError } from '@parley/protocol'
import { createAuditor } from '../auditor.js'
import type { OihConfig } from '../config.js'
import { readErrors, readJson } from '../flows/answers.js'
import type { AskPlatform } from '../platform/request.js'
import { identityOf } from './introspection.js'

/** Opaque tokens are Base64 of 128 random bytes, those of OIDC are JWTs. Nothing else is worth a question. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{20,4096}$/

/**
 * Whom a visitor's own token of the platform names.
 * @throws when IAM cannot tell now: the engine says so, and the page asks again
 */
export function createIdentify(port: ConnectorPort, config: OihConfig, ask: AskPlatform): (token: string) => Promise<ConnectorIdentity | WireError> {
  const { partner, iamUrl, operatorRoles } = config
  const audit = createAuditor(port)
  const refused: WireError = { code: 'identity.invalid', text: `${partner} does not know this token, or it has ended.` }

  return async (token) => {
    if (!TOKEN.test(token)) return { code: 'identity.invalid', text: `This is not a token of ${partner}.` }
    const answer = await ask({ method: 'POST', url: `${iamUrl}/api/v1/tokens/introspect`, json: { token } })
    if (answer.kind !== 'answer') return cannotTell(answer.kind)
    const body = readJson(answer.text)
    if (answer.status === 200) return identityOf(body, operatorRoles) ?? cannotTell('an answer without an account')
    const isTheirs = readErrors(body) !== null
    if (answer.status === 404 && isTheirs) return refused
    if (answer.status === 403 && isTheirs) {
      await audit({ name: 'platform.refused', fields: { permission: 'iam.token.introspect' } })
      port.log.error({ inbox: port.inbox }, `this gateway's account needs the permission iam.token.introspect at ${partner}`)
    }
    return cannotTell(`status ${answer.status}`)
  }

  function cannotTell(why: string): never {
    throw new Error(`${partner} could not tell whose token it is: ${why}`)
  }
}
