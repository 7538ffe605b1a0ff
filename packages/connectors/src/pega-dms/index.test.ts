import { type ConnectorCase, connectorContract } from '@parley/engine/contracts'
import { SECRET, SETTINGS } from './fixtures/bench.js'
import { pegaDms } from './index.js'

const makeCase = (over: object) => (): ConnectorCase => {
  const read = pegaDms.readConfig({ ...SETTINGS, ...over })
  if (!read.ok) throw new Error(read.wanted)
  return {
    connector: pegaDms.create(read.value),
    secrets: [SECRET],
    fetch: async () => new Response(null),
    runs: [],
    paths: ['webhook', 'webhook/', 'webhook/x']
  }
}

connectorContract('pega-dms', makeCase({}))
connectorContract('pega-dms, whose webhook asks for no token', makeCase({ webhookAuth: false }))
