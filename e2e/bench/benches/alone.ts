import type { Bench } from '../bench.js'
import { connectAll, createMember, within } from '../crowd.js'
import { parleyDelays } from '../delays.js'
import { installBytes } from '../install-size.js'
import { SILENT, type Peer } from '../peer.js'
import { makeFolder, startServer } from '../server-process.js'
import { openParley } from '../side.js'
import { createChance } from '../../simulation/chance.js'
import { startGatewayProcess } from '../../tools/gateway-process.js'
import { median } from '../statistics.js'

/** Figures of Parley alone, in absolute numbers. */

const ROWS = 5_000

/** From the kill to the acknowledgement of a message that was written at that moment. */
export const killToAck: Bench = async (plan) => {
  const folder = makeFolder()
  const chance = createChance(plan.seed)
  const side = await openParley('parley', 1, { file: folder.file('kill') })
  const values: number[] = []
  let acked = (): void => {}
  let isDone = false
  const delays = parleyDelays(() => chance.fraction())
  const member = createMember(side, 0, 0, {
    onAck: () => acked(),
    onSettled: () => delays.reset(),
    onEnd() {
      if (!isDone) setTimeout(() => member.peer.connect(), delays.next())
    }
  })
  await connectAll([member])
  for (let round = 0; round < plan.pairs; round++) {
    const killedAt = performance.now()
    const restarted = side.restart()
    const first = new Promise<void>((resolve) => {
      acked = resolve
    })
    // Said once the line is known to be gone, so that the old process cannot have taken it.
    await restarted
    member.peer.say(`round ${round}`)
    await within(first, 'the first acknowledgement')
    values.push(performance.now() - killedAt)
  }
  isDone = true
  member.peer.cut()
  await side.end()
  folder.remove()
  return { 'kill.ack': { values, detail: `rounds: ${values.map((value) => Math.round(value)).join(', ')} ms` } }
}

/** One client that holds one row and misses 5,000. */
export const catchUp: Bench = async (plan) => {
  const folder = makeFolder()
  const side = await openParley('parley', 1, { file: folder.file('catch-up') })
  let acks = 0
  let done = (): void => {}
  const speaker = createMember(side, 0, 0, { onAck: () => ++acks === ROWS + 1 && done() })
  const early = side.parleyPeer(0, 1, { events: { ...SILENT, onText: () => heard() } })
  let heard = (): void => {}
  await connectAll([speaker])
  const first = new Promise<void>((resolve) => {
    heard = resolve
  })
  early.connect()
  speaker.peer.say('the first')
  await within(first, 'the first row')
  early.cut()
  const place = early.place()
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  for (let row = 0; row < ROWS; row++) speaker.peer.say(`row ${row}, and the parcel has not come yet, although the page says that it has`)
  await within(all, `${ROWS} rows`)
  const values: number[] = []
  for (let round = 0; round < plan.pairs; round++) {
    const startedAt = performance.now()
    const late = await caughtUp((events) => side.parleyPeer(0, 2 + round, { events, place }))
    values.push(performance.now() - startedAt)
    late.cut()
  }
  speaker.peer.cut()
  await side.end()
  folder.remove()
  return { 'catchup.time': { values, detail: `${ROWS} rows in pages of 200; rounds: ${values.map((value) => Math.round(value)).join(', ')} ms` } }
}

/** @throws when it was not told every row */
function caughtUp(create: (events: typeof SILENT) => Peer): Promise<Peer> {
  let rows = 0
  return within(
    new Promise((resolve, reject) => {
      const peer = create({
        ...SILENT,
        onText: () => rows++,
        onSettled: () => (rows === ROWS ? resolve(peer) : reject(new Error(`${rows} rows came instead of ${ROWS}`)))
      })
      peer.connect()
    }),
    'catching up'
  )
}

/** The executable itself, as an operator starts it, on a store that is not there yet. */
export const coldStart: Bench = async (plan) => {
  const folder = makeFolder()
  const inboxes = { support: { connector: 'oih', webhooksUrl: 'http://127.0.0.1:9' } }
  const values: number[] = []
  const plain: number[] = []
  for (let round = 0; round < plan.pairs; round++) {
    const bare = await startServer('plain')
    plain.push(bare.startedInMs)
    await bare.end()
    const startedAt = performance.now()
    const gateway = await startGatewayProcess({ config: { port: 0, store: `sqlite:${folder.file(`start-${round}`)}`, inboxes } })
    values.push(performance.now() - startedAt)
    await gateway.kill('SIGTERM')
  }
  folder.remove()
  return { 'start.time': { values, detail: `the executable on a new store; plain ${Math.round(median(plain))} ms` } }
}

export const installSize: Bench = async () => {
  const { bytes, packages, largest } = installBytes('@parley/gateway')
  const told = largest.map((one) => `${one.name} ${(one.bytes / 1_048_576).toFixed(1)}`).join(', ')
  return { 'install.size': { values: [bytes / 1_048_576], detail: `${packages} packages; the largest: ${told}` } }
}
