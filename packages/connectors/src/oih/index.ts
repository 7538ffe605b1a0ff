import type { Connector, ConnectorPort, ConnectorRequest, ConnectorResponse, Delivery } from '@parley/engine'
import { DeliveryFault } from '@parley/engine'
import type { ConnectorModule } from '../module.js'
import { NOT_FOUND, NOT_NOW } from './answers.js'
import { createCallbacks } from './callbacks.js'
import { commandsOf } from './commands.js'
import { type OihConfig, readConfig } from './config.js'
import { createDeliver } from './deliver.js'
import { createPlatformToken } from './platform-token.js'
import { createSignIn } from './sign-in.js'

/** Open Integration Hub: commands run flows, flows call back. */
export const oih: ConnectorModule<OihConfig> = { readConfig, create: createOih }

type Running = { readonly deliver: (delivery: Delivery) => Promise<void>; readonly hooks: Door; readonly accounts: Door; stop(): void }
type Door = (request: ConnectorRequest) => Promise<ConnectorResponse>

function createOih(config: OihConfig): Connector {
  let running: Running | null = null

  return {
    capabilities: { receives: ['run.started', 'message.created'], page: false, deduplicates: false, participant: { name: config.partner } },
    commands: commandsOf(config),
    start(port) {
      running ??= open(port, config)
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await running.deliver(delivery)
    },
    async handleRequest(request) {
      if (!running) return NOT_FOUND
      return running[request.door](request)
    },
    stop() {
      running?.stop()
      running = null
    }
  }
}

function open(port: ConnectorPort, config: OihConfig): Running {
  const token = createPlatformToken(port, config)
  const signIn = createSignIn(port, config)
  token.start()
  return {
    deliver: createDeliver(port, config, token, signIn),
    hooks: guarded(port, createCallbacks(port, config, signIn)),
    accounts: guarded(port, signIn.handle),
    stop: () => token.stop()
  }
}

/** A store that cannot write is our fault, not the caller's: 503, so that it may come again. */
function guarded(port: ConnectorPort, door: Door): Door {
  return async (request) => {
    try {
      return await door(request)
    } catch (thrown) {
      port.log.error(
        { inbox: port.inbox, door: request.door, reason: thrown instanceof Error ? thrown.message : String(thrown) },
        'a request could not be handled'
      )
      return NOT_NOW
    }
  }
}
