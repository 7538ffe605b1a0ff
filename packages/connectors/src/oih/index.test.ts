import { type ConnectorCase, connectorContract } from '@parley/engine/contracts'
import { callbackRequest, FLOWS, jsonAnswer, SETTINGS, TOKEN } from './fixtures/bench.js'
import { REPOSITORY } from './fixtures/fake-hub.js'
import { STOCK } from './fixtures/flow-bench.js'
import { oih } from './index.js'

connectorContract('oih', (): ConnectorCase => {
  const read = oih.readConfig(SETTINGS)
  if (!read.ok) throw new Error(read.wanted)
  return {
    connector: oih.create(read.value),
    secrets: [TOKEN],
    fetch: async () => jsonAnswer(200, { data: { requestId: 'x', message: 'thank you' } }),
    runs: [
      { command: 'run-flow', args: { flow: FLOWS.report, params: ['one', 'two'] } },
      { command: 'auth', args: {} }
    ],
    callbacks: (port, run) => [
      callbackRequest(port, run, { progress: { fraction: 0.5, text: 'half' } }),
      callbackRequest(port, run, { authUrl: 'https://login.example.test/x', rows: 1 })
    ],
    paths: ['oih-receiver', 'runs/AAAAAAAAAAAAAAAAAAAAAA', 'callback/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']
  }
})

const RESULTS_TOKEN = 'results-token-of-32-characters-or-more'
const HMAC_SECRET = 'shared-key-of-a-hook'

connectorContract('oih with a repository', (): ConnectorCase => {
  const read = oih.readConfig({
    ...SETTINGS,
    flowsUrl: REPOSITORY,
    resultsToken: RESULTS_TOKEN,
    visitorToken: 'optional',
    runFlow: { get: [FLOWS.profile], hmac: { [FLOWS.report]: { secret: HMAC_SECRET } } }
  })
  if (!read.ok) throw new Error(read.wanted)
  const flow = { id: STOCK, name: 'Stock report', description: 'A table', status: 'inactive', cron: '' }
  return {
    connector: oih.create(read.value),
    secrets: [TOKEN, RESULTS_TOKEN, HMAC_SECRET],
    fetch: async (url, init) => {
      const { pathname } = new URL(url)
      if (pathname.startsWith('/hook/')) return jsonAnswer(200, { data: { requestId: 'x', message: 'thank you' } })
      // No account has such an id: what the contract sends as a token names nobody.
      if (pathname.endsWith('/introspect')) return jsonAnswer(404, { message: 'INVALID_TOKEN' })
      if (pathname === '/flows') return jsonAnswer(200, { data: [flow], meta: { total: 1, page: 1, perPage: 10, totalPages: 1 } })
      return jsonAnswer(200, { data: init?.method === 'POST' ? { id: STOCK, status: 'starting' } : flow, meta: {} })
    },
    runs: [
      { command: 'flows', args: { search: 'x', page: 1 } },
      { command: 'flow', args: { action: 'status', flow: STOCK } },
      { command: 'flow', args: { action: 'watch', flow: STOCK } },
      { command: 'flow', args: { action: 'start', flow: STOCK } },
      { command: 'run-flow', args: { flow: FLOWS.profile, params: ['one', 'name=value'] } },
      { command: 'run-flow', args: { flow: FLOWS.report } }
    ],
    paths: [`flows/${STOCK}`, `flows/${STOCK}/x`, 'flows/../runs', 'flows/__proto__']
  }
})
