import type { Allowances } from './allowances.js'
import type { Audience } from './audience.js'
import type { Audit } from './audit.js'
import type { AppendQueue } from './append-queue.js'
import type { Connector } from './connector.js'
import type { Host } from './host.js'
import type { Meter } from './meter.js'
import type { Store } from './store.js'
import type { ClientLimits } from '@parley/protocol'

/** What the parts of one engine share. */
export type Core = {
  readonly host: Host
  readonly meter: Meter
  readonly store: Store
  readonly queue: AppendQueue
  readonly audit: Audit
  readonly audience: Audience
  readonly connectors: ReadonlyMap<string, Connector>
  /** What each visitor may send, over all connections. */
  readonly visitors: Allowances
  /** What clients are told in `welcome`, and held to. */
  readonly limits: ClientLimits
}
