import { alternate, type Bench } from '../bench.js'
import { runStorm, type StormFigures, type StormLoad } from '../storm.js'
import { median } from '../statistics.js'

const TALK_MS = 2_000
/** Size at which the comparison with Socket.IO's own recovery was fixed: its cost grows with the square of the clients. */
const RECOVERY_CLIENTS = 5_000

const told = (name: string, figures: readonly StormFigures[]): string => {
  const of = (pick: (one: StormFigures) => number): number => median(figures.map(pick))
  return `${name}: back in ${Math.round(of((one) => one.backMs))} ms, CPU ${Math.round(of((one) => one.cpuMs))} ms, lost ${figures.reduce((sum, one) => sum + one.lost, 0)} of ${figures.reduce((sum, one) => sum + one.said, 0)}`
}

/** F8: killed and cut at once, with plain Socket.IO's losses beside. */
export const storm: Bench = async (plan) => {
  const clients = plan.isFull ? 5_000 : plan.share < 1 ? 200 : 1_000
  const load = { clients, how: 'kill', talkMs: TALK_MS } as const
  let seed = plan.seed
  const run = async (server: StormLoad['server']): Promise<StormFigures> => {
    const figures = await runStorm({ ...load, server }, seed++)
    plan.say(told(server, [figures]))
    return figures
  }
  const pairs = await alternate(
    plan.fewPairs,
    () => run('plain'),
    () => run('parley')
  )
  const plain = pairs.map(([one]) => one)
  const parley = pairs.map(([, one]) => one)
  const detail = `${clients} clients; ${told('plain', plain)}; ${told('Parley', parley)}`
  const isBeside = plan.share < 1
  return {
    'storm.time': { values: pairs.map(([a, b]) => b.backMs / a.backMs), detail, isBeside },
    'storm.cpu': { values: pairs.map(([a, b]) => b.cpuMs / a.cpuMs), detail, isBeside },
    'storm.lost': {
      values: [Math.max(...parley.map((one) => one.lost + one.repeated + one.swapped))],
      detail: `${detail}; Parley repeated ${parley.reduce((sum, one) => sum + one.repeated, 0)}, swapped ${parley.reduce((sum, one) => sum + one.swapped, 0)}`
    },
    'storm.p99': {
      values: parley.map((one) => one.firstAckP99Ms),
      detail: `${clients} clients; plain ${Math.round(median(plain.map((one) => one.firstAckP99Ms)))} ms`,
      isBeside: isBeside || clients > 1_000
    }
  }
}

/** The server stays and all lines are cut, for only then can Socket.IO's own recovery do anything. */
export const recovery: Bench = async (plan) => {
  const clients = plan.isFull ? RECOVERY_CLIENTS : plan.share < 1 ? 200 : 1_000
  const load = { clients, how: 'cut', talkMs: TALK_MS } as const
  let seed = plan.seed
  const pairs = await alternate(
    plan.isFull ? 3 : 1,
    () => runStorm({ ...load, server: 'recovering' }, seed++),
    () => runStorm({ ...load, server: 'parley' }, seed++)
  )
  const recovering = pairs.map(([one]) => one)
  const parley = pairs.map(([, one]) => one)
  const detail = `${clients} clients; ${told('with recovery', recovering)}; ${told('Parley', parley)}`
  return { 'recovery.cpu': { values: pairs.map(([a, b]) => b.cpuMs / a.cpuMs), detail, isBeside: clients < RECOVERY_CLIENTS } }
}
