import type { ConnectorModule } from './module.js'

/** All connectors by the name that a configuration uses. Each is loaded only when an inbox names it. */
export const CONNECTORS: Readonly<Record<string, () => Promise<ConnectorModule>>> = {
  oih: async () => (await import('./oih/index.js')).oih
}
