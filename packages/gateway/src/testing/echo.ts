import type { Connector, ConnectorPort } from '@parley/engine'
import type { Registry } from '../inboxes.js'

/** A connector that repeats what it hears, and answers at both its doors. */
export function createEcho(): Connector {
  let port: ConnectorPort | null = null
  return {
    capabilities: { receives: ['message.created'], page: false, deduplicates: true, participant: { name: 'Echo' } },
    commands: [],
    start(given) {
      port = given
    },
    async deliver({ conversation, event, idempotencyKey }) {
      if (event.type !== 'message.created') return
      const [part] = event.body.parts
      await port?.append({ conversation, externalId: idempotencyKey, parts: [{ kind: 'text', text: `echo: ${part?.kind === 'text' ? part.text : ''}` }] })
    },
    handleRequest: async (request) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inbox: port?.inbox, publicUrl: port?.publicUrl, path: request.path })
    }),
    stop() {}
  }
}

export const ECHO: Registry = { echo: async () => ({ readConfig: (value) => ({ ok: true, value }), create: createEcho }) }
