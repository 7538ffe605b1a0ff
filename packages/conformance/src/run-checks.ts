import { Broken, type Check, type Outcome, reasonOf, Skipped } from './check.js'
import { within } from './within.js'

/** Longer than anything that a check waits for by itself. */
const MOST_MS = 120_000

export type Watch = {
  /** Is told each outcome as it comes. */
  onOutcome(outcome: Outcome): void
  /** Asked after each broken rule: does anybody listen at the address at all? */
  isThere(): Promise<boolean>
}

/** Runs checks one after the other, in their order, all of them whatever comes of one; but nothing can be told of what is gone. */
export async function runChecks<Context>(checks: readonly Check<Context>[], context: Context, { onOutcome, isThere }: Watch): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let goneSince: string | null = null
  for (const check of checks) {
    const why = goneSince === null ? unmetNeed(check, outcomes) : `nothing listens there any more, since "${goneSince}"`
    const outcome = why === null ? await runCheck(check, context) : skipped(check, why, 0)
    outcomes.push(outcome)
    onOutcome(outcome)
    if (outcome.state === 'broken' && !(await isThere())) goneSince = check.id
  }
  return outcomes
}

function unmetNeed({ needs = [] }: Pick<Check<never>, 'needs'>, outcomes: readonly Outcome[]): string | null {
  const missing = needs.find((id) => outcomes.find((one) => one.id === id)?.state !== 'held')
  return missing === undefined ? null : `"${missing}" does not hold, so this cannot be tried`
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
