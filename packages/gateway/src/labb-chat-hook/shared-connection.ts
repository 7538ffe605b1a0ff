import type { GatewayConfig, InboxConfig } from '../config.js'
import { startFault } from '../start-fault.js'

/**
 * Over one connection Pega knows a customer by one number. Beside visitors whom the host's server names, old clients may
 * not stand there: they say any number, and would speak, and be answered, as the one whom it names.
 * @throws StartFault when they would
 */
export function refuseSharedConnection({ identity, inboxes }: Pick<GatewayConfig, 'identity' | 'inboxes'>): void {
  if (!identity) return
  const ofKind = (kind: string): readonly InboxConfig[] => inboxes.filter(({ connector }) => connector === kind)
  for (const old of ofKind('labb-chat-hook')) {
    const beside = ofKind('pega-dms').find((pega) => connectionOf(pega) === connectionOf(old))
    if (beside)
      throw startFault(
        `inboxes.${old.name}.issuer`,
        `the connection of "${beside.name}", whose visitors "identity" names: old clients could speak as any of them`,
        'a connection at Pega of its own, or no "identity"'
      )
  }
}

/** Its id, and whose it is: the rest of the address may be written in several ways. Both were read by the connector. */
function connectionOf({ settings }: InboxConfig): string {
  const { url, issuer } = settings as { readonly url: string; readonly issuer: string }
  return `${new URL(url).origin} ${issuer}`
}
