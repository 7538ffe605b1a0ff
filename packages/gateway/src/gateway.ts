import { readConfig } from './config.js'
import type { GatewayOptions } from './gateway-options.js'
import { createLog } from './log.js'
import { run, type Running } from './running.js'

export interface Gateway {
  /**
   * Opens the store, starts the connectors and listens. Once: a gateway that stopped is not started again.
   * @returns the address to reach it at from this machine
   * @throws StartFault in one line, when something that the configuration names cannot be had
   */
  start(): Promise<{ readonly url: string }>
  /** Tells the clients to leave, finishes what is being written, and ends within five seconds. */
  stop(): Promise<void>
}

/**
 * A gateway, also inside another program.
 * @param config as in a configuration file
 * @throws StartFault in one line, when the configuration is wrong
 */
export function createGateway(config: unknown, options: GatewayOptions = {}): Gateway {
  const read = readConfig(config, options.environment ?? process.env)
  const log = options.log ?? createLog(process.env.LOG_LEVEL)
  let running: Promise<Running> | null = null
  return {
    async start() {
      if (running) throw new Error('start() was called before; create another gateway')
      running = run(read, { ...options, log })
      return { url: (await running).url }
    },
    async stop() {
      // A start that failed has put away what it had, and told its caller.
      const parts = await running?.catch(() => null)
      await parts?.stop()
    }
  }
}
