import type { Connector, ConnectorPort } from '@parley/engine'
import type { RunId } from '@parley/protocol'
import type { Registry } from '../inboxes.js'

/** A connector with one command, which ends as its argument says: "done" at once, "broken" at once, "waits" never. */
function createFlows(): Connector {
  let port: ConnectorPort | null = null
  async function end(run: RunId, how: unknown): Promise<void> {
    if (how === 'waits') return
    await port?.audit({ name: 'flow.start', run, fields: { flow: 'f1' } })
    if (how === 'done') await port?.run.finish(run, [{ kind: 'text', text: 'the result that nobody records' }])
    else await port?.run.fail(run, { reason: 'failed', text: 'the words that nobody records' })
  }
  return {
    capabilities: { receives: ['run.started'], page: false, deduplicates: true, participant: { name: 'Flows' } },
    commands: [
      {
        name: 'flow',
        description: 'runs a flow',
        args: [
          { name: 'end', type: 'choice', choices: ['done', 'broken', 'waits'] },
          { name: 'why', type: 'text' }
        ]
      }
    ],
    start(given) {
      port = given
    },
    async deliver({ event }) {
      if (event.type === 'run.started') await end(event.body.run, event.body.args.end)
    },
    stop() {}
  }
}

export const FLOWS: Registry = { flows: async () => ({ readConfig: (value) => ({ ok: true, value }), create: createFlows }) }
