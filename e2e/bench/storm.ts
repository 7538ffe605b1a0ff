import { createChance } from '../simulation/chance.js'
import { connectAll, createMember, type Member } from './crowd.js'
import { type Delays, parleyDelays, plainDelays } from './delays.js'
import { createHeard, type Faults } from './heard.js'
import { forMs, pace, until } from './pacer.js'
import { makeFolder, type ServerKind } from './server-process.js'
import { openSide } from './side.js'
import { quantile } from './statistics.js'

export type StormLoad = {
  readonly server: Extract<ServerKind, 'plain' | 'recovering' | 'parley'>
  /** In rooms of two; even. */
  readonly clients: number
  /** `kill`: the server is killed and started again at once. `cut`: all lines end at once and the server stays. */
  readonly how: 'kill' | 'cut'
  /** How long they talk before, one message a second each. */
  readonly talkMs: number
}
export type StormFigures = Faults & {
  readonly back: number
  /** From the blow until all were back and had caught up. */
  readonly backMs: number
  /** CPU of the server from its start, or from the cut, until then. */
  readonly cpuMs: number
  /** From the blow to each client's first acknowledgement: p99. */
  readonly firstAckP99Ms: number
}

type Client = Member & { readonly name: string /** Its line has ended. */; isHit: boolean; isBack: boolean; firstAckMs: number | null; readonly delays: Delays }

/** No text for so long: nothing more comes. */
const QUIET_MS = 700

/**
 * F8: all clients lose their lines at the same moment while they talk, come back as their kind does, and go on.
 * @throws when some do not come back within two minutes
 */
export async function runStorm(load: StormLoad, seed: number): Promise<StormFigures> {
  const chance = createChance(seed)
  const folder = makeFolder()
  const side = await openSide(load.server, load.clients / 2, { file: folder.file('storm') })
  const heard = createHeard()
  const retries = new Set<NodeJS.Timeout>()
  let blowAt = Number.POSITIVE_INFINITY
  let heardAt = 0
  const newDelays = load.server === 'parley' ? parleyDelays : plainDelays

  function retry(client: Client): void {
    client.isHit = true
    client.isBack = false
    const timer = setTimeout(() => {
      retries.delete(timer)
      client.peer.connect()
    }, client.delays.next())
    retries.add(timer)
  }

  function createClient(index: number): Client {
    const name = String(index)
    const member = createMember(side, Math.floor(index / 2), index % 2, {
      onText(text) {
        heardAt = performance.now()
        const [sender = '', number = ''] = text.split(' ')
        if (sender !== name) heard.hear(name, sender, Number(number))
      },
      onAck() {
        if (client.isHit) client.firstAckMs ??= performance.now() - blowAt
      },
      onSettled() {
        client.isBack = client.isHit
        if (client.isBack) client.delays.reset()
      },
      onEnd: () => retry(client)
    })
    const client: Client = { ...member, name, isHit: false, isBack: false, firstAckMs: null, delays: newDelays(() => chance.fraction()) }
    return client
  }

  const clients = Array.from({ length: load.clients }, (_, index) => createClient(index))
  let next = 0
  function sayNext(): void {
    const client = clients[next++ % clients.length]
    client?.peer.say(`${client.name} ${heard.say(client.name)}`)
  }

  /** @returns CPU that does not count, in µs */
  async function strike(): Promise<number> {
    const { cpuUs } = await side.server().usage()
    blowAt = performance.now()
    if (load.how === 'kill') {
      await side.restart()
      return 0
    }
    for (const client of clients) {
      client.peer.cut()
      retry(client)
    }
    return cpuUs
  }

  try {
    await connectAll(clients)
    const stopTalking = pace(load.clients, sayNext)
    await forMs(load.talkMs)
    const before = await strike()
    await until(() => clients.every((client) => client.isBack), 'all are back', 120_000)
    const backMs = performance.now() - blowAt
    const { cpuUs } = await side.server().usage()
    await until(() => clients.every((client) => client.firstAckMs !== null), 'all have an acknowledgement')
    await forMs(1_000)
    stopTalking()
    heardAt = performance.now()
    await until(() => performance.now() - heardAt > QUIET_MS, 'quiet again')
    const firstAcks = clients.map((client) => client.firstAckMs ?? Number.POSITIVE_INFINITY)
    const pairs = clients.map((client, index) => [client.name, String(index ^ 1)] as const)
    const back = clients.filter((client) => client.isBack).length
    return { ...heard.faults(pairs), back, backMs, cpuMs: (cpuUs - before) / 1_000, firstAckP99Ms: quantile(firstAcks, 0.99) }
  } finally {
    for (const timer of retries) clearTimeout(timer)
    for (const { peer } of clients) peer.cut()
    await side.end()
    folder.remove()
  }
}
