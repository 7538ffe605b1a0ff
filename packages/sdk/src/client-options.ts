import type { ClientHost, OpenTransport } from '@parley/protocol'
import type { Clock } from './clock.js'
import type { Environment } from './environment.js'
import type { Random } from './random.js'
import type { OpenSession } from './session-request.js'
import type { OutboxStorages } from './storage/contract.js'
import type { KeyValueStorage } from './storage/visitor-key.js'
import type { TabPlatform } from './tabs/platform.js'
import type { LastPost } from './transports/keep-alive.js'

export type ClientOptions = GatewayOptions | HostOptions

type CommonOptions = {
  /**
   * Gives the identity token of the visitor, signed by your server; `null` for somebody without a name. Asked before each
   * session, so that it may be a fresh one.
   */
  readonly getToken?: () => Promise<string | null> | string | null
  /** Where unsent messages wait, and where the visitor's key is kept. Defaults: IndexedDB (memory where there is none), `localStorage`. */
  readonly storage?: { readonly outboxes?: OutboxStorages; readonly keys?: KeyValueStorage }
  /** What tabs of one browser have in common. Default: Web Locks and BroadcastChannel, where the page has them. */
  readonly tabs?: TabPlatform
  /** What tells about network and sleep. Default: the page, if there is one. */
  readonly environment?: Environment
  readonly clock?: Clock
  readonly random?: Random
}

/** A client of an inbox of a gateway. */
export type GatewayOptions = CommonOptions & {
  /** Where the gateway is: absolute, `http:` or `https:`; a path in front is kept. */
  readonly url: string
  /** Which inbox of the gateway. */
  readonly inbox: string
  readonly transport?: undefined
  /** How frames travel. Default: Socket.IO. */
  readonly openTransport?: OpenTransport
  /** How a session is opened. Default: `POST <url>/session`. */
  readonly openSession?: OpenSession
  /** How a page that leaves sends its last messages. Default: `fetch` with `keepalive` to `<url>/append`. */
  readonly postLast?: LastPost
}

/** A client of whatever else answers. */
type HostOptions = CommonOptions & {
  /**
   * The other side, where that is no gateway: the engine in this page, for example (`inPage` of `@parley/engine/in-page`).
   * One that is not durable makes the client keep nothing in the browser, and send nothing a second time by itself.
   */
  readonly transport: ClientHost
  /** Default `page`. */
  readonly inbox?: string
  readonly url?: undefined
}
