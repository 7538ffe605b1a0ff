import { lookup as lookUp, type LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { Agent, buildConnector, fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici'
import type { AddressGuard } from './outbound-addresses.js'

/** How names become addresses. */
export type Lookup = (host: string, answer: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void

/** Two ways out: one for addresses of the operator, one that looks where it goes. */
export interface Agents {
  request(url: URL, init: UndiciInit, isTrusted: boolean): ReturnType<typeof undiciFetch>
  destroy(): Promise<void>
}

/**
 * Of the time that an answer may take, so much is for the connection: one that never stands ends as a failure to connect
 * before whoever asked gives up, who then knows that nothing has left.
 */
const CONNECT_SHARE = 1 / 3

/** A file of its own, because loading undici takes its time and is only needed at the first request. */
export function createAgents(isAllowed: AddressGuard, lookup: Lookup = systemLookup, withinMs: number): Agents {
  const timeout = withinMs * CONNECT_SHARE
  const open = new Agent({ connect: { timeout } })
  const guarded = new Agent({ connect: guardedConnector(isAllowed, lookup, timeout) })
  return {
    request: (url, init, isTrusted) => undiciFetch(url, { ...init, dispatcher: isTrusted ? open : guarded }),
    async destroy() {
      await Promise.all([open.destroy(), guarded.destroy()])
    }
  }
}

const systemLookup: Lookup = (host, answer) => lookUp(host, { all: true }, (error, addresses) => answer(error, addresses))

function guardedConnector(isAllowed: AddressGuard, lookup: Lookup, timeout: number): buildConnector.connector {
  const forbidden = (host: string): Error => new Error(`fetch: ${host} is not an address that may be reached; see "outbound.allow"`)
  const connect = buildConnector({
    timeout,
    // Not called for literal addresses; those are checked below.
    lookup(host, asked, answer) {
      lookup(host, (error, addresses) => {
        const [first] = addresses ?? []
        if (error || !first) return answer(error ?? new Error(`fetch: ${host} has no address`), '')
        if (!addresses.every(({ address }) => isAllowed(address))) return answer(forbidden(host), '')
        if (asked.all) answer(null, [...addresses])
        else answer(null, first.address, first.family)
      })
    }
  })
  return (where, answer) => {
    const host = where.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) && !isAllowed(host)) return answer(forbidden(host), null)
    connect(where, answer)
  }
}
