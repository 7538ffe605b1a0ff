import type { Check } from './check.js'
import { CannotProve } from './options.js'

/**
 * Some of the checks, in their order, and those that they need.
 * @param only ids, or what stands before the full stop in them; `null`: all
 * @throws CannotProve for a name that no check has
 */
export function chooseChecks<Context>(checks: readonly Check<Context>[], only: readonly string[] | null): readonly Check<Context>[] {
  if (only === null) return checks
  const groupOf = (id: string): string => id.split('.')[0] ?? ''
  const unknown = only.find((name) => !checks.some(({ id }) => id === name || groupOf(id) === name))
  if (unknown !== undefined)
    throw new CannotProve(
      `--only: found ${JSON.stringify(unknown)}, wanted some of ${[...new Set(checks.map(({ id }) => groupOf(id)))].join(', ')}, or the whole id of a check.`
    )
  const wanted = new Set<string>()
  const add = (id: string): void => {
    if (wanted.has(id)) return
    wanted.add(id)
    for (const needed of checks.find((check) => check.id === id)?.needs ?? []) add(needed)
  }
  for (const { id } of checks) if (only.includes(id) || only.includes(groupOf(id))) add(id)
  return checks.filter(({ id }) => wanted.has(id))
}
