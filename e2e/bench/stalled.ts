import { connectAll, createMember, type Member } from './crowd.js'
import { createChance } from '../simulation/chance.js'
import { parleyDelays } from './delays.js'
import { createHeard, type Faults } from './heard.js'
import { forMs, pace, until } from './pacer.js'
import { makeFolder } from './server-process.js'
import { openSide } from './side.js'
import { quantile } from './statistics.js'

export type StalledLoad = {
  /** Conversations, each with one client that will stop reading. */
  readonly stalled: number
  /** Clients in all that read; a multiple of `stalled`. The first of each conversation speaks. */
  readonly readers: number
  readonly perSecond: number
  readonly textBytes: number
  /** How long each part takes: all reading, then with the stall. */
  readonly talkMs: number
}
export type StalledFigures = Faults & {
  /** Clients that stopped reading and hold everything in the end. */
  readonly caughtUp: number
  /** Lines that the gateway ended, because too much waited for them. */
  readonly cutOff: number
  readonly rssPerStalledMiB: number
  /** From sending to the readers' hearing. */
  readonly p99Ms: number
  readonly p99WithoutMs: number
}

/** F7: some clients stop taking bytes while the talk goes on; later they read again and must hold everything. */
export async function runStalled(load: StalledLoad, seed: number): Promise<StalledFigures> {
  const chance = createChance(seed)
  const folder = makeFolder()
  const side = await openSide('parley', load.stalled, { file: folder.file('stalled') })
  const heard = createHeard()
  const perRoom = load.readers / load.stalled
  const retries = new Set<NodeJS.Timeout>()
  const padding = 'x'.repeat(load.textBytes)
  let tookMs: number[] = []
  let cutOff = 0

  const newReader = (room: number, member: number): Member =>
    createMember(side, room, member, {
      onText(text) {
        const [number = '', at = ''] = text.split(' ', 2)
        tookMs.push(performance.now() - Number(at))
        heard.hear(`${room} ${member}`, String(room), Number(number))
      }
    })

  function newStalled(room: number): Member & { last: number } {
    const delays = parleyDelays(() => chance.fraction())
    const member = createMember(side, room, perRoom, {
      onText(text) {
        const number = Number(text.split(' ', 1)[0])
        stalled.last = number
        heard.hear(`${room} ${perRoom}`, String(room), number)
      },
      onEnd() {
        cutOff++
        const timer = setTimeout(() => {
          retries.delete(timer)
          member.peer.connect()
        }, delays.next())
        retries.add(timer)
      }
    })
    const stalled = { ...member, last: 0 }
    return stalled
  }

  const rooms = Array.from({ length: load.stalled }, (_, room) => room)
  const readers = rooms.map((room) => Array.from({ length: perRoom }, (_, member) => newReader(room, member)))
  const stalled = rooms.map(newStalled)
  const saidIn = rooms.map(() => 0)
  let next = 0
  function sayNext(): void {
    const room = next++ % rooms.length
    saidIn[room] = heard.say(String(room))
    readers[room]?.[0]?.peer.say(`${saidIn[room]} ${performance.now()} ${padding}`)
  }

  async function talk(): Promise<{ readonly p99: number; readonly rssBytes: number }> {
    tookMs = []
    const stop = pace(load.perSecond, sayNext)
    await forMs(load.talkMs)
    stop()
    const due = next * perRoom
    await until(() => heardByReaders() >= due, 'the readers have heard all')
    const { rssBytes } = await side.server().usage(true)
    return { p99: quantile(tookMs, 0.99), rssBytes }
  }

  let heardBefore = 0
  const heardByReaders = (): number => heardBefore + tookMs.length

  try {
    await connectAll([...readers.flat(), ...stalled])
    // The first part is thrown away: it warms up.
    await talk()
    heardBefore += tookMs.length
    const without = await talk()
    heardBefore += tookMs.length
    for (const { peer } of stalled) peer.pause()
    const during = await talk()
    for (const { peer } of stalled) peer.resume()
    const isCaughtUp = (room: number): boolean => stalled[room]?.last === saidIn[room]
    await until(() => rooms.every(isCaughtUp), 'those that had stopped have caught up')
    const pairs = rooms.flatMap((room) => Array.from({ length: perRoom + 1 }, (_, member) => [`${room} ${member}`, String(room)] as const))
    return {
      ...heard.faults(pairs),
      caughtUp: rooms.filter(isCaughtUp).length,
      cutOff,
      rssPerStalledMiB: Math.max(0, during.rssBytes - without.rssBytes) / 1_048_576 / load.stalled,
      p99Ms: during.p99,
      p99WithoutMs: without.p99
    }
  } finally {
    for (const timer of retries) clearTimeout(timer)
    for (const { peer } of [...readers.flat(), ...stalled]) peer.cut()
    await side.end()
    folder.remove()
  }
}
