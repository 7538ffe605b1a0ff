import { alternate, type Bench } from '../bench.js'
import { connectAll, createMember, type Member } from '../crowd.js'
import { pace, forMs, until } from '../pacer.js'
import { makeFolder, type ServerKind } from '../server-process.js'
import { openSide } from '../side.js'
import { median, quantile } from '../statistics.js'

const CLIENTS = 100
const PER_SECOND = 1_000
const ROUND_MS = 4_000

type Round = { readonly p50: number; readonly p99: number; readonly commitP99: number }

/** 100 clients in rooms of two, each with ten messages a second. */
async function openTalk(kind: ServerKind, file: string) {
  const side = await openSide(kind, CLIENTS / 2, { file })
  const saidAt: number[][] = []
  let tookMs: number[] = []
  const members: Member[] = Array.from({ length: CLIENTS }, (_, index) => {
    const times: number[] = []
    saidAt.push(times)
    return createMember(side, Math.floor(index / 2), index % 2, {
      onAck() {
        const at = times.shift()
        if (at !== undefined) tookMs.push(performance.now() - at)
      }
    })
  })
  await connectAll(members)
  let next = 0

  async function round(ms: number): Promise<Round> {
    tookMs = []
    await side.server().usage()
    const stop = pace(PER_SECOND, () => {
      const index = next++ % CLIENTS
      saidAt[index]?.push(performance.now())
      members[index]?.peer.say(`message ${next}`)
    })
    await forMs(ms)
    stop()
    await until(() => saidAt.every((times) => times.length === 0), 'all acknowledged')
    const { commitsUs = [] } = await side.server().usage()
    return { p50: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99), commitP99: commitsUs.length > 0 ? quantile(commitsUs, 0.99) / 1_000 : 0 }
  }

  async function end(): Promise<void> {
    for (const { peer } of members) peer.cut()
    await side.end()
  }
  return { round, end }
}

export const sendToAck: Bench = async (plan) => {
  const folder = makeFolder()
  const plain = await openTalk('plain', folder.file('plain'))
  const parley = await openTalk('timed', folder.file('parley'))
  const roundMs = Math.max(1_000, ROUND_MS * plan.share)
  for (const talk of [plain, parley]) await talk.round(roundMs / 2)
  const pairs = await alternate(
    plan.pairs,
    () => plain.round(roundMs),
    () => parley.round(roundMs)
  )
  await plain.end()
  await parley.end()
  folder.remove()
  const told = (pick: (pair: (typeof pairs)[number]) => number): string => `${median(pairs.map(pick)).toFixed(2)} ms`
  const detail = `plain p50 ${told(([a]) => a.p50)}, p99 ${told(([a]) => a.p99)}; Parley p50 ${told(([, b]) => b.p50)}, p99 ${told(([, b]) => b.p99)}, commit p99 ${told(([, b]) => b.commitP99)}`
  return {
    'ack.p50': { values: pairs.map(([a, b]) => b.p50 - a.p50), detail },
    'ack.p99': { values: pairs.map(([a, b]) => Math.max(0, b.p99 - b.commitP99) / a.p99), detail }
  }
}
