import { type Connector, type ConnectorPort, DeliveryFault } from '@parley/engine'
import type { ConnectorModule } from '../module.js'
import { type Config, readConfig } from './config.js'
import { deliver } from './deliver.js'
import { receive } from './receive.js'

/** Template: something that takes a text by POST, and says what it has to say by signed calls. */
export const template: ConnectorModule<Config> = { readConfig, create }

function create(config: Config): Connector {
  let port: ConnectorPort | null = null

  return {
    capabilities: {
      // What the visitors do that is delivered. 'run.started' is for connectors with commands.
      receives: ['message.created', 'answer.given'],
      // true only for one that imports nothing of Node and needs no secret.
      page: false,
      // They take the idempotency key into account. Where they do not: call delivery.markSent() before the request leaves.
      deduplicates: true,
      participant: { name: config.name }
    },
    commands: [],
    start(given) {
      port = given
    },
    async deliver(delivery) {
      if (!port) throw new DeliveryFault('The connector is not started.', { retry: true })
      await deliver(port, config, delivery)
    },
    async handleRequest(request) {
      return port ? receive(port, config, request) : { status: 503 }
    },
    stop() {
      port = null
    }
  }
}
