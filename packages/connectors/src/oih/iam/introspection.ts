import type { ConnectorIdentity } from '@parley/engine'
import * as v from 'valibot'
import { shortText } from '../cut.js'
import { takeRoles } from './roles.js'

/**
 * What we read of IAM's `POST /api/v1/tokens/introspect`. Read from openintegrationhub/openintegrationhub at 884a8d9a
 * (2025-03-31): services/iam/src/routes/tokens.js, lib/iam-utils/src/index.js. Unknown fields are left out.
 */

/** So soon a token that was revoked at the platform ends here, too: nobody tells the gateway, it asks again. */
const LONGEST_S = 900

/** Who may start and stop flows at the platform, by the name that it goes by there. */
const CONTROLS = ['flows.control', 'all', 'tenant.all']

const text = v.optional(v.nullable(v.string()))
const texts = v.optional(v.nullable(v.array(v.unknown())))
/** Anything but a name is none. */
const tenantName = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' && value.trim() !== '' ? value : null))
  ),
  null
)
const accountSchema = v.pipe(
  v.object({
    _id: text,
    sub: text,
    username: text,
    tenant: tenantName,
    role: text,
    roles: texts,
    permissions: texts,
    isAdmin: v.optional(v.nullable(v.boolean())),
    currentContext: v.optional(v.nullable(v.object({ tenant: tenantName, permissions: texts })))
  }),
  v.check(({ _id, sub }) => /^[\x21-\x7e]{1,128}$/.test(sub ?? _id ?? ''), 'an account without an id')
)
export type Account = v.InferOutput<typeof accountSchema>

/** An account, or `null` for what is none. */
export function readAccount(body: unknown): Account | null {
  const read = v.safeParse(accountSchema, body)
  return read.success ? read.output : null
}

/**
 * Whom an account names here. It has roles only in the tenant of the gateway's own account: what is done here is done by
 * that one, and who is an administrator elsewhere has no say in it. That holds for those of the whole platform, too, since
 * nothing in an account tells them apart for certain.
 * @param ownTenant `null` is nobody's
 * @param operatorRoles what somebody gets who may control flows there
 */
export function identityOf(account: Account, ownTenant: string | null, operatorRoles: readonly string[]): ConnectorIdentity {
  const { _id, sub, username, tenant } = account
  const isOfOwnTenant = ownTenant !== null && tenant === ownTenant
  return {
    subject: sub ?? _id ?? '',
    name: shortText(username, 100) ?? null,
    roles: isOfOwnTenant ? rolesOf(account, operatorRoles) : [],
    expiresInS: LONGEST_S
  }
}

function rolesOf({ tenant, role, roles, permissions, isAdmin, currentContext }: Account, operatorRoles: readonly string[]): readonly string[] {
  // Somebody with several tenants may stand in another one at the moment.
  const isContextOther = currentContext?.tenant !== null && currentContext?.tenant !== tenant
  const allowed = [...namesIn(permissions), ...(isContextOther ? [] : namesIn(currentContext?.permissions))]
  const isOperator = isAdmin === true || role === 'ADMIN' || allowed.some((permission) => CONTROLS.includes(permission))
  return takeRoles([...(isOperator ? operatorRoles : []), ...(role ? [role] : []), ...namesIn(roles)])
}

/** Roles and permissions come as names, or as objects that have one. */
function namesIn(list: readonly unknown[] | null | undefined): readonly string[] {
  return (list ?? []).flatMap((one) => {
    if (typeof one === 'string') return [one]
    return typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' ? [one.name] : []
  })
}
