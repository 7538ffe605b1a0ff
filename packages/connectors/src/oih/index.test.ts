import { type ConnectorCase, connectorContract } from '@parley/engine/contracts'
import { callbackRequest, FLOWS, jsonAnswer, SETTINGS, TOKEN } from './fixtures/bench.js'
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
