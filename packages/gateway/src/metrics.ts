import type { Meter, Store } from '@parley/engine'
import type { Count, Instruments, Standing } from './prometheus.js'

/** The gateway's figures, as Prometheus reads them. */
export interface Metrics {
  readonly meter: Meter<Count>
  /** The same store, with its commits measured. */
  measured<Kind extends Store>(store: Kind): Kind
  /** Loads what writes the text. What was counted before is in it. */
  load(): Promise<void>
  text(now: Standing): Promise<{ readonly text: string; readonly type: string }>
}

/** Calls that are kept until the library is there: a second or so of a busy gateway. */
const MOST_EARLY = 10_000

/** The library takes as long to load as the gateway to start, so it comes after; until then calls wait in a list. */
export function createMetrics(): Metrics {
  const early: ((to: Instruments) => void)[] = []
  let instruments: Instruments | null = null
  let loading: Promise<Instruments> | null = null

  function tell(what: (to: Instruments) => void): void {
    if (instruments) what(instruments)
    else if (early.length < MOST_EARLY) early.push(what)
  }

  async function load(): Promise<Instruments> {
    const { createInstruments } = await import('./prometheus.js')
    const loaded = createInstruments()
    for (const what of early.splice(0)) what(loaded)
    instruments = loaded
    return loaded
  }
  const once = (): Promise<Instruments> => (loading ??= load())

  return {
    meter: {
      count: (what, outcome, by) => tell((to) => to.count(what, outcome, by)),
      jobs: (by) => tell((to) => to.jobs(by))
    },
    measured: (store) => ({ ...store, commit: (units: Parameters<Store['commit']>[0]) => measuredCommit(store, units, tell) }),
    async load() {
      await once()
    },
    text: async (now) => (await once()).text(now)
  }
}

async function measuredCommit(
  store: Store,
  units: Parameters<Store['commit']>[0],
  tell: (what: (to: Instruments) => void) => void
): ReturnType<Store['commit']> {
  const began = performance.now()
  try {
    const outcomes = await store.commit(units)
    const tookMs = performance.now() - began
    tell((to) => to.commit(tookMs, units.length))
    return outcomes
  } catch (thrown) {
    tell((to) => to.count('commit', 'failed'))
    throw thrown
  }
}
