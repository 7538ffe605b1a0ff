import type { Chance } from '../chance.js'
import { freshKey } from '../chance.js'
import type { Options } from '../options.js'
import { createEntrance, demandEntering, type Entrance } from './entrance.js'
import type { Line } from './line.js'
import { createNeighbour, type Neighbour } from './neighbour.js'
import { createVisitor, type Visitor } from './visitor.js'

/** All that the checks of a gateway share. */
export type GatewayContext = {
  readonly entrance: Entrance
  /** A page that may use the gateway; `null`: none is known. */
  readonly origin: string | null
  readonly chance: Chance
  /** Somebody new, once more at each call. */
  visitor(): Promise<Visitor>
  /** A line that is closed at the end, if nobody closes it before. */
  open(visitor: Visitor, place?: Parameters<Visitor['open']>[0]): Promise<Line>
  /** Opened at the first call, the same one afterwards. */
  neighbour(): Promise<Neighbour>
  close(): Promise<void>
}

/** @throws CannotProve when there is no entering */
export async function openGatewayContext(options: Options, chance: Chance): Promise<GatewayContext> {
  const entrance = createEntrance(options)
  await demandEntering(entrance, freshKey())
  const lines: Line[] = []
  let neighbour: Promise<Neighbour> | null = null

  async function open(visitor: Visitor, place?: Parameters<Visitor['open']>[0]): Promise<Line> {
    const line = await visitor.open(place)
    lines.push(line)
    return line
  }
  async function makeNeighbour(): Promise<Neighbour> {
    const visitor = await createVisitor(entrance)
    return createNeighbour(visitor, await open(visitor))
  }

  return {
    entrance,
    origin: options.gateway.origin,
    chance,
    visitor: () => createVisitor(entrance),
    open,
    neighbour() {
      neighbour ??= makeNeighbour()
      return neighbour
    },
    async close() {
      for (const line of lines) line.close()
    }
  }
}
