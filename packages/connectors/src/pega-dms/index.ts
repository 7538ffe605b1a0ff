import type { Connector, ConnectorPort, ConnectorRequest, ConnectorResponse, Delivery } from '@parley/engine'
import { DeliveryFault } from '@parley/engine'
import type { ConnectorModule } from '../module.js'
import { NO_ADDRESS, NOT_NOW } from './answers.js'
import { type PegaDmsConfig, readConfig } from './config.js'
import { createCustomerNote } from './customer-note.js'
import { createDeliver } from './deliver.js'
import { createTyping, type Typing } from './typing.js'
import { createWebhook } from './webhook.js'

/** Pega Digital Messaging: bots and agents of Pega answer. */
export const pegaDms: ConnectorModule<PegaDmsConfig> = { readConfig, create: createPegaDms }

type Running = {
  readonly deliver: (delivery: Delivery) => Promise<void>
  readonly typing: Typing
  readonly webhook: (request: ConnectorRequest) => Promise<ConnectorResponse>
}

function createPegaDms(config: PegaDmsConfig): Connector {
  let running: Running | null = null

  return {
    capabilities: {
      receives: ['message.created', 'answer.given', 'conversation.closed', 'handoff.completed'],
      page: false,
      deduplicates: false,
      participant: { name: config.name }
    },
    commands: [],
    start(port) {
      running ??= open(port, config)
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await running.deliver(delivery)
    },
    async typing(typing) {
      await running?.typing.tell(typing)
    },
    handleRequest: async (request) => (running ? running.webhook(request) : NO_ADDRESS),
    stop() {
      running?.typing.stop()
      running = null
    }
  }
}

function open(port: ConnectorPort, config: PegaDmsConfig): Running {
  const note = createCustomerNote(port)
  if (!config.webhookAuth) port.log.warn({ inbox: port.inbox }, 'webhookAuth is false: whoever reaches the webhook can write into every conversation')
  return {
    deliver: createDeliver(port, config, note),
    typing: createTyping(port, config, note),
    webhook: guarded(port, createWebhook(port, config, note))
  }
}

/** A store that cannot write is our fault, not the caller's: 503, so that it may come again. */
function guarded(port: ConnectorPort, door: Running['webhook']): Running['webhook'] {
  return async (request) => {
    try {
      return await door(request)
    } catch (thrown) {
      port.log.error({ inbox: port.inbox, reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'a request could not be handled')
      return NOT_NOW
    }
  }
}
