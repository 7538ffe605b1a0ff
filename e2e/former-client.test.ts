import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createGateway, type GatewayOptions } from '@parley/gateway'
import type { createClient as createClientOfToday } from '@parley/sdk'
import { expect, test } from 'vitest'

const FORMER = '0.1.0'
const { createClient } = (await import(fileURLToPath(new URL(`releases/${FORMER}/sdk.js`, import.meta.url)))) as {
  readonly createClient: typeof createClientOfToday
}

const QUIET: NonNullable<GatewayOptions['log']> = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

type Connector = ReturnType<Awaited<ReturnType<NonNullable<GatewayOptions['connectors']>[string]>>['create']>
type Roles = readonly string[] | undefined

/** All that a former client has never heard of: roles, choices by role, values for arguments. */
function newConnector(rolesOfAudit: () => Roles): Connector {
  const flow = {
    name: 'flow',
    description: 'Controls flows',
    args: [
      { name: 'verb', type: 'choice', required: true, choices: ['list', 'stop'], choiceRoles: { stop: ['admin'] } },
      { name: 'flow', type: 'text', completes: true }
    ]
  } as const
  return {
    capabilities: { receives: ['run.started'], page: false, deduplicates: true, participant: { name: 'Flows' }, identity: 'optional' },
    get commands() {
      const roles = rolesOfAudit()
      return [flow, { name: 'audit', description: 'Reads the audit log', args: [], ...(roles ? { roles } : {}) }]
    },
    start() {},
    async deliver() {},
    complete: async () => [],
    identify: async () => ({ code: 'identity.invalid' }),
    stop() {}
  }
}

test(`a client of ${FORMER} sees the commands that it may use, runs them, and takes a refusal it does not know as definite`, { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-former-'))
  let roles: Roles
  const gateway = createGateway(
    { port: 0, store: `sqlite:${join(folder, 'log.db')}`, inboxes: { flows: { connector: 'new' } } },
    {
      connectors: { new: async () => ({ readConfig: (value) => ({ ok: true, value }), create: () => newConnector(() => roles) }) },
      widgetDir: folder,
      log: QUIET
    }
  )
  const { url } = await gateway.start()
  const client = createClient({ url, inbox: 'flows' })
  try {
    await client.connect()
    const chat = client.conversation
    expect(chat.$commands.get().map(({ name, args }) => [name, ...(args[0]?.choices ?? [])].join(' '))).toEqual(['audit', 'flow list', 'help'])
    const first = await chat.send('/flow list')
    roles = ['admin']
    const refused = await chat.send('/audit').catch((error: unknown) => (error as Error).message)
    const last = await chat.send('/flow list')
    expect([first.seq, refused, last.seq]).toEqual([4, '/audit is for the role "admin"; you have no role.', 5])
    expect(client.$connection.get()).toMatchObject({ state: 'online', error: null })
    expect(chat.$timeline.get().map((item) => ('status' in item ? `${item.kind} ${item.status}` : item.kind))).toEqual([
      'command sent',
      'command sent',
      'command failed'
    ])
  } finally {
    client.close()
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
