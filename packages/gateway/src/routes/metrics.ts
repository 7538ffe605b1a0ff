import type { IncomingMessage } from 'node:http'
import type { Seal } from '@parley/engine'
import { refusal } from '../http-answers.js'

export type MetricsRoute = {
  /** `null`: only this machine may ask. */
  readonly token: string | null
  readonly equal: Seal['equal']
  readonly text: () => Promise<{ readonly text: string; readonly type: string }>
}
type Asking = Pick<IncomingMessage, 'headers' | 'socket'>

/** `GET /metrics`. Whoever may not read it does not learn that it is there. */
export async function tellMetrics(asking: Asking, { token, equal, text }: MetricsRoute): Promise<Response> {
  const mayRead = token === null ? isFromHere(asking) : equal(asking.headers.authorization ?? '', `Bearer ${token}`)
  if (!mayRead) return refusal({ code: 'address.unknown', text: 'There is nothing at this address.' })
  const answer = await text()
  return new Response(answer.text, { headers: { 'content-type': answer.type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
}

/** What proxies add: then the peer is not who asks. */
const OF_PROXIES = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']

/**
 * This machine asks, by a name of this machine: not a proxy on it for somebody else, and not a page
 * whose host name was made to lead here.
 */
function isFromHere({ headers, socket }: Asking): boolean {
  if (OF_PROXIES.some((name) => headers[name] !== undefined)) return false
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(socket.remoteAddress ?? '') && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(headers.host ?? '')
}
