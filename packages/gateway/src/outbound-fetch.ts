import type { Fetch } from '@parley/engine'
import { createAddressGuard } from './outbound-addresses.js'
import type { Agents, Lookup } from './outbound-agents.js'

export type OutboundOptions = {
  /** Origins that the operator wrote into the configuration: allowed as they stand. */
  readonly trusted: ReadonlySet<string>
  /** Networks that others may be reached in, besides the public internet. */
  readonly allow: readonly string[]
  /** Most bytes of one answer. Default 1 MiB. */
  readonly mostBytes?: number
  /** Most time for one answer with its body, in ms. Default 15,000. */
  readonly withinMs?: number
  /** Default: the system's. */
  readonly lookup?: Lookup
}
export interface Outbound {
  readonly fetch: Fetch
  close(): Promise<void>
}

/**
 * `fetch` for connectors. Where the operator did not name the address himself, it is checked when the
 * connection is made, on the very address that is connected to, so that neither a redirect nor a
 * name that changes its address in between leads inside. Redirects are never followed.
 */
export function createOutbound({ trusted, allow, lookup, mostBytes = 1_048_576, withinMs = 15_000 }: OutboundOptions): Outbound {
  const isAllowed = createAddressGuard(allow)
  let agents: Promise<Agents> | null = null
  const load = async (): Promise<Agents> => (await import('./outbound-agents.js')).createAgents(isAllowed, lookup, withinMs)
  return {
    async fetch(address, init = {}) {
      const url = webAddress(address)
      const limit = AbortSignal.timeout(withinMs)
      const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit
      agents ??= load()
      // The two libraries' types of the same web standard differ in what nobody uses here.
      const asked = { ...(init as object), redirect: 'manual', credentials: 'omit', signal } as const
      return limited(await (await agents).request(url, asked, trusted.has(url.origin)), mostBytes)
    },
    async close() {
      await (await agents)?.destroy()
    }
  }
}

function webAddress(address: string): URL {
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError(`fetch: ${url.protocol} is not a protocol of the web`)
  if (url.username || url.password) throw new TypeError('fetch: an address must not hold a user name or password')
  return url
}

/** Answers that have no body, by their status. */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304])

function limited(answer: Awaited<ReturnType<Agents['request']>>, mostBytes: number): Response {
  const { status, statusText } = answer
  const headers = new Headers([...answer.headers])
  if (!answer.body || BODILESS.has(status)) return new Response(null, { status, statusText, headers })
  let bytes = 0
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.byteLength
      if (bytes > mostBytes) controller.error(new Error(`fetch: the answer has more than ${mostBytes} bytes`))
      else controller.enqueue(piece)
    }
  })
  return new Response((answer.body as ReadableStream<Uint8Array>).pipeThrough(counted), { status, statusText, headers })
}
