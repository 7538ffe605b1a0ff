import { readArguments, USAGE } from './arguments.js'
import { reasonOf } from './check.js'
import { CannotProve } from './options.js'
import { prove } from './prove.js'
import { lineOf, paintFor, summaryOf } from './report.js'

/** What the command line touches of the world around it. */
export type World = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Colours are for people who look at a terminal. */
  readonly isTerminal: boolean
  readonly seed: number
  print(line: string): void
  complain(line: string): void
  writeFile(path: string, text: string): Promise<void>
}

/** The whole command. @returns its exit code: 0 all holds, 1 something does not, 2 nothing could be proved */
export async function runCommand(given: readonly string[], world: World): Promise<number> {
  try {
    const read = readArguments(given, world.environment, world.seed)
    if (read.help) {
      world.print(USAGE)
      return 0
    }
    const paint = paintFor(world.isTerminal)
    const report = await prove(read.options, {
      onStart: (kind, checks) =>
        world.print(`${read.options.url} is taken for a ${kind === 'bot' ? 'webhook bot' : 'gateway'}: ${checks} checks, seed ${read.options.seed}`),
      onOutcome: (outcome) => world.print(lineOf(outcome, paint))
    })
    world.print(summaryOf(report, paint))
    if (read.jsonFile !== null) await writeReport(world, read.jsonFile, JSON.stringify(report, null, 2))
    return report.broken === 0 ? 0 : 1
  } catch (thrown) {
    if (!(thrown instanceof CannotProve)) throw thrown
    world.complain(thrown.message)
    return 2
  }
}

async function writeReport(world: World, path: string, text: string): Promise<void> {
  try {
    await world.writeFile(path, `${text}\n`)
  } catch (thrown) {
    throw new CannotProve(`--json: the report cannot be written to ${JSON.stringify(path)}: ${reasonOf(thrown)}.`)
  }
}
