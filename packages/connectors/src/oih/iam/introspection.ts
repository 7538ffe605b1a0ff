import type { ConnectorIdentity } from '@parley/engine'
import * as v from 'valibot'
import { shortText } from '../cut.js'

/**
 * What we read of IAM's `POST /api/v1/tokens/introspect`. Read from openintegrationhub/openintegrationhub at 884a8d9a
 * (2025-03-31): services/iam/src/routes/tokens.js, lib/iam-utils/src/index.js. Unknown fields are left out.
 */

/** So soon a token that was revoked at the platform ends here, too: nobody tells the gateway, it asks again. */
const LONGEST_S = 900

/** Who may start and stop flows at the platform, by the name that it goes by there. */
const CONTROLS = ['flows.control', 'all', 'tenant.all']
const MOST_ROLES = 20
const ROLE_CHARACTERS = 64

const text = v.optional(v.nullable(v.string()))
const texts = v.optional(v.nullable(v.array(v.unknown())))
const accountSchema = v.pipe(
  v.object({
    _id: text,
    sub: text,
    username: text,
    role: text,
    roles: texts,
    permissions: texts,
    isAdmin: v.optional(v.nullable(v.boolean())),
    currentContext: v.optional(v.nullable(v.object({ permissions: texts })))
  }),
  v.check(({ _id, sub }) => /^[\x21-\x7e]{1,128}$/.test(sub ?? _id ?? ''), 'an account without an id')
)

/**
 * An account → whom it names here, or `null` when it is none.
 * @param operatorRoles what somebody gets who may control flows there
 */
export function identityOf(body: unknown, operatorRoles: readonly string[]): ConnectorIdentity | null {
  const read = v.safeParse(accountSchema, body)
  if (!read.success) return null
  const { _id, sub, username, role, roles, permissions, isAdmin, currentContext } = read.output
  const allowed = [...namesIn(permissions), ...namesIn(currentContext?.permissions)]
  const isOperator = isAdmin === true || role === 'ADMIN' || allowed.some((permission) => CONTROLS.includes(permission))
  const known = [...(isOperator ? operatorRoles : []), ...(role ? [role] : []), ...namesIn(roles)]
  return {
    subject: sub ?? _id ?? '',
    name: shortText(username, 100) ?? null,
    roles: [...new Set(known.filter((name) => name.length >= 1 && name.length <= ROLE_CHARACTERS))].slice(0, MOST_ROLES),
    expiresInS: LONGEST_S
  }
}

/** Roles and permissions come as names, or as objects that have one. */
function namesIn(list: readonly unknown[] | null | undefined): readonly string[] {
  return (list ?? []).flatMap((one) => {
    if (typeof one === 'string') return [one]
    return typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' ? [one.name] : []
  })
}
