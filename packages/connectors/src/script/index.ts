import type { Connector, ConnectorPort, Delivery } from '@parley/engine'
import { DeliveryFault } from '@parley/engine'
import type { ConversationId } from '@parley/protocol'
import type { ConnectorModule } from '../module.js'
import { chooseStep } from './choose.js'
import { readConfig, type ScriptConfig, type Step } from './config.js'
import type { BareSettings, ScriptSettings } from './config-schema.js'
import { createPause, type Pause } from './pause.js'

export type { ScriptSettings } from './config-schema.js'

/** A bot that follows a script: for demonstrations, for first questions, and for pages without a server. */
export const script: ConnectorModule<ScriptConfig> = { readConfig, create }

/**
 * The connector for a page without a server: `inPage({ connector: scriptConnector({ steps, fallback }) })`.
 * @throws TypeError in one line for a script that is not as wanted
 */
export function scriptConnector(settings: ScriptSettings | BareSettings): Connector {
  const read = readConfig(settings)
  if (!read.ok) throw new TypeError(`scriptConnector: ${read.key || 'the script'}: found ${read.found}, wanted ${read.wanted}`)
  return create(read.value)
}

type Running = { readonly port: ConnectorPort; readonly pause: Pause }

function create(config: ScriptConfig): Connector {
  let running: Running | null = null

  return {
    capabilities: {
      receives: [...(config.greeting ? (['conversation.opened'] as const) : []), 'message.created', 'answer.given'],
      page: true,
      deduplicates: true,
      participant: { name: config.name }
    },
    commands: [],
    start(port) {
      running ??= { port, pause: createPause(port.clock) }
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await answer(running, config, delivery)
    },
    stop() {
      running?.pause.end()
      running = null
    }
  }
}

async function answer({ port, pause }: Running, config: ScriptConfig, { conversation, event }: Delivery): Promise<void> {
  const step = chooseStep(config, event, await lastStep(port, config, conversation))
  if (!step) return
  const isGreeting = event.type === 'conversation.opened'
  if (config.thinkMs > 0 && !isGreeting) {
    port.typing(conversation, config.thinkMs)
    await pause.wait(config.thinkMs)
  }
  await play(port, step, conversation, event.messageId)
}

/** The same step for the same event is played once: what it records, it records under the id of the event. */
async function play(port: ConnectorPort, step: Step, conversation: ConversationId, key: string): Promise<void> {
  if (step.parts.length > 0 && (await port.append({ conversation, externalId: `${key}:step`, parts: step.parts })) === 'ended') return
  if (step.offers.size > 0) await port.conversation.remember(conversation, { step: step.name })
  if (step.handOver && (await port.handOver(conversation, step.handOver.inbox)) === 'ended') {
    await port.append({ conversation, externalId: `${key}:otherwise`, parts: step.handOver.otherwise })
  }
  if (step.end !== null) await port.close(conversation, step.end)
}

async function lastStep(port: ConnectorPort, config: ScriptConfig, conversation: ConversationId): Promise<Step | null> {
  const notes = await port.conversation.recall(conversation)
  const name = typeof notes === 'object' && notes !== null && 'step' in notes ? notes.step : null
  return typeof name === 'string' ? (config.steps.get(name) ?? null) : null
}
