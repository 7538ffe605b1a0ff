import { CONNECTORS, type ConnectorModule } from '@parley/connectors'
import type { Inbox } from '@parley/engine'
import type { GatewayConfig, InboxConfig } from './config.js'
import { hideTaken } from './config-env.js'
import { nearestName } from './config-text.js'
import { type StartFault, StartFault as Fault, startFault } from './start-fault.js'

/** Connectors by the name that a configuration uses. */
export type Registry = Readonly<Record<string, () => Promise<ConnectorModule>>>

/**
 * The inboxes of a configuration with their connectors, which read their own sections.
 * @throws StartFault in one line
 */
export function createInboxes(config: GatewayConfig, registry: Registry = CONNECTORS): Promise<readonly Inbox[]> {
  return Promise.all(config.inboxes.map((inbox) => createInbox(inbox, registry, config.taken)))
}

async function createInbox({ name, connector: kind, settings }: InboxConfig, registry: Registry, taken: GatewayConfig['taken']): Promise<Inbox> {
  const load = Object.hasOwn(registry, kind) ? registry[kind] : undefined
  if (!load) throw unknownKind(name, kind, Object.keys(registry))
  const module = await load()
  const read = module.readConfig(settings)
  if (read.ok) return { name, connector: module.create(read.value) }
  const key = read.key ? `inboxes.${name}.${read.key}` : `inboxes.${name}`
  throw new Fault(hideTaken(startFault(key, read.found, read.wanted).message, taken))
}

function unknownKind(name: string, kind: string, known: readonly string[]): StartFault {
  const nearest = nearestName(kind, known)
  return startFault(
    `inboxes.${name}.connector`,
    JSON.stringify(kind),
    nearest ? `"${nearest}" perhaps; known are ${known.join(', ')}` : `one of ${known.join(', ')}`
  )
}

/** Origins of the addresses that the operator wrote into the sections of the inboxes: they are allowed as they stand. */
export function operatorOrigins(config: GatewayConfig): ReadonlySet<string> {
  const origins = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value)) origins.add(new URL(value).origin)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
  }
  for (const { settings } of config.inboxes) collect(settings)
  return origins
}
