import type { Arguments, ConversationId, MessageId, Part, RunId } from '@parley/protocol'
import type { AuditRecord } from '../audit-record.js'
import type { ConnectorCommand } from '../connector.js'
import { createWorld, idOf, scriptedConnector, type TestClient, type World } from './harness.js'

/** A world with an audit, one visitor in it, and a command of which not everything may be recorded. */

export const COMMANDS: readonly ConnectorCommand[] = [
  {
    name: 'flow',
    description: 'does something with a flow',
    timeoutMs: 60_000,
    args: [
      { name: 'what', type: 'choice', choices: ['run', 'start'] },
      { name: 'id', type: 'text', pattern: '[0-9a-f]{4}' },
      { name: 'times', type: 'number' },
      { name: 'dry', type: 'boolean' },
      { name: 'why', type: 'text' },
      { name: 'words', type: 'list' }
    ]
  }
]
export const ARGS: Arguments = { what: 'run', id: 'beef', times: 2, dry: true, why: 'my knee hurts', words: ['a', 'b'] }
export const AUDITABLE: Arguments = { what: 'run', id: 'beef', times: 2, dry: true }
export const words = (text: string): Part[] => [{ kind: 'text', text }]

export type Audited = {
  readonly world: World
  readonly client: TestClient
  readonly conversation: ConversationId
  wakes(): number
  records(): Promise<readonly AuditRecord[]>
}

export async function enter(options: Parameters<typeof createWorld>[0] = {}): Promise<Audited> {
  let wakes = 0
  const world = await createWorld({ connector: scriptedConnector(COMMANDS), audited: () => wakes++, ...options })
  const entered = await world.engine.enter('test', { visitorKey: world.key('anna'), person: null })
  if ('code' in entered) throw new Error(entered.code)
  const { conversation } = entered
  const client = await world.connect({ visitor: 'anna', conversation })
  return { world, client, conversation, wakes: () => wakes, records: () => world.store.audits(1_000) }
}

export const run = ({ client, conversation }: Audited, deviceSeq: number, args: Arguments = ARGS, command = 'flow') =>
  client.send('append', {
    conversation,
    deviceSeq,
    messageId: idOf<MessageId>(`command ${deviceSeq}`),
    after: 0,
    type: 'run.started',
    body: { command, args }
  })

export const say = ({ client, conversation }: Audited, deviceSeq: number, text: string) =>
  client.send('append', {
    conversation,
    deviceSeq,
    messageId: idOf<MessageId>(`message ${deviceSeq}`),
    after: 0,
    type: 'message.created',
    body: { parts: [{ kind: 'text', text }] }
  })

export async function begun(here: Audited, deviceSeq = 1, args?: Arguments): Promise<RunId> {
  await run(here, deviceSeq, args)
  return latestRun(here)
}

export function latestRun({ client }: Audited): RunId {
  const started = client.events().findLast((event) => event.type === 'run.started')
  if (started?.type !== 'run.started') throw new Error('no run has started')
  return started.body.run
}
