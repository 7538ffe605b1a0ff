import type { FigureId } from './figures.js'
import type { Measured } from './verdict.js'

/** What every bench is given. */
export type Plan = {
  /** How often A and B alternate. */
  readonly pairs: number
  /** For benches whose one round takes long or whose result hardly differs. */
  readonly fewPairs: number
  /** 1 as the figures want it; less for a quick look. */
  readonly share: number
  /** The nightly sizes. */
  readonly isFull: boolean
  readonly seed: number
  readonly nodeArguments: readonly string[]
  say(text: string): void
}

export type Results = Partial<Record<FigureId, Measured>>
export type Bench = (plan: Plan) => Promise<Results>

/** A, B, A, B …: what disturbs the machine disturbs both. */
export async function alternate<A, B>(pairs: number, a: () => Promise<A>, b: () => Promise<B>): Promise<(readonly [A, B])[]> {
  const results: (readonly [A, B])[] = []
  for (let pair = 0; pair < pairs; pair++) results.push([await a(), await b()])
  return results
}
