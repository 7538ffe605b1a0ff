import { alternate, type Bench } from '../bench.js'
import { connectAll, createMember, type Member } from '../crowd.js'
import { makeFolder, type ServerKind } from '../server-process.js'
import { openSide, type Side } from '../side.js'
import { median } from '../statistics.js'

/** What connections cost: the memory of idle ones, and the CPU of making them. */

const membersOf = (side: Side, count: number): Member[] => Array.from({ length: count }, (_, room) => createMember(side, room, 0))

/** Enough for the code to be compiled and the pools to be filled before anything is weighed. */
const WARM = 200

type Weight = { readonly heapBytes: number; readonly rssBytes: number }

/** What one idle visitor weighs in a fresh server. */
async function weigh(kind: ServerKind, visitors: number, file: string): Promise<Weight> {
  const side = await openSide(kind, WARM, { file })
  const warm = membersOf(side, WARM)
  await connectAll(warm)
  for (const { peer } of warm) peer.cut()
  const before = await side.server().usage(true)
  await side.openRooms(visitors)
  const members = membersOf(side, visitors)
  await connectAll(members)
  const after = await side.server().usage(true)
  for (const { peer } of members) peer.cut()
  await side.end()
  return { heapBytes: (after.heapBytes - before.heapBytes) / visitors, rssBytes: (after.rssBytes - before.rssBytes) / visitors }
}

export const idleMemory: Bench = async (plan) => {
  const visitors = plan.isFull ? 10_000 : Math.max(500, Math.ceil(2_000 * plan.share))
  const folder = makeFolder()
  let stores = 0
  const pairs = await alternate(
    plan.fewPairs,
    () => weigh('plain', visitors, ''),
    () => weigh('parley', visitors, folder.file(`parley-${stores++}`))
  )
  folder.remove()
  const told = (of: 0 | 1, part: keyof Weight): string => `${(median(pairs.map((pair) => pair[of][part])) / 1_024).toFixed(1)} KiB`
  const detail = `${visitors} visitors; plain heap ${told(0, 'heapBytes')}, RSS ${told(0, 'rssBytes')}; Parley heap ${told(1, 'heapBytes')}, RSS ${told(1, 'rssBytes')}`
  return {
    'idle.heap': { values: pairs.map(([a, b]) => b.heapBytes / a.heapBytes), detail },
    'idle.rss': { values: pairs.map(([a, b]) => b.rssBytes / a.rssBytes), detail }
  }
}

/** CPU of one connect, in µs, of visitors who hold all that there is. */
async function openConnecting(kind: ServerKind, visitors: number, file: string) {
  const side = await openSide(kind, visitors, { file })
  const members = membersOf(side, visitors)
  const round = async (): Promise<number> => {
    const before = await side.server().usage()
    await connectAll(members)
    const after = await side.server().usage()
    for (const { peer } of members) peer.cut()
    // What the ends of the lines cost falls between the rounds.
    await side.server().usage(true)
    return (after.cpuUs - before.cpuUs) / visitors
  }
  await round()
  return { round, end: () => side.end() }
}

export const connecting: Bench = async (plan) => {
  const visitors = Math.max(200, Math.ceil(1_000 * plan.share))
  const folder = makeFolder()
  const plain = await openConnecting('plain', visitors, '')
  const parley = await openConnecting('parley', visitors, folder.file('parley'))
  const pairs = await alternate(plan.pairs, plain.round, parley.round)
  await plain.end()
  await parley.end()
  folder.remove()
  const detail = `${visitors} visitors; plain ${Math.round(median(pairs.map(([a]) => a)))} µs, Parley ${Math.round(median(pairs.map(([, b]) => b)))} µs`
  return { 'connect.cpu': { values: pairs.map(([a, b]) => b / a), detail } }
}
