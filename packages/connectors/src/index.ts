export { CONNECTORS } from './registry.js'
export type { ConfigResult, ConnectorModule } from './module.js'
// For connectors that stand in a package of their own.
export { readBySchema } from './read-config.js'
export { withinTime } from './within-time.js'
export { writeClientBody } from './labb-chat-hook/client-body.js'
export type { ClientBody } from './labb-chat-hook/client-body.js'
export { servesOldClients } from './labb-chat-hook/old-clients.js'
export type { LabbChatHookConnector, OldClients } from './labb-chat-hook/old-clients.js'
