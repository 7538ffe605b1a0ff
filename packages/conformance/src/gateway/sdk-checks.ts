import { type Client, createClient } from '@parley/sdk'
import { type Check, demand, shown } from '../check.js'
import { within } from '../within.js'
import type { GatewayContext } from './gateway-context.js'

/** The client that people really use, against this gateway. */
export const SDK_CHECKS: readonly Check<GatewayContext>[] = [
  {
    id: 'sdk.sends',
    rule: 'The SDK connects, and what it sends at once is shown as sent, in order, each once.',
    needs: ['append.ack'],
    run: (context) =>
      withClient(context, async (client) => {
        const texts = ['One', 'Two', 'Three', 'Four', 'Five'].map((text) => `${text} by the SDK`)
        const sent = await Promise.all(texts.map((text) => client.conversation.send(text)))
        // Only a command that stays in the page has no number.
        const numbers = sent.map(({ seq }) => seq ?? 0)
        demand(shown(numbers) === shown([...numbers].sort((one, other) => one - other)), `the numbers ${numbers.join(', ')}`, 'numbers that go up')
        const shownTexts = client.conversation.$timeline.get().flatMap((item) => {
          if (item.kind !== 'message' || item.status !== 'sent') return []
          return item.parts.flatMap((part) => (part.kind === 'text' && texts.includes(part.text) ? [part.text] : []))
        })
        demand(shown(shownTexts) === shown(texts), shown(shownTexts), shown(texts))
      })
  },
  {
    id: 'sdk.commands',
    rule: 'Rule 17: a command that is not offered never leaves the SDK as one that is, and /help works.',
    needs: ['sdk.sends'],
    run: (context) =>
      withClient(context, async (client) => {
        await client.conversation.send('/help')
        const refused = await client.conversation.send('/no-such-command-of-this-inbox').then(
          () => null,
          (thrown: unknown) => thrown
        )
        demand(refused !== null, 'an unknown command that was sent', 'a refusal that says so')
      })
  }
]

async function withClient({ entrance }: GatewayContext, use: (client: Client) => Promise<void>): Promise<void> {
  const { url, inbox, timeoutMs } = entrance
  const client = createClient({ url, inbox })
  // What is thrown is what the check tells; without a listener the SDK would write to the console.
  const off = client.on('error', () => {})
  try {
    await within(timeoutMs, client.connect(), 'a connection of the SDK')
    await within(2 * timeoutMs, use(client), 'what was sent by the SDK')
  } finally {
    off()
    client.close()
  }
}
