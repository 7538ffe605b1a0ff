import type { ConnectorModule } from './module.js'

/** All connectors by the name that a configuration uses. Each is loaded only when an inbox names it. */
export const CONNECTORS: Readonly<Record<string, () => Promise<ConnectorModule>>> = {
  'labb-chat-hook': async () => (await import('./labb-chat-hook/index.js')).labbChatHook,
  lch: async () => (await import('./lch/page-only.js')).lchInPageOnly,
  oih: async () => (await import('./oih/index.js')).oih,
  'pega-dms': async () => (await import('./pega-dms/index.js')).pegaDms,
  script: async () => (await import('./script/index.js')).script,
  webhook: async () => (await import('./webhook/index.js')).webhook
}
