import { findFaults } from './history.js'
import { NO_SEAMS, type Seams } from './seams.js'
import { planSteps, type Step, stepText } from './steps.js'
import { createWorld } from './world.js'

export type Simulated = {
  /** Empty when everything was as it must be. */
  readonly faults: readonly string[]
  /** What happened, in order. */
  readonly trace: readonly string[]
}

/**
 * One world from a seed: the real engine and the real client under one virtual clock, through these
 * steps, then healed, then held against the history checker. The same arguments give the same result.
 * @param steps how many, or which
 */
export async function simulate(seed: number, steps: number | readonly Step[], seams: Seams = NO_SEAMS): Promise<Simulated> {
  const trace: string[] = []
  const world = createWorld({ seed, seams, note: (text) => trace.push(text) })
  trace.push(`seed ${seed}: ${JSON.stringify(world.profile)}`)
  for (const step of typeof steps === 'number' ? planSteps(seed, steps) : steps) {
    trace.push(stepText(step))
    await world.take(step)
  }
  const restless = await world.heal()
  return { faults: [...restless, ...findFaults(await world.history())], trace }
}

/**
 * The least that still fails: ever smaller pieces of the plan are left out, as long as it fails without them.
 * @param words only faults that contain them count
 */
export async function shrink(seed: number, steps: readonly Step[], words = ''): Promise<readonly Step[]> {
  const fails = async (some: readonly Step[]): Promise<boolean> => (await simulate(seed, some)).faults.some((fault) => fault.includes(words))
  let kept = steps
  for (let size = kept.length >> 1; size >= 1; ) {
    const before = kept.length
    for (let from = kept.length - size; from >= 0; from -= size) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (await fails(fewer)) kept = fewer
    }
    if (size > 1 || kept.length === before) size >>= 1
  }
  return kept
}
