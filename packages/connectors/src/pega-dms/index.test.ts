import type { ConnectorPort, ConnectorRequest, Delivery } from '@parley/engine'
import { type ConnectorCase, connectorContract } from '@parley/engine/contracts'
import { customerIdOf } from './customer.js'
import { bytesOf, requestOf, SECRET, SETTINGS, tokenOf } from './fixtures/bench.js'
import menu from './fixtures/menu.json' with { type: 'json' }
import text from './fixtures/text.json' with { type: 'json' }
import { pegaDms } from './index.js'

const makeCase = (over: object) => (): ConnectorCase => {
  const read = pegaDms.readConfig({ ...SETTINGS, ...over })
  if (!read.ok) throw new Error(read.wanted)
  return {
    connector: pegaDms.create(read.value),
    secrets: [SECRET],
    fetch: async () => new Response(null),
    runs: [],
    answers,
    paths: ['webhook', 'webhook/', 'webhook/x']
  }
}

/** What DMS posts after a message: the answer of an agent, and a menu. */
async function answers(port: ConnectorPort, message: Delivery): Promise<readonly ConnectorRequest[]> {
  const headers = { authorization: `Bearer ${await tokenOf(port.clock)}` }
  const customer_id = customerIdOf(port, message, false)
  return [text, menu].map((body) => requestOf({ headers, body: bytesOf({ ...body, customer_id }) }))
}

connectorContract('pega-dms', makeCase({}))
connectorContract('pega-dms, whose webhook asks for no token', makeCase({ webhookAuth: false }))
