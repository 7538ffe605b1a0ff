/** The value that this share of the values does not exceed; 0 of none. @param share 0.99 for the p99 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** `name value · name value`; numbers are rounded. */
const figures = (of: Readonly<Record<string, number | string>>): string =>
  Object.entries(of)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value) : value}`)
    .join(' · ')

/** Faults that the checker found, by what they mean to a visitor. */
export function countFaults(faults: readonly string[]): Readonly<Record<'lost' | 'duplicated' | 'reordered' | 'shown twice' | 'other', number>> {
  const counts = { lost: 0, duplicated: 0, reordered: 0, 'shown twice': 0, other: 0 }
  for (const fault of faults) counts[kindOf(fault)]++
  return counts
}

function kindOf(fault: string): keyof ReturnType<typeof countFaults> {
  if (/is not in the log|never answered|nothing in the end|in the end where/.test(fault)) return 'lost'
  if (/twice at once/.test(fault)) return 'shown twice'
  if (/is in the log \d+ times|under two ids/.test(fault)) return 'duplicated'
  return /which was sent earlier|behind row|behind what|swapped/.test(fault) ? 'reordered' : 'other'
}

/** Prints what a test measured, in one line, with the seed that gives the same again. */
export function say(label: string, seed: number, of: Readonly<Record<string, number | string>>): void {
  console.log(`${label} seed ${seed}: ${figures(of)}`)
}
