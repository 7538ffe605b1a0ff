import type { ConnectorPort } from '@parley/engine'
import type { OihConfig } from '../config.js'
import type { HeldToken, PlatformToken } from '../platform/token.js'
import type { Introspect } from './introspect.js'

/** The tenant of the gateway's own account. `known` with `null`: it has none. `unknown`: it cannot be told now. */
export type OwnTenant = { readonly kind: 'known'; readonly tenant: string | null } | { readonly kind: 'unknown' }

/** Asked once for as long as the token is the same, and again after it was renewed. */
export function createOwnTenant(
  port: ConnectorPort,
  { partner }: Pick<OihConfig, 'partner'>,
  platformToken: Pick<PlatformToken, 'current'>,
  introspect: Introspect
): () => Promise<OwnTenant> {
  let kept: { readonly of: HeldToken; readonly found: OwnTenant } | null = null
  let lastTrouble: string | null = null

  async function lookUp(): Promise<OwnTenant> {
    const state = await platformToken.current()
    if (state.kind !== 'token') return { kind: 'unknown' }
    if (kept?.of === state) return kept.found
    const told = await introspect(state.token)
    if (told.kind !== 'account') return { kind: 'unknown' }
    const found: OwnTenant = { kind: 'known', tenant: told.account.tenant }
    kept = { of: state, found }
    return found
  }

  /** Once for each change: it is looked up whenever somebody comes in. */
  function report(found: OwnTenant): void {
    const trouble = found.kind === 'unknown' ? 'cannot be told now' : found.tenant === null ? 'is missing' : null
    if (trouble !== null && trouble !== lastTrouble)
      port.log.warn({ inbox: port.inbox }, `the tenant of this gateway's own account at ${partner} ${trouble}: tokens of ${partner} bring no roles`)
    lastTrouble = trouble
  }

  return async () => {
    const found = await lookUp()
    report(found)
    return found
  }
}
