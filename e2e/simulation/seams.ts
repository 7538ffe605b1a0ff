import type { OpenTransport } from '@parley/protocol'
import type { Store } from '@parley/engine'
import type { Life } from './life.js'
import type { Journal } from './log-store.js'

/** Where a deliberate defect is put in: around the real parts, never inside them. */
export type Seams = {
  /** Around the store that the engine gets. */
  store?(store: Store, parts: { readonly life: Life; readonly journal: Journal }): Store
  /** The gateway's acknowledgement waits for this. */
  beforeAck?(life: Life): Promise<void>
  /** Around the line that a client gets. */
  transport?(open: OpenTransport): OpenTransport
}

/** Of the real parts alone. */
export const NO_SEAMS: Seams = {}
