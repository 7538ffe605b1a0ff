import { type ConnectorCase, connectorContract } from '@parley/engine/contracts'
import type { ConversationId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { callOf, OLD_SECRET, responseOf, SECRET, SETTINGS, URL_OF_BOT } from './fixtures/bench.js'
import { webhook, webhookConnector } from './index.js'

const RUNS = [{ command: 'order', args: { number: 12 } }]
const conversationOfRuns = (port: { sign(purpose: string, text: string): string }): ConversationId => port.sign('unused', '') as ConversationId

connectorContract('webhook', (): ConnectorCase => {
  const read = webhook.readConfig({ ...SETTINGS, previousSecret: OLD_SECRET })
  if (!read.ok) throw new Error(read.wanted)
  let conversation = ''
  return {
    connector: webhook.create(read.value),
    secrets: [SECRET, SECRET.slice(6), OLD_SECRET],
    fetch: async (_url, init) => {
      const asked = JSON.parse(String(init?.body)) as { readonly conversation: string; readonly type: string }
      conversation = asked.conversation
      return asked.type === 'command' ? responseOf({ status: 202 }) : responseOf({ body: { messages: [{ text: 'Good day' }] } })
    },
    runs: RUNS,
    callbacks: (port, run) => {
      const now = port.clock.now()
      const of = { conversation: conversation || conversationOfRuns(port), run }
      return [
        callOf({ ...of, progress: { text: 'half', fraction: 0.5 } }, { now, id: `half_${run}` }),
        callOf({ ...of, messages: [{ text: 'There it is' }] }, { now, id: `end_${run}`, secret: OLD_SECRET })
      ]
    },
    answers: ({ clock }, { conversation, event }) => {
      const now = clock.now()
      return [
        callOf({ conversation, messages: [{ text: 'And this' }], state: { step: 1 }, typing: 1_000 }, { now, id: `more_${event.messageId}` }),
        callOf(
          { conversation, messages: [{ id: `last-${event.messageId}`, text: 'That is all' }] },
          { now, id: `last_${event.messageId}`, secret: OLD_SECRET }
        ),
        callOf({ conversation, error: 'It went wrong after all.' }, { now, id: `wrong_${event.messageId}` })
      ]
    },
    paths: ['callback', 'manifest', 'callback/', 'callback/x']
  }
})

// In a page nothing is signed and nothing comes in, so each of the outside's faults is met as it is.
connectorContract(
  'webhook in a page',
  (): ConnectorCase => ({
    connector: webhookConnector({ url: URL_OF_BOT, unsigned: true }),
    secrets: [],
    fetch: async () => responseOf({ body: { messages: [{ text: 'Good day' }] } }),
    runs: RUNS,
    paths: ['callback', 'manifest']
  })
)

test('settings with a mistake are told in one line, and no secret with it', () => {
  expect(() => webhookConnector({ url: URL_OF_BOT, secret: 'too short' })).toThrow(
    'webhookConnector: secret: found a text of 9 characters, wanted "whsec_" and 24 to 64 bytes as Base64, or any other text of 24 to 500 characters'
  )
})
