export { CONNECTORS } from './registry.js'
export type { ConfigResult, ConnectorModule } from './module.js'
