/** One row of the table: what is to hold, and what was measured. */
export type Figure = {
  readonly id: string
  readonly what: string
  /** `x`: a ratio to plain Socket.IO in the same run. */
  readonly unit: 'x' | 'ms' | 'MiB' | 'messages'
  /** Which side of `hold` and `aim` is the good one. */
  readonly good: 'at most' | 'at least'
  readonly hold: number
  readonly aim: number
}

/** @param values one per pair; the median counts */
export type Measured = {
  readonly values: readonly number[]
  /** What the figure is made of, in words. */
  readonly detail: string
  /** The figure holds for another size of load than this run's: it is printed and not judged. */
  readonly isBeside?: boolean
}

export type Verdict = 'aim' | 'hold' | 'MISSED' | 'beside'

const isGood = ({ good }: Figure, value: number, limit: number): boolean => (good === 'at most' ? value <= limit : value >= limit)

export function judge(figure: Figure, value: number, isBeside = false): Verdict {
  if (isBeside) return 'beside'
  if (isGood(figure, value, figure.aim)) return 'aim'
  return isGood(figure, value, figure.hold) ? 'hold' : 'MISSED'
}
