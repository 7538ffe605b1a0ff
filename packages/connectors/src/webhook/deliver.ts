import type { ConnectorPort, Delivery } from '@parley/engine'
import { DeliveryFault } from '@parley/engine'
import type { RunId } from '@parley/protocol'
import { ask } from './ask.js'
import type { CarryOut } from './carry-out.js'
import type { WebhookConfig } from './config.js'
import { partsOfResult } from './inbound.js'
import { type Fault, type Judgement, judge, unreadable } from './judge.js'
import { stateOf } from './notes.js'
import { toBot, webhookIdOf } from './outbound.js'

type Ways = { readonly carryOut: CarryOut; readonly nameOf: () => string }

/** Events on their way to the bot, and what it answers at once. */
export function createDeliver(port: ConnectorPort, config: WebhookConfig, { carryOut, nameOf }: Ways): (delivery: Delivery) => Promise<void> {
  const callback = config.secrets.length > 0 && port.publicUrl !== '' ? `${port.publicUrl}/hooks/${encodeURIComponent(port.inbox)}/callback` : null

  return async (delivery) => {
    const { event, conversation } = delivery
    if (!config.receives.includes(event.type)) return
    const id = webhookIdOf(port, delivery)
    const earlier = config.context > 0 && event.seq > 1 ? await port.conversation.recent(conversation, { limit: config.context, to: event.seq - 1 }) : []
    const request = toBot(delivery, { earlier, state: await stateOf(port, conversation), callback })
    if (!request) return
    const reply = await ask(port, config, { method: 'POST', url: config.url, id, body: JSON.stringify(request) })
    const judgement = judge(reply, nameOf(), port.clock.now())
    if (judgement.kind === 'fault') throw tell(delivery, id, judgement)
    await take(delivery, id, judgement)
  }

  async function take(delivery: Delivery, id: string, { answer }: Judgement & { readonly kind: 'taken' }): Promise<void> {
    const run = delivery.event.type === 'run.started' ? delivery.event.body.run : null
    if (answer === null) return accepted(run)
    const result = partsOfResult(answer)
    if (run !== null && result === null) throw tell(delivery, id, unreadable(nameOf(), 'the messages hold more than the result of one run can'))
    const recorded = await carryOut({ conversation: delivery.conversation, run, key: `answer:${id}` }, answer, result ?? [])
    if (recorded === 'ended') port.log.info({ inbox: port.inbox, conversation: delivery.conversation, id }, 'the bot answered where everything had ended')
  }

  async function accepted(run: RunId | null): Promise<void> {
    if (run !== null) await port.run.accept(run)
  }

  /** One line for whoever looks after the bot; the visitor's sentence goes along with the fault. */
  function tell({ conversation, attempt }: Delivery, id: string, { retry, retryInMs, said, why }: Fault): DeliveryFault {
    port.log[retry ? 'warn' : 'error']({ inbox: port.inbox, conversation, id, attempt, why }, 'the bot did not take what was said')
    return new DeliveryFault(said, { retry, ...(retryInMs === undefined ? {} : { retryInMs }) })
  }
}
