import type { Clock, Log, Meter, Store } from '@parley/engine'
import { createOutbound } from '../outbound-fetch.js'
import type { Count } from '../prometheus.js'
import { createAmqpOutlet } from './amqp-outlet.js'
import type { AuditConfig } from './config.js'
import { createHttpOutlet } from './http-outlet.js'
import type { Outlet } from './outlet.js'
import { type AuditWorker, createAuditWorker } from './worker.js'

export type AuditParts = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly meter: Pick<Meter<Count>, 'count'>
}

/** The worker for what the operator wrote under "audit". */
export function createAuditShipping(config: AuditConfig, { store, clock, log, meter }: AuditParts): AuditWorker {
  return createAuditWorker({ store, outlet: createOutlet(config, clock), keep: config.keep, clock, random: Math.random, log, meter })
}

function createOutlet({ to, topic, serviceName }: AuditConfig, clock: Clock): Outlet {
  if (to.kind === 'amqp') return createAmqpOutlet({ ...to, topic, serviceName, clock })
  // A way out of its own: what connectors reach is not widened by this address.
  const outbound = createOutbound({ trusted: new Set([new URL(to.url).origin]), allow: [], mostBytes: 65_536 })
  return createHttpOutlet({ ...to, topic, serviceName, clock, fetch: outbound.fetch, close: () => outbound.close() })
}
