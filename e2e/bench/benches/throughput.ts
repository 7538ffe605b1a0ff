import { alternate, type Bench, type Plan, type Results } from '../bench.js'
import type { FigureId } from '../figures.js'
import { connectAll } from '../crowd.js'
import { makeFolder, type ServerKind } from '../server-process.js'
import { openSide, type Side } from '../side.js'
import { median } from '../statistics.js'
import { createRoomLoad, type RoomLoad } from '../room-load.js'

type Shape = { readonly rooms: number; readonly receivers: number; readonly messages: number }
type Round = { readonly cpuUs: number; readonly perSecond: number; readonly busy: number }

/** One round: so many messages as fast as they are acknowledged and received. */
async function measure(side: Side, load: RoomLoad, messages: number): Promise<Round> {
  const before = await side.server().usage()
  const startedAt = performance.now()
  await load.run(messages)
  const tookMs = performance.now() - startedAt
  const cpuUs = (await side.server().usage()).cpuUs - before.cpuUs
  return { cpuUs: cpuUs / messages, perSecond: (messages / tookMs) * 1_000, busy: cpuUs / 1_000 / tookMs }
}

/** Both sides with their clients, warm; then the pairs. @returns A and B of each */
async function comparePairs(kinds: readonly [ServerKind, ServerKind], shape: Shape, plan: Plan): Promise<(readonly [Round, Round])[]> {
  const folder = makeFolder()
  const open = async (kind: ServerKind): Promise<{ side: Side; load: RoomLoad }> => {
    const side = await openSide(kind, shape.rooms, { file: folder.file(kind), nodeArguments: plan.nodeArguments })
    const load = createRoomLoad(side, shape)
    await connectAll(load.peers)
    await load.run(Math.ceil(shape.messages / 3))
    return { side, load }
  }
  const [a, b] = [await open(kinds[0]), await open(kinds[1])]
  try {
    return await alternate(
      plan.pairs,
      () => measure(a.side, a.load, shape.messages),
      () => measure(b.side, b.load, shape.messages)
    )
  } finally {
    for (const { side, load } of [a, b]) {
      for (const { peer } of load.peers) peer.cut()
      await side.end()
    }
    folder.remove()
  }
}

const told = (rounds: readonly Round[]): string =>
  `${median(rounds.map((round) => round.cpuUs)).toFixed(1)} µs, ${Math.round(median(rounds.map((round) => round.perSecond)))}/s, ${Math.round(100 * median(rounds.map((round) => round.busy)))} % busy`

const againstPlain =
  (cpu: FigureId, rate: FigureId, shape: Shape): Bench =>
  async (plan) => {
    const pairs = await comparePairs(['plain', 'parley'], { ...shape, messages: Math.ceil(shape.messages * plan.share) }, plan)
    const detail = `plain ${told(pairs.map(([plain]) => plain))}; Parley ${told(pairs.map(([, parley]) => parley))}`
    const results: Results = {
      [cpu]: { values: pairs.map(([plain, parley]) => parley.cpuUs / plain.cpuUs), detail },
      [rate]: { values: pairs.map(([plain, parley]) => parley.perSecond / plain.perSecond), detail }
    }
    return results
  }

export const roomsOfTwo = againstPlain('rooms.cpu', 'rooms.rate', { rooms: 200, receivers: 1, messages: 40_000 })
export const oneReceiver = againstPlain('one.cpu', 'one.rate', { rooms: 1, receivers: 1, messages: 15_000 })
export const nineReceivers = againstPlain('nine.cpu', 'nine.rate', { rooms: 1, receivers: 9, messages: 8_000 })

/** The same gateway, once with and once without waiting for the disk. */
export const syncOrNot: Bench = async (plan) => {
  const pairs = await comparePairs(['unsynced', 'parley'], { rooms: 200, receivers: 1, messages: Math.ceil(40_000 * plan.share) }, plan)
  const detail = `ack first ${told(pairs.map(([first]) => first))}; fsync first ${told(pairs.map(([, synced]) => synced))}`
  return { 'sync.rate': { values: pairs.map(([first, synced]) => synced.perSecond / first.perSecond), detail } }
}
