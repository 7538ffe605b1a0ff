import { MUTANTS } from './mutants.js'
import { NO_SEAMS } from './seams.js'
import { simulate } from './simulate.js'
import type { Failing, Task } from './workers.js'

/** A process that simulates the seeds it is given, one task after another, until whoever began it is gone. */
async function carryOut({ seeds, steps, mutant }: Task): Promise<readonly Failing[]> {
  const seams = mutant === null ? () => NO_SEAMS : MUTANTS[mutant]
  if (!seams) throw new RangeError(`there is no deliberate defect "${mutant}"`)
  const failing: Failing[] = []
  for (const seed of seeds) {
    const { faults } = await simulate(seed, steps, seams())
    if (faults.length > 0) failing.push({ seed, faults })
  }
  return failing
}

process.on('message', (task: Task) => {
  carryOut(task).then(
    (failing) => process.send?.(failing),
    (reason: unknown) => {
      console.error(reason)
      process.exit(1)
    }
  )
})
process.on('disconnect', () => process.exit())
