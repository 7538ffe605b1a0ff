import type { Connector, ConnectorPort, ConnectorRequest, ConnectorResponse, Delivery } from '@parley/engine'
import { DeliveryFault } from '@parley/engine'
import type { ConnectorModule } from '../module.js'
import { NOT_FOUND, NOT_NOW } from './answers.js'
import { createCallbacks } from './callbacks.js'
import { createCarryOut } from './carry-out.js'
import { readConfig, type WebhookConfig, type WebhookSettings } from './config.js'
import { createDeliver } from './deliver.js'
import { createManifestKeeper, type Manifest, type ManifestKeeper } from './manifest.js'
import { createReports } from './report.js'

export { signWebhook, verifyWebhook } from './signature.js'
export type { Verified, WebhookHeaders } from './signature.js'
export type { WebhookConfig, WebhookSettings } from './config.js'

/** Any bot that speaks HTTP: signed requests out, answers at once or by signed calls. */
export const webhook: ConnectorModule<WebhookConfig> = { readConfig, create }

/**
 * The connector for a page without a server: `inPage({ connector: webhookConnector({ url, unsigned: true }) })`.
 * @throws TypeError in one line for settings that are not as wanted
 */
export function webhookConnector(settings: WebhookSettings): Connector {
  const read = readConfig(settings)
  if (!read.ok) throw new TypeError(`webhookConnector: ${read.key || 'the settings'}: found ${read.found}, wanted ${read.wanted}`)
  return create(read.value)
}

type Running = {
  readonly deliver: (delivery: Delivery) => Promise<void>
  readonly door: (request: ConnectorRequest) => Promise<ConnectorResponse>
  readonly manifest: ManifestKeeper | null
}

const DEFAULT_NAME = 'Assistant'

function create(config: WebhookConfig): Connector {
  let running: Running | null = null
  /** Outlives a stop, so that a start again offers at once what was announced before. */
  let announced: Manifest | null = null
  const manifest = (): Manifest | null => running?.manifest?.current() ?? announced
  const nameOf = (): string => config.name ?? manifest()?.name ?? DEFAULT_NAME

  return {
    get capabilities() {
      return { receives: config.receives, page: config.secrets.length === 0, deduplicates: true, participant: { name: nameOf() } }
    },
    get commands() {
      return manifest()?.commands ?? []
    },
    start(port) {
      if (running) return
      if (config.secrets.length > 0 && globalThis.crypto?.subtle === undefined)
        throw new Error('The webhook connector signs with WebCrypto, which a page has only on https: or localhost. Use "unsigned": true there.')
      running = open(port, config, nameOf, announced)
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await running.deliver(delivery)
    },
    async handleRequest(request) {
      return running ? running.door(request) : NOT_FOUND
    },
    stop() {
      announced = manifest()
      running?.manifest?.stop()
      running = null
    }
  }
}

function open(port: ConnectorPort, config: WebhookConfig, nameOf: () => string, announced: Manifest | null): Running {
  const { manifestUrl } = config
  const manifest = manifestUrl === undefined ? null : createManifestKeeper(port, { ...config, manifestUrl }, announced)
  const reports = createReports(port)
  const carryOut = createCarryOut(port, reports)
  const door = createCallbacks(port, config, { carryOut, reports, refresh: manifest?.refresh })
  return { deliver: createDeliver(port, config, { carryOut, nameOf }), door: guarded(port, door), manifest }
}

/** A store that cannot write is our fault, not the bot's: 503, so that it sends again. */
function guarded(port: ConnectorPort, door: Running['door']): Running['door'] {
  return async (request) => {
    try {
      return await door(request)
    } catch (thrown) {
      port.log.error({ inbox: port.inbox, reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'a call of the bot could not be handled')
      return NOT_NOW
    }
  }
}
