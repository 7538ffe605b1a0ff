import { type LinkId, type RunId, safeSource } from '@parley/protocol'
import type { ConnectorPort, ConnectorRequest, ConnectorResponse, LinkRecord, Recorded, RunRecord } from '@parley/engine'
import { SIGN_IN_MS } from './commands.js'
import type { OihConfig } from './config.js'
import { readRunNotes } from './notes.js'
import { scopeOf } from './outbound.js'
import { createSignInDoor } from './sign-in-door.js'

/**
 * Sign-ins. The idea: the platform binds its OAuth state to nobody, so the gateway does. The chat shows a card
 * that leads to a page of ours; the browser that presses "continue" there gets a cookie; the account is bound
 * only where the browser that comes back has this cookie and the run's own one-time token.
 */
export interface SignIn {
  /** Where the platform sends the browser when the sign-in is done. */
  successUrl(run: RunId): string
  /** The flow has brought the address of the sign-in: shows the card. */
  request(run: RunRecord, authUrl: string): Promise<Recorded>
  /** The `accounts` door. */
  handle(request: ConnectorRequest): Promise<ConnectorResponse>
}

export function createSignIn(port: ConnectorPort, config: OihConfig): SignIn {
  const base = `${port.publicUrl}/accounts/${encodeURIComponent(port.inbox)}`
  const returnToken = (run: string): string => port.sign('oih sign-in', run)

  async function request(run: RunRecord, authUrl: string): Promise<Recorded> {
    // Read again: another callback of this run may have come in between.
    const notes = readRunNotes((await port.run.find(run.run))?.notes ?? null)
    if (notes.link) return 'known'
    const address = allowedAddress(authUrl, config.signInOrigins)
    if (!address) {
      port.log.warn({ inbox: port.inbox, run: run.run }, 'the sign-in address is not one of signInOrigins')
      return port.run.fail(run.run, { reason: 'failed', text: `${config.partner} sent no sign-in address that this chat may lead to (run ${run.run}).` })
    }
    const link = await port.link.request({
      run: run.run,
      partner: config.partner,
      expiresInMs: SIGN_IN_MS,
      notes: { authUrl: address, scope: scopeOf(run.args) },
      url: (id: LinkId) => `${base}/start?link=${id}`
    })
    if (!link) return 'ended'
    await port.run.note(run.run, { ...notes, link: link.link })
    return 'recorded'
  }

  /** The link that a returning browser speaks of: by the run's own token only. */
  async function linkOfReturn(run: string, token: string): Promise<LinkRecord | null> {
    if (!port.equal(returnToken(run), token)) return null
    const record = await port.run.find(run as RunId)
    const { link } = readRunNotes(record?.notes ?? null)
    return link ? port.link.find(link) : null
  }

  return {
    successUrl: (run) => `${base}/callback/${run}.${returnToken(run)}`,
    request,
    handle: createSignInDoor(port, config, linkOfReturn)
  }
}

/** The address in its normal form, when a sign-in may lead there. */
function allowedAddress(text: string, origins: readonly string[]): string | null {
  const address = text.length <= 4_096 ? safeSource(text) : null
  if (!address) return null
  const { origin, username, password } = new URL(address)
  return origins.includes(origin) && !username && !password ? address : null
}
