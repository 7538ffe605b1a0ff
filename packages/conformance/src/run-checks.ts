import { Broken, type Check, type Outcome, reasonOf, Skipped } from './check.js'
import { within } from './within.js'

/** Longer than anything that a check waits for by itself. */
const MOST_MS = 120_000

/**
 * Runs checks one after the other, in their order, all of them whatever comes of one.
 * @param onOutcome is told each as it comes
 */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  onOutcome: (outcome: Outcome) => void
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const check of checks) {
    const missing = check.needs?.find((id) => outcomes.find((one) => one.id === id)?.state !== 'held')
    const outcome = missing === undefined ? await runCheck(check, context) : skipped(check, `"${missing}" does not hold, so this cannot be tried`, 0)
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return outcomes
}

async function runCheck<Context>(check: Check<Context>, context: Context): Promise<Outcome> {
  const { id, rule } = check
  const startedAt = performance.now()
  const ms = (): number => Math.round(performance.now() - startedAt)
  try {
    await within(MOST_MS, check.run(context), 'the end of this check')
    return { id, rule, state: 'held', ms: ms() }
  } catch (thrown) {
    if (thrown instanceof Skipped) return skipped(check, thrown.message, ms())
    if (thrown instanceof Broken) return { id, rule, state: 'broken', ms: ms(), found: thrown.found, wanted: thrown.wanted }
    return { id, rule, state: 'broken', ms: ms(), found: `an end before it was tried to the end: ${reasonOf(thrown)}`, wanted: rule }
  }
}

const skipped = ({ id, rule }: Pick<Outcome, 'id' | 'rule'>, why: string, ms: number): Outcome => ({ id, rule, state: 'skipped', ms, why })
