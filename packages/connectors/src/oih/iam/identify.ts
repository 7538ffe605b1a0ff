import type { ConnectorIdentity } from '@parley/engine'
import type { WireError } from '@parley/protocol'
import type { OihConfig } from '../config.js'
import type { Introspect } from './introspect.js'
import { identityOf } from './introspection.js'
import type { OwnTenant } from './own-tenant.js'

/** Opaque tokens are Base64 of 128 random bytes, those of OIDC are JWTs. Nothing else is worth a question. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{20,4096}$/

/** Who came in without roles, because the gateway's own tenant could not be told, is looked at again so soon. */
const AGAIN_S = 60

/**
 * Whom a visitor's own token of the platform names.
 * @throws when IAM cannot tell now: the engine says so, and the page asks again
 */
export function createIdentify(
  { partner, operatorRoles }: Pick<OihConfig, 'partner' | 'operatorRoles'>,
  introspect: Introspect,
  ownTenant: () => Promise<OwnTenant>
): (token: string) => Promise<ConnectorIdentity | WireError> {
  return async (token) => {
    if (!TOKEN.test(token)) return { code: 'identity.invalid', text: `This is not a token of ${partner}.` }
    const told = await introspect(token)
    if (told.kind === 'fault') throw new Error(`${partner} could not tell whose token it is: ${told.why}`)
    if (told.kind === 'nobody') return { code: 'identity.invalid', text: `${partner} does not know this token, or it has ended.` }
    // After the visitor's, which has renewed a token that had ended.
    const own = await ownTenant()
    if (own.kind === 'known') return identityOf(told.account, own.tenant, operatorRoles)
    return { ...identityOf(told.account, null, operatorRoles), expiresInS: AGAIN_S }
  }
}
