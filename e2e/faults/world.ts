import type { createClient } from '@parley/sdk'
import { seededRandom } from '@parley/sdk/testing'
import type { ConversationId } from '@parley/protocol'
import { type Chance, createChance } from '../simulation/chance.js'
import { findFaults } from '../simulation/history.js'
import type { History } from '../simulation/history-facts.js'
import { createFaultProxy } from '../../demo/break/fault-proxy/fault-proxy.js'
import { createDevice, type Device, type DeviceOptions } from './device.js'
import { pause } from './real-time.js'
import { type FaultyGateway, type FaultyGatewayOptions, INBOX, startFaultyGateway } from './gateway.js'

/** A gateway, and visitors with some devices each, every device behind a proxy of its own. */
export interface World {
  readonly gateway: FaultyGateway
  readonly devices: readonly Device[]
  readonly conversations: readonly ConversationId[]
  readonly chance: Chance
  /** Devices of one conversation. */
  devicesOf(conversation: number): readonly Device[]
  /** Settles when all are online. */
  connect(): Promise<void>
  /** Settles when every message has its answer and every list shows all there is. @returns how long it took, in ms @throws when it takes longer than `withinMs` */
  converge(withinMs: number): Promise<number>
  /** Settles when every message has its answer and all are online. @throws when that takes longer than `withinMs` */
  rest(withinMs: number): Promise<number>
  /** Ends the gateway, reads its log, and compares it with all that was said and shown. */
  check(more?: Partial<History>): Promise<readonly string[]>
  close(): Promise<void>
}

export type WorldOptions = {
  readonly seed: number
  readonly conversations: number
  readonly devicesEach: number
  readonly gateway?: FaultyGatewayOptions
  readonly inbox?: string
  readonly createClient?: typeof createClient
  readonly device?: Pick<DeviceOptions, 'clock' | 'mayReset'>
}

const LOOK_EVERY_MS = 20

export async function createWorld(options: WorldOptions): Promise<World> {
  const { seed, devicesEach, inbox = INBOX, createClient, device = {} } = options
  const gateway = await startFaultyGateway(options.gateway)
  const echoes = options.gateway?.echoes ?? true
  const conversations: ConversationId[] = []
  const groups: Device[][] = []
  for (let number = 0; number < options.conversations; number++) {
    const visitorKey = Buffer.from(seededRandom(seed * 1_000 + number).bytes(32)).toString('base64url')
    const conversation = await gateway.enter(visitorKey)
    conversations.push(conversation)
    const names = Array.from({ length: devicesEach }, (_, index) => `v${number}d${index}`)
    groups.push(
      await Promise.all(
        names.map(async (name, index) => {
          const proxy = await createFaultProxy({ target: { port: gateway.port }, seed: seed * 10_000 + number * 100 + index })
          return createDevice({ name, proxy, conversation, inbox, visitorKey, ...(createClient ? { createClient } : {}), ...device })
        })
      )
    )
  }
  const devices = groups.flat()

  /** What every list must show once all is over: what was sent, and what the connector said to it. */
  const expectedOf = (group: readonly Device[]): number => {
    const sent = group.reduce((sum, { asks }) => sum + asks.length - asks.filter((ask) => ask.outcome.kind === 'refused').length, 0)
    return sent * (echoes ? 2 : 1)
  }
  const isAtRest = (group: readonly Device[]): boolean => group.every((one) => one.isAtRest() && one.client.$connection.get().state === 'online')
  const hasConverged = (group: readonly Device[]): boolean => isAtRest(group) && group.every((one) => one.shown() >= expectedOf(group))

  async function wait(withinMs: number, isSo: (group: readonly Device[]) => boolean): Promise<number> {
    const startedAt = performance.now()
    while (!groups.every(isSo)) {
      const rest = groups.filter((group) => !isSo(group)).flat()
      if (performance.now() - startedAt > withinMs) throw new Error(`not all within ${withinMs} ms: ${standing(rest)}`)
      await pause(LOOK_EVERY_MS)
    }
    return performance.now() - startedAt
  }

  return {
    gateway,
    devices,
    conversations,
    chance: createChance(seed),
    devicesOf: (conversation) => groups[conversation] ?? [],
    async connect() {
      await Promise.all(devices.map(({ client }) => client.connect()))
    },
    converge: (withinMs) => wait(withinMs, hasConverged),
    rest: (withinMs) => wait(withinMs, isAtRest),
    async check(more = {}) {
      for (const { client } of devices) client.close()
      await gateway.kill('SIGTERM')
      const log = await gateway.readLog(conversations)
      const [asks, acks, viewers] = [devices.flatMap((one) => one.asks), devices.flatMap((one) => one.acks), devices.map((one) => one.viewer())]
      const history = { asks, acks, log, viewers, deliveries: gateway.deliveries(), lost: new Set<string>(), discarded: new Set<string>(), isRestored: false }
      return [...findFaults({ ...history, ...more }), ...devices.flatMap(({ name, errors }) => errors.map((error) => `${name} reported ${error}`))]
    },
    async close() {
      for (const { client } of devices) client.close()
      await Promise.all(devices.map(({ proxy }) => proxy.close()))
      await gateway.close()
    }
  }
}

const standing = (devices: readonly Device[]): string =>
  devices
    .slice(0, 10)
    .map((one) => `${one.name} is ${one.client.$connection.get().state}${one.isAtRest() ? '' : ', waits'}, shows ${one.shown()}`)
    .join('; ')
