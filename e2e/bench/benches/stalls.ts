import type { Bench } from '../bench.js'
import { runStalled, type StalledLoad } from '../stalled.js'

/** F7 as the plan has it. The texts are long, so that the system's own buffers are full before the part is over. */
const LOAD: StalledLoad = { stalled: 100, readers: 1_000, perSecond: 500, textBytes: 8_192, talkMs: 15_000 }

export const stalls: Bench = async (plan) => {
  const load = { ...LOAD, talkMs: plan.isFull ? 90_000 : Math.max(3_000, LOAD.talkMs * plan.share) }
  const figures = await runStalled(load, plan.seed)
  const detail = `${load.stalled} of ${load.stalled + load.readers} stall for ${load.talkMs / 1_000} s at ${load.perSecond}/s of ${load.textBytes} bytes; p99 ${figures.p99WithoutMs.toFixed(1)} ms without, ${figures.p99Ms.toFixed(1)} ms with; ${figures.cutOff} cut off, ${figures.caughtUp} caught up, lost ${figures.lost} of ${figures.said}`
  return {
    'stalled.memory': { values: [figures.rssPerStalledMiB], detail },
    'stalled.p99': { values: [figures.p99Ms / figures.p99WithoutMs], detail },
    'stalled.lost': { values: [figures.lost + figures.repeated + figures.swapped], detail }
  }
}
