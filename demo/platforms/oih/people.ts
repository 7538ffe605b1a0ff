import { AUDIT_ACCOUNT_ID, OTHER_SHOP_ACCOUNT_ID, OTHER_TENANT, SERVICE_ACCOUNT, TENANT } from './ids.js'

/** Accounts at the demo hub's IAM. */
export type Account = {
  readonly _id: string
  readonly username: string
  readonly tenant: string
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly isAdmin: boolean
}
export type KnownAccount = Account & { readonly password: string; readonly isDisabled?: boolean }

const account = (number: string, username: string, permissions: readonly string[], more: Partial<KnownAccount> = {}): KnownAccount => ({
  _id: `5f8d0c2be4a1b2001c3d4e${number}`,
  username,
  password: `${username}-password`,
  tenant: TENANT,
  roles: [],
  permissions,
  isAdmin: permissions.includes('all'),
  ...more
})

export const KNOWN_ACCOUNTS: readonly KnownAccount[] = [
  account('71', SERVICE_ACCOUNT.username, SERVICE_ACCOUNT.permissions, { roles: ['SERVICE_ACCOUNT'], password: SERVICE_ACCOUNT.password }),
  account('72', 'reader', ['flows.read']),
  account('73', 'operator', ['flows.read', 'flows.control']),
  account('74', 'admin', ['all'], { roles: ['ADMIN'] }),
  account('75', 'other-shop', ['flows.read', 'flows.control', 'flows.write', 'webhooks.execute'], { _id: OTHER_SHOP_ACCOUNT_ID, tenant: OTHER_TENANT }),
  account('77', 'audit-writer', ['logs.write'], { _id: AUDIT_ACCOUNT_ID, roles: ['SERVICE_ACCOUNT'] }),
  account('76', 'former', ['flows.read'], { isDisabled: true })
]

export const holds = ({ permissions }: Pick<Account, 'permissions'>, permission: string): boolean =>
  permissions.includes('all') || permissions.includes(permission)

type Owned = { readonly tenant: string; readonly owners: readonly { readonly id: string }[] }

/** Who is no admin has only what is theirs, or their tenant's. */
export const owns = (account: Account, { owners }: Owned): boolean =>
  holds(account, 'all') || owners.some(({ id }) => id === account._id || id === account.tenant)
