import { type Connector, type ConnectorPort, DeliveryFault } from '@parley/engine'
import type { DmsCustomer } from '../dms/types.js'
import { createHeard } from './heard.js'
import { createHookLine, type HookLine } from './hook-line.js'
import { checkOptions } from './options.js'
import { createTalk, type Talk } from './talk.js'
import type { LchOptions, OpenHook } from './types.js'

/** What it is given from outside. */
export type Surroundings = { readonly openHook: OpenHook; readonly random: () => number }

/** Agents see it beside what somebody says who is not known. */
const NOBODY = 'Unauthenticated person'

type Running = { readonly line: HookLine; readonly talk: Talk }

export function createLch(options: LchOptions, { openHook, random }: Surroundings): Connector {
  const { url, customer: given, name } = checkOptions(options)
  let customer: DmsCustomer | null = given?.id ? given : null
  let running: Running | null = null

  function open(port: ConnectorPort): Running {
    // With the empty number of the hook's own client all who are not known would get each other's answers.
    const mine = customer ?? { id: port.randomId(), name: given?.name ?? NOBODY }
    customer = mine
    const socket = openHook(url, {
      onUp: () => line.wentUp(),
      onDown: (reason) => line.wentDown(reason),
      onMessage: (body, acknowledge) => heard(body, acknowledge),
      onError: () => void talk.failed().catch((thrown: unknown) => port.log.error({ inbox: port.inbox, reason: String(thrown) }, 'a failure could not be told'))
    })
    const line = createHookLine({ port, socket, random, onDown: () => talk.lost() })
    const talk = createTalk(port, line, mine)
    const heard = createHeard(port, talk, mine)
    line.start()
    return { line, talk }
  }

  return {
    capabilities: {
      receives: ['message.created', 'answer.given', 'conversation.closed'],
      page: true,
      deduplicates: false,
      participant: { name }
    },
    commands: [],
    // One hook, one customer: what the next conversation says waits for what the one before has still to say.
    laneOf: () => 'hook',
    start(port) {
      running ??= open(port)
    },
    async deliver(delivery) {
      if (!running) throw new DeliveryFault('The connector is not started.', { retry: true })
      await running.talk.deliver(delivery)
    },
    async stop() {
      const stopping = running
      running = null
      stopping?.talk.leave()
      await stopping?.line.stop()
    }
  }
}
