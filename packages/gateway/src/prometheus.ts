import type { EngineCount, Meter } from '@parley/engine'
import { collectDefaultMetrics, Counter, type CounterConfiguration, Gauge, Histogram, Registry } from 'prom-client'

/** What is counted in all: by the engine, and by the doors and the store around it. */
export type Count = EngineCount | 'connect' | 'session' | 'event' | 'pause' | 'commit' | 'auditSent' | 'auditDropped'
/** What is looked up when somebody asks. `epoch`: of the log; `auditsWaiting`: `null` without an audit. */
export type Standing = { readonly connections: number; readonly epoch: string; readonly auditsWaiting: number | null }

export interface Instruments extends Meter<Count> {
  commit(tookMs: number, units: number): void
  text(now: Standing): Promise<{ readonly text: string; readonly type: string }>
}

/** Every counter has one label, `outcome`, whose values are a short list that stands in the code. */
const COUNTERS: Readonly<Record<Count, CounterConfiguration<'outcome'>>> = {
  connect: counter('connects', 'Clients that said hello: admitted, or the code of the refusal'),
  session: counter('sessions', 'POST /session, by HTTP status'),
  append: counter('appends', 'Messages of visitors by what became of them: stored, known, void, gap, conflict, moved, busy'),
  event: counter('events', 'Recorded events by where they went: sent'),
  read: counter('reads', 'Parts of the log that clients asked for: asked'),
  check: counter('checks', 'Rows of clients compared with the log: same, differs'),
  pause: counter('slow_clients', 'Clients for which too much waited: paused, cut'),
  limit: counter('limited', 'Frames refused for coming too often, by whose limit: connection, visitor, address'),
  delivery: counter('deliveries', 'Attempts to deliver to a connector: done, again, parked'),
  run: counter('runs', 'Runs that ended: finished, failed, timedOut, cancelled, unknownOutcome, late'),
  commit: counter('commit_faults', 'Commits of which nothing was written: failed'),
  auditSent: counter('audit_sent', 'Audit records that the receiver has: taken'),
  auditDropped: counter('audit_dropped', 'Audit records that were given up: overflow, refused, unrouted')
}

const COMMIT_SECONDS = [0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
const COMMIT_ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** The figures of one gateway, in the hands of the Prometheus library. */
export function createInstruments(): Instruments {
  const registry = new Registry()
  const registers = [registry]
  const count = createCounters(registry)
  const jobs = new Gauge({ name: 'parley_jobs', help: 'Deliveries that wait or are under way', registers })
  const connections = new Gauge({ name: 'parley_connections', help: 'Clients connected now', registers })
  /** Only a gateway with an audit has it. */
  let audits: Gauge | null = null
  const auditGauge = (): Gauge => (audits ??= new Gauge({ name: 'parley_audit_waiting', help: 'Audit records that wait to be sent', registers }))
  const log = new Gauge({ name: 'parley_log_info', help: 'Always 1; the epoch is new after a restore', labelNames: ['epoch'], registers })
  const seconds = new Histogram({ name: 'parley_commit_seconds', help: 'How long a commit took, the disk included', buckets: COMMIT_SECONDS, registers })
  const rows = new Histogram({ name: 'parley_commit_rows', help: 'Units written in one commit', buckets: COMMIT_ROWS, registers })
  const ofProcess = processRegistry()
  return {
    count,
    jobs: (by) => jobs.inc(by),
    commit(tookMs, units) {
      seconds.observe(tookMs / 1000)
      rows.observe(units)
    },
    async text({ connections: open, epoch, auditsWaiting }) {
      connections.set(open)
      if (auditsWaiting !== null) auditGauge().set(auditsWaiting)
      log.set({ epoch }, 1)
      return { text: `${await registry.metrics()}${await ofProcess.metrics()}`, type: registry.contentType }
    }
  }
}

type Child = { inc(by: number): void }

/** Looking up a label costs the library more than all the rest, so what was looked up is kept. */
function createCounters(registry: Registry): Instruments['count'] {
  const rows = new Map(
    Object.entries(COUNTERS).map(([what, written]) => [
      what,
      { counter: new Counter({ ...written, registers: [registry] }), children: new Map<string, Child>() }
    ])
  )
  return (what, outcome, by = 1) => {
    const row = rows.get(what)
    const child = row?.children.get(outcome) ?? row?.counter.labels(outcome)
    if (!row || !child) return
    row.children.set(outcome, child)
    child.inc(by)
  }
}

function counter(name: string, help: string): CounterConfiguration<'outcome'> {
  return { name: `parley_${name}_total`, help, labelNames: ['outcome'] }
}

let shared: Registry | null = null
/** Memory, CPU, event loop: of the process, so once, however many gateways run in it. */
function processRegistry(): Registry {
  if (shared) return shared
  shared = new Registry()
  collectDefaultMetrics({ register: shared })
  return shared
}
