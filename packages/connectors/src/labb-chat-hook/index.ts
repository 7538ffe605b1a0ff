import { type Connector, type ConnectorPort, DeliveryFault } from '@parley/engine'
import type { ConversationId } from '@parley/protocol'
import type { ConnectorModule } from '../module.js'
import { type LabbChatHookConfig, readConfig } from './config.js'
import { createCustomers, type Customers } from './customers.js'
import { createDeliver, customerLane, type Deliver } from './deliver.js'
import type { LabbChatHookConnector } from './old-clients.js'
import { createTyping, type Typing } from './typing.js'
import { createWebhook } from './webhook.js'

/** In the place of a Labb Chat Hook: what its old clients say goes to Pega Digital Messaging, and what that answers to them. */
export const labbChatHook: ConnectorModule<LabbChatHookConfig> = { readConfig, create: createLabbChatHook }

type Running = Deliver &
  Pick<Typing, 'typing'> & {
    readonly customers: Customers
    readonly webhook: NonNullable<Connector['handleRequest']>
    madeUp(conversation: ConversationId): string
    stop(): void
  }

function createLabbChatHook(config: LabbChatHookConfig): LabbChatHookConnector {
  let running: Running | null = null

  return {
    capabilities: { receives: ['message.created'], page: false, deduplicates: false, participant: { name: 'Labb Chat Hook' } },
    commands: [],
    oldClients: {
      trustsNumbers: config.trustCustomerId,
      use(number, holder) {
        if (!running) throw new Error('The connector is not started.')
        return running.customers.use(number === '' ? running.madeUp(holder.conversation) : number, holder)
      }
    },
    start(port) {
      if (running) return
      running = open(port, config)
      if (!config.webhookAuth) port.log.warn({ inbox: port.inbox }, 'the webhook takes calls without a token: anybody who reaches it can write to customers')
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await running.deliver(delivery)
    },
    laneOf: customerLane,
    async typing(typing) {
      await running?.typing(typing)
    },
    async handleRequest(request) {
      return running ? running.webhook(request) : { status: 404 }
    },
    stop() {
      running?.stop()
      running = null
    }
  }
}

function open(port: ConnectorPort, config: LabbChatHookConfig): Running {
  const customers = createCustomers()
  const { typing, stop } = createTyping(port, config, customers)
  // Nobody can guess it, and it is the same after a restart, when what waits is brought to DMS.
  const madeUp = (conversation: string): string => `anonymous-${port.sign('customer', conversation).slice(0, 22)}`
  return {
    ...createDeliver(port, { config, madeUp }),
    typing,
    customers,
    madeUp,
    webhook: createWebhook(port, config, customers),
    stop
  }
}
