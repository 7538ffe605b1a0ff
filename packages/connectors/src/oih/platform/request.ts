import type { ConnectorPort } from '@parley/engine'
import type { OihConfig } from '../config.js'
import { neverConnected } from '../errors.js'
import { withinTime } from '../../within-time.js'
import type { PlatformToken, TokenState } from './token.js'

/** One request to a service of the platform other than a hook. */
export type PlatformRequest = { readonly method: 'GET' | 'POST'; readonly url: string; readonly json?: unknown }

/**
 * `unreachable`: nothing was sent. `noAnswer`: it may have arrived. `signedOut`: the platform takes this chat's own
 * sign-in no longer, and nothing was done. Anything else is an answer, whatever it says.
 */
export type PlatformAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'unreachable' | 'noAnswer' | 'signedOut' }

export type AskPlatform = (request: PlatformRequest) => Promise<PlatformAnswer>

/** Longest answer that is looked at; a list of flows with all their nodes is some hundred thousand characters. */
const MOST_CHARACTERS = 4_000_000

/** Asks with the gateway's own token; one that was refused (401: nothing was done) is renewed once. */
export function createAskPlatform(port: ConnectorPort, config: OihConfig, platformToken: PlatformToken): AskPlatform {
  async function askOnce({ method, url, json }: PlatformRequest, state: TokenState): Promise<PlatformAnswer> {
    const headers = {
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(state.kind === 'token' ? { authorization: `Bearer ${state.token}` } : {})
    }
    try {
      return await withinTime(port.clock, config.postTimeoutMs, async (signal) => {
        // A redirect is not followed: the token is for the configured address only.
        const response = await port.fetch(url, {
          method,
          headers,
          redirect: 'manual',
          signal,
          ...(json === undefined ? {} : { body: JSON.stringify(json) })
        })
        const text = await response.text()
        return { kind: 'answer', status: response.status, text: text.length > MOST_CHARACTERS ? '' : text }
      })
    } catch (thrown) {
      return { kind: neverConnected(thrown) ? 'unreachable' : 'noAnswer' }
    }
  }

  return async (request) => {
    const state = await platformToken.current()
    if (state.kind === 'unreachable') return { kind: 'unreachable' }
    if (state.kind === 'refused') return { kind: 'signedOut' }
    const answer = await askOnce(request, state)
    if (answer.kind !== 'answer' || answer.status !== 401) return answer
    const renewed = state.kind === 'token' ? await platformToken.renew() : state
    if (renewed.kind !== 'token') return { kind: renewed.kind === 'unreachable' ? 'unreachable' : 'signedOut' }
    const again = await askOnce(request, renewed)
    return again.kind === 'answer' && again.status === 401 ? { kind: 'signedOut' } : again
  }
}
