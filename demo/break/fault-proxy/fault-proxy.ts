import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Clock } from '@parley/sdk'
import { seededRandom } from '@parley/sdk/testing'
import { systemClock } from './clock.js'
import { openLine, type ProxyLine } from './line.js'
import { DIRECTIONS, type Direction, NO_TOXICS, type Toxic, type ToxicKind, type Toxics, withoutToxic, withToxic } from './toxics.js'

export type Target = { readonly port: number /** Default: loopback. */; readonly host?: string }
export type Traffic = { readonly passedBytes: number; readonly heldBytes: number }

/** A TCP relay that does to its lines what bad networks do. */
export interface FaultProxy {
  readonly port: number
  /** Adds a toxic, or replaces the one of its kind; open lines feel it at once. */
  set(direction: Direction | 'both', toxic: Toxic): void
  /** Takes the toxics of this kind away. Default: all of them. */
  clear(kind?: ToxicKind): void
  /** Ends all open lines. @returns how many there were */
  cut(how?: 'reset' | 'close'): number
  /** Takes no new lines: whoever comes finds the port closed. Open ones go on. */
  refuse(): Promise<void>
  /** Takes lines again, at the same port. */
  accept(): Promise<void>
  /** New lines lead there. */
  aim(target: Target): void
  lines(): number
  /** Of the lines that are open. */
  traffic(direction: Direction): Traffic
  close(): Promise<void>
}

export type FaultProxyOptions = {
  readonly target: Target
  /** Of all its random choices. */
  readonly seed: number
  readonly clock?: Clock
}

/** Listens on a free port of loopback. */
export async function createFaultProxy({ target, seed, clock = systemClock }: FaultProxyOptions): Promise<FaultProxy> {
  const { fraction } = seededRandom(seed)
  const lines = new Set<ProxyLine>()
  let aimedAt = target
  let toxics: Readonly<Record<Direction, Toxics>> = { up: NO_TOXICS, down: NO_TOXICS }
  const server = createServer({ allowHalfOpen: true }, take)

  function take(client: Socket): void {
    const { port, host = '127.0.0.1' } = aimedAt
    const out = connect({ port, host, allowHalfOpen: true })
    const line = openLine({ client, target: out, clock, fraction, toxics: (direction) => toxics[direction], onEnd: () => lines.delete(line) })
    lines.add(line)
  }

  function change(directions: readonly Direction[], how: (before: Toxics) => Toxics): void {
    toxics = { ...toxics, ...Object.fromEntries(directions.map((direction) => [direction, how(toxics[direction])])) }
    for (const line of [...lines]) line.look()
  }

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  await listen(0)
  const { port } = server.address() as AddressInfo

  function cut(how: 'reset' | 'close' = 'reset'): number {
    const open = [...lines]
    for (const line of open) line.cut(how)
    return open.length
  }

  function refuse(): Promise<void> {
    // Its callback waits for open lines; the port is closed at once.
    if (server.listening) server.close()
    return Promise.resolve()
  }

  return {
    port,
    set: (direction, toxic) => change(direction === 'both' ? DIRECTIONS : [direction], (before) => withToxic(before, toxic, clock.now())),
    clear: (kind) => change(DIRECTIONS, (before) => (kind ? withoutToxic(before, kind) : NO_TOXICS)),
    cut,
    refuse,
    accept: () => (server.listening ? Promise.resolve() : listen(port)),
    aim(next) {
      aimedAt = next
    },
    lines: () => lines.size,
    traffic(direction) {
      const flows = [...lines].map((line) => line.flows[direction])
      return { passedBytes: sum(flows.map((flow) => flow.passed())), heldBytes: sum(flows.map((flow) => flow.held())) }
    },
    async close() {
      const closed = new Promise<void>((resolve) => (lines.size === 0 && !server.listening ? resolve() : server.once('close', () => resolve())))
      await refuse()
      cut()
      await closed
    }
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
