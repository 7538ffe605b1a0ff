import type { Connector, ConnectorIdentity } from '@parley/engine'
import type { WireError } from '@parley/protocol'
import type { Registry } from '../inboxes.js'

/** People of the outside system, by their tokens there. */
const PEOPLE: Readonly<Record<string, ConnectorIdentity>> = {
  'token-of-anna': { subject: 'customer-1', name: 'Anna', roles: ['operator'], expiresInS: 600 },
  'token-of-ben': { subject: 'ben', name: null, roles: [], expiresInS: 600 }
}

const VERBS = { name: 'verb', type: 'choice', required: true, choices: ['list', 'stop'], choiceRoles: { stop: ['operator'] } } as const

/** A connector with a command for some, and people of its own when it is told so by its section of the configuration. */
function createDeskOfRoles(identity: 'optional' | 'required' | undefined): Connector {
  return {
    capabilities: {
      receives: ['run.started'],
      page: false,
      deduplicates: true,
      participant: { name: 'Flows' },
      ...(identity ? { identity } : {})
    },
    commands: [
      { name: 'flow', description: 'Controls flows', args: [VERBS, { name: 'flow', type: 'text', completes: true }] },
      { name: 'audit', description: 'Reads the audit log', args: [], roles: ['operator', 'auditor'] }
    ],
    start() {},
    async deliver() {},
    complete: async ({ roles, text }) => [{ value: `${text}-${roles.join('-')}`, label: 'A flow' }],
    async identify(token): Promise<ConnectorIdentity | WireError> {
      if (token === 'token-that-breaks') throw new Error(`GET /introspect/${token} failed`)
      return (Object.hasOwn(PEOPLE, token) ? PEOPLE[token] : undefined) ?? { code: 'identity.invalid', text: 'Not known there.' }
    },
    stop() {}
  }
}

const identityIn = (value: unknown): 'optional' | 'required' | undefined => {
  const { identity } = value as { readonly identity?: unknown }
  return identity === 'optional' || identity === 'required' ? identity : undefined
}

export const DESK_OF_ROLES: Registry = {
  desk: async () => ({ readConfig: (value) => ({ ok: true, value }), create: (value) => createDeskOfRoles(identityIn(value)) })
}
