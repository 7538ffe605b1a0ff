import { type ClientHost, type OpenTransport, ParleyError } from '@parley/protocol'
import type { ClientOptions } from './client-options.js'
import type { Clock } from './clock.js'
import { httpSession, type OpenSession } from './session-request.js'
import { keepAlivePost, type LastPost } from './transports/keep-alive.js'
import { socketIoTransport } from './transports/socket-io.js'

/** Whom a client talks to: a gateway over the network, or a host that was handed to it. */
export type OtherSide = {
  /** Of storage and locks. */
  readonly name: string
  readonly inbox: string
  readonly isDurable: boolean
  readonly openSession: OpenSession
  readonly openTransport: OpenTransport
  /** `null`: a page that leaves has nobody to send to without a line. */
  readonly postLast: LastPost | null
  /** The client is closed for good. */
  close(): void
}

/** @throws ParleyError `option.invalid` */
export function otherSide(options: ClientOptions, clock: Clock): OtherSide {
  if (options.transport !== undefined) return hostSide(options.transport, options)
  const { url, inbox } = checked(options)
  const { openSession = httpSession({ url, clock }), openTransport = socketIoTransport({ url, clock }), postLast = keepAlivePost(url) } = options
  return { name: `parley:${url}:${inbox}`, inbox, isDurable: true, openSession, openTransport, postLast, close() {} }
}

function hostSide(host: ClientHost, { url, inbox = 'page' }: ClientOptions): OtherSide {
  if (typeof host?.openSession !== 'function' || typeof host.open !== 'function') throw invalid('transport', host, 'a host, as inPage() makes one')
  if (url !== undefined) throw invalid('url', url, 'none beside "transport"')
  checkInbox(inbox)
  return {
    name: `parley:${host.name}:${inbox}`,
    inbox,
    isDurable: host.durable,
    openSession: (request, signal) => host.openSession(request, signal),
    openTransport: (hello, events) => host.open(hello, events),
    postLast: null,
    close: () => host.close()
  }
}

/** The options that have no default, in their normal form. */
function checked({ url, inbox }: ClientOptions): { readonly url: string; readonly inbox: string } {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw invalid('url', url, 'an absolute address with http: or https:')
  return { url: (parsed.origin + parsed.pathname).replace(/\/+$/, ''), inbox: checkInbox(inbox) }
}

function checkInbox(inbox: unknown): string {
  if (typeof inbox !== 'string' || inbox === '' || inbox.length > 100) throw invalid('inbox', inbox, 'the name of an inbox of the gateway')
  return inbox
}

const invalid = (name: string, found: unknown, wanted: string): ParleyError =>
  new ParleyError('option.invalid', `"${name}" is ${JSON.stringify(found) ?? String(found)}; wanted is ${wanted}.`)
