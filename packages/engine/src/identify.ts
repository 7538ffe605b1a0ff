import { isErrorCode, type WireError } from '@parley/protocol'
import type { Connector, ConnectorIdentity } from './connector.js'
import { type Host, reasonOf } from './host.js'
import { type Person, readPerson } from './person.js'
import { presentableText } from './presentable.js'

/** A browser waits ten seconds for its session. */
const IDENTIFY_WITHIN_MS = 5_000
/** An outside that could not be asked is asked again after this long at the earliest. */
const ASK_AGAIN_MS = 1_000

/** Somebody named, and for how long. */
export type Identified = Person & { readonly expiresInS: number }

const INVALID: WireError = { code: 'identity.invalid', text: 'The identity token does not hold.' }

/**
 * Whom a token names at the outside system of this inbox.
 * @returns `null` where the outside names nobody: the host's server does, if anybody
 */
export async function identifyAt(
  { clock, log }: Pick<Host, 'clock' | 'log'>,
  { inbox, connector }: { readonly inbox: string; readonly connector: Connector },
  token: string
): Promise<Identified | WireError | null> {
  if (!connector.capabilities.identity) return null
  let cancel = (): void => {}
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.setTimer(IDENTIFY_WITHIN_MS, () => reject(new Error('it did not answer in time')))
  })
  try {
    const answer = await Promise.race([ask(connector, token), late])
    if ('code' in answer) return refusalFrom(answer)
    const person = personFrom(answer)
    if (!person) log.error({ inbox }, 'whom the outside named cannot be taken: subject, name, roles or end are not as wanted')
    return person ?? INVALID
  } catch (thrown) {
    // Whatever an error quotes of its request: the token is nobody's business.
    log.warn({ inbox, reason: reasonOf(thrown).replaceAll(token, '…') }, 'the outside could not say whom a token names')
    return { code: 'gateway.unavailable', text: 'It cannot be checked now who you are.', retryInMs: ASK_AGAIN_MS }
  } finally {
    cancel()
  }
}

async function ask(connector: Connector, token: string): Promise<ConnectorIdentity | WireError> {
  if (!connector.identify) throw new Error('the connector has no identify()')
  return connector.identify(token)
}

const refusalFrom = ({ code, text, retryInMs }: WireError): WireError => ({
  code: isErrorCode(code) ? code : INVALID.code,
  ...(text === undefined ? {} : { text: presentableText(text) }),
  ...(retryInMs === undefined ? {} : { retryInMs })
})

function personFrom(identity: ConnectorIdentity): Identified | null {
  const person = readPerson(identity)
  const expiresInS = Math.floor(identity.expiresInS)
  return person && expiresInS > 0 ? { ...person, namedBy: 'connector', expiresInS } : null
}
