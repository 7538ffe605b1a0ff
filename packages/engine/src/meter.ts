/** What the engine counts. Names and outcomes are few and fixed: no ids, and nothing that anybody said. */
export type EngineCount = 'append' | 'read' | 'check' | 'delivery' | 'run' | 'limit'

/** Takes figures for whoever watches the gateway. It is called from hot code, so it does next to nothing, and it never throws. */
export interface Meter<Count extends string = EngineCount> {
  /** @param by default 1 */
  count(what: Count, outcome: string, by?: number): void
  /** How many jobs wait or are under way: `by` more, or less when it is negative. */
  jobs(by: number): void
}

export const NO_METER: Meter = { count: () => {}, jobs: () => {} }
