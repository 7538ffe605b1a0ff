import type { Chance } from '../simulation/chance.js'
import type { FaultProxy } from '../../demo/break/fault-proxy/fault-proxy.js'
import type { Direction, Toxic } from '../../demo/break/fault-proxy/toxics.js'
import { pause } from './real-time.js'
import type { World } from './world.js'

/** One thing that goes wrong for some lines and is over after `forMs`. */
export type Fault = {
  readonly atMs: number
  readonly forMs: number
  readonly kind: FaultKind
  readonly direction: Direction | 'both'
  /** One device, all of one conversation, or everybody. */
  readonly whom: { readonly device: number } | { readonly conversation: number } | 'all'
  /** Decides what the kind leaves open. */
  readonly some: number
}
export const FAULT_KINDS = [
  'cut',
  'close',
  'latency',
  'bandwidth',
  'slices',
  'blackHole',
  'reset',
  'slowClose',
  'cutAfterBytes',
  'refuse',
  'kill',
  'restart'
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

type Size = { readonly devices: number; readonly conversations: number }

/** Random faults at random times, the earliest first. `kill` and `restart` strike everybody, so they are rarer. */
export function planFaults(chance: Chance, count: number, overMs: number, { devices, conversations }: Size): readonly Fault[] {
  const plan = Array.from({ length: count }, (): Fault => {
    const kind = chance.is(0.03) ? chance.pick(['kill', 'restart'] as const) : chance.pick(FAULT_KINDS.slice(0, -2))
    const width = chance.fraction()
    return {
      atMs: chance.between(0, overMs),
      forMs: chance.between(200, kind === 'blackHole' ? 5_000 : 1_500),
      kind,
      direction: chance.pick(['up', 'down', 'both']),
      whom: width < 0.6 ? { device: chance.between(0, devices - 1) } : width < 0.95 ? { conversation: chance.between(0, conversations - 1) } : 'all',
      some: chance.between(1, 4_000)
    }
  })
  return plan.sort((one, other) => one.atMs - other.atMs)
}

/** What a fault of this kind is to a proxy; `null` for those that are no toxic. */
function toxicOf(kind: FaultKind, some: number): Toxic | null {
  switch (kind) {
    case 'latency':
      return { kind: 'latency', delayMs: 500, jitterMs: 500 }
    case 'bandwidth':
      return { kind: 'bandwidth', bytesPerS: 8_192 }
    case 'slices':
      return { kind: 'slicer', bytes: 1 + (some % 40), varyBytes: some % 20 }
    case 'blackHole':
      return { kind: 'timeout' }
    case 'reset':
      return { kind: 'resetPeer', afterMs: some % 300 }
    case 'slowClose':
      return { kind: 'slowClose', delayMs: 1_000 }
    case 'cutAfterBytes':
      return { kind: 'limitData', bytes: some }
    case 'cut':
    case 'close':
    case 'refuse':
    case 'kill':
    case 'restart':
      return null
    default:
      return kind satisfies never
  }
}

/** Lets it happen to these proxies. @returns ends it */
export function strike(proxies: readonly FaultProxy[], { kind, direction, some }: Pick<Fault, 'kind' | 'direction' | 'some'>): () => Promise<void> {
  const toxic = toxicOf(kind, some)
  for (const proxy of proxies) {
    if (toxic) proxy.set(direction, toxic)
    else if (kind === 'refuse') void proxy.refuse()
    else if (kind === 'cut' || kind === 'close') proxy.cut(kind === 'cut' ? 'reset' : 'close')
    // What listens for the end of a line hears it.
    if (kind === 'slowClose' || kind === 'refuse') proxy.cut('close')
  }
  return async () => {
    for (const proxy of proxies) {
      if (toxic) proxy.clear(toxic.kind)
      if (kind === 'refuse') await proxy.accept()
    }
  }
}

/** Lets the planned faults happen in a world. Settles when the last is over. */
export async function weather(world: World, plan: readonly Fault[]): Promise<void> {
  const startedAt = performance.now()
  let restarting = Promise.resolve()
  const happen = async (fault: Fault): Promise<void> => {
    await moment(startedAt + fault.atMs)
    if (fault.kind === 'kill' || fault.kind === 'restart') {
      const signal = fault.kind === 'kill' ? 'SIGKILL' : 'SIGTERM'
      // One after the other: a gateway that is just being started is not killed.
      restarting = restarting.then(async () => {
        await world.gateway.kill(signal)
        await world.gateway.start()
      })
      return restarting
    }
    const end = strike(proxiesOf(world, fault.whom), fault)
    await moment(startedAt + fault.atMs + fault.forMs)
    await end()
  }
  await Promise.all(plan.map(happen))
}

function proxiesOf({ devices, devicesOf }: World, whom: Fault['whom']): readonly FaultProxy[] {
  const struck = whom === 'all' ? devices : 'device' in whom ? devices.slice(whom.device, whom.device + 1) : devicesOf(whom.conversation)
  return struck.map(({ proxy }) => proxy)
}

const moment = (at: number): Promise<void> => pause(at - performance.now())
