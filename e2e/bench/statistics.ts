/** Figures out of measurements. */

/** The value that this share of the values does not exceed. @param share 0.99 for p99 @throws RangeError for no values */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('there is nothing measured')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0
}

/** The middle one; of an even number the mean of the two in the middle. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return (quantile(values, 0.5) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2
}
