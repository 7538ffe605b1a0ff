import { Broken, type Check, demand, Skipped } from '../check.js'
import type { BotContext } from './bot-context.js'
import type { Call } from './callback-server.js'
import { createTalk } from './talk.js'

/** What can be told only after all the others: the calls that came meanwhile, and whether the bot is still well. */
export const LAST_CHECKS: readonly Check<BotContext>[] = [
  {
    id: 'end.still-well',
    rule: 'After all this the bot answers as at first.',
    needs: ['answer.shape'],
    async run({ outside }) {
      const exchange = await createTalk(outside).say('Good day')
      exchange.answer()
    }
  },
  {
    id: 'callback.signed',
    rule: 'Every call of the bot is signed by the Standard Webhooks convention with the secret, over the bytes that it sends.',
    async run(context) {
      refuseFaults(
        callsOf(context),
        'signature',
        'webhook-id, webhook-timestamp and webhook-signature: "v1," and the Base64 of HMAC-SHA-256 over id.timestamp.body'
      )
    }
  },
  {
    id: 'callback.shape',
    rule: 'Every call holds the conversation that it is for, and says what the chat can show.',
    async run(context) {
      refuseFaults(callsOf(context), 'body', '{ "conversation", "messages": [{ "text" } or { "parts" }] }')
    }
  },
  {
    id: 'callback.ids',
    rule: 'Every call has a webhook-id of its own; only the same call again has the same.',
    async run(context) {
      const seen = new Map<string, string>()
      for (const { id, callback } of callsOf(context).filter((call) => call.id !== '')) {
        const text = JSON.stringify(callback)
        demand((seen.get(id) ?? text) === text, `two different calls under the webhook-id ${JSON.stringify(id)}`, 'a new webhook-id for each')
        seen.set(id, text)
      }
    }
  }
]

function callsOf({ callbacks, outside }: BotContext): readonly Call[] {
  if (outside.callbackUrl === null) throw new Skipped('without a secret no gateway takes calls')
  if (callbacks.calls.length === 0) throw new Skipped('the bot answered at once and never called')
  return callbacks.calls
}

function refuseFaults(calls: readonly Call[], kind: 'signature' | 'body', wanted: string): void {
  const faults = new Set(calls.flatMap(({ fault }) => (fault?.in === kind ? [fault.text] : [])))
  if (faults.size > 0) throw new Broken([...faults].join('; '), wanted)
}
