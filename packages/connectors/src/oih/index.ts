import type { CompletionRequest, Connector, ConnectorIdentity, ConnectorPort, ConnectorRequest, ConnectorResponse, Delivery } from '@parley/engine'
import { DeliveryFault } from '@parley/engine'
import type { Completion, WireError } from '@parley/protocol'
import type { ConnectorModule } from '../module.js'
import { NOT_FOUND, NOT_NOW } from './answers.js'
import { createCallbacks } from './callbacks.js'
import { commandsOf } from './commands.js'
import { type OihConfig, readConfig } from './config.js'
import { createDeliver } from './deliver.js'
import { completeFromList } from './flows/complete.js'
import { createFlows } from './flows/index.js'
import { createResultsDoor, readResultPath } from './flows/results.js'
import { createIdentify } from './iam/identify.js'
import { createIntrospect } from './iam/introspect.js'
import { createOwnTenant } from './iam/own-tenant.js'
import { createAskPlatform } from './platform/request.js'
import { createPlatformToken } from './platform/token.js'
import { createSignIn } from './sign-in.js'

/** Open Integration Hub: commands run flows, flows call back. */
export const oih: ConnectorModule<OihConfig> = { readConfig, create: createOih }

type Running = {
  readonly deliver: (delivery: Delivery) => Promise<void>
  readonly hooks: Door
  readonly accounts: Door
  readonly complete: (request: CompletionRequest) => Promise<readonly Completion[]>
  readonly identify: (token: string) => Promise<ConnectorIdentity | WireError>
  resume(): Promise<void>
  stop(): Promise<void>
}
type Door = (request: ConnectorRequest) => Promise<ConnectorResponse>

function createOih(config: OihConfig): Connector {
  let running: Running | null = null

  return {
    capabilities: {
      receives: ['run.started', 'message.created'],
      page: false,
      deduplicates: false,
      participant: { name: config.partner },
      ...(config.visitorToken ? { identity: config.visitorToken } : {})
    },
    commands: commandsOf(config),
    async start(port) {
      if (running) return
      running = open(port, config)
      await running.resume()
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await running.deliver(delivery)
    },
    async handleRequest(request) {
      if (!running) return NOT_FOUND
      return running[request.door](request)
    },
    complete: async (request) => (await running?.complete(request)) ?? [],
    async identify(token) {
      if (!running) throw new Error('The connector is not started.')
      return running.identify(token)
    },
    async stop() {
      const stopping = running
      running = null
      await stopping?.stop()
    }
  }
}

function open(port: ConnectorPort, config: OihConfig): Running {
  const token = createPlatformToken(port, config)
  const ask = createAskPlatform(port, config, token)
  const signIn = createSignIn(port, config)
  const flows = config.flowsUrl === undefined ? null : createFlows(port, config, ask)
  // Each tells by itself once that it may not ask.
  const introspect = createIntrospect(port, config, ask)
  const ownTenant = createOwnTenant(port, config, token, createIntrospect(port, config, ask))
  const callbacks = createCallbacks(port, config, signIn)
  const results = flows && createResultsDoor(port, config, flows.watches)
  token.start()

  return {
    deliver: createDeliver(port, config, { token, signIn, flows }),
    hooks: guarded(port, (request) => {
      const flow = readResultPath(request.path)
      return flow !== null && results ? results(flow, request) : callbacks(request)
    }),
    accounts: guarded(port, signIn.handle),
    complete: (request) => (flows ? flows.complete(request) : Promise.resolve(completeFromList(config, request))),
    identify: createIdentify(config, introspect, ownTenant),
    resume: async () => flows?.resume(),
    async stop() {
      flows?.stop()
      await token.stop()
    }
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
