import type { ConversationId, LogName, ParleyEvent } from '@parley/protocol'
import { type Host, reasonOf } from './host.js'
import type { Outcome, Store, Unit } from './store.js'

/** Most units in one transaction. Source: `README.md` of the protocol, rule 6 (group commit). */
const GROUP_UNITS = 512

export type Published = { readonly conversation: ConversationId; readonly log: LogName; readonly events: readonly ParleyEvent[] }

export interface AppendQueue {
  /**
   * Writes these units in one transaction, together with whatever else waits in this turn.
   * Settles after they are on disk and after their events were published.
   * @throws what the store threw: nothing of the group was written then
   */
  commit(units: readonly Unit[]): Promise<readonly Outcome[]>
  /** Settles when nothing waits and nothing is under way. */
  idle(): Promise<void>
}

type Waiting = { readonly units: readonly Unit[]; readonly resolve: (outcomes: readonly Outcome[]) => void; readonly reject: (reason: unknown) => void }

/**
 * The group commit. The idea: what arrives in one turn of the event loop waits for its end and is
 * written in one transaction; while that is under way the next group collects. First the commit,
 * then the events, then the acknowledgements: nobody sees what is not on disk.
 */
export function createAppendQueue(store: Store, { clock, log }: Pick<Host, 'clock' | 'log'>, publish: (published: Published) => void): AppendQueue {
  const waiting: Waiting[] = []
  let isBusy = false
  const resting: (() => void)[] = []

  function rest(): void {
    isBusy = false
    for (const settle of resting.splice(0)) settle()
  }

  function flush(): void {
    const group = takeGroup()
    if (group.length === 0) return rest()
    const units = group.flatMap((one) => one.units)
    store.commit(units).then(
      (outcomes) => succeed(group, units, outcomes),
      (reason: unknown) => fail(group, reason)
    )
  }

  function takeGroup(): Waiting[] {
    let size = 0
    const count = waiting.findIndex((one) => (size += one.units.length) > GROUP_UNITS)
    return waiting.splice(0, count === -1 ? waiting.length : Math.max(1, count))
  }

  function succeed(group: readonly Waiting[], units: readonly Unit[], outcomes: readonly Outcome[]): void {
    for (const published of storedEvents(units, outcomes)) publish(published)
    let at = 0
    for (const one of group) one.resolve(outcomes.slice(at, (at += one.units.length)))
    flush()
  }

  function fail(group: readonly Waiting[], reason: unknown): void {
    log.error({ units: group.length, reason: reasonOf(reason) }, 'the store could not write')
    for (const one of group) one.reject(reason)
    flush()
  }

  return {
    commit(units) {
      const { promise, resolve, reject } = deferred<readonly Outcome[]>()
      waiting.push({ units, resolve, reject })
      if (!isBusy) {
        isBusy = true
        clock.defer(flush)
      }
      return promise
    },
    idle() {
      if (!isBusy) return Promise.resolve()
      return new Promise((resolve) => resting.push(resolve))
    }
  }
}

/** What the commit made visible: by conversation and log, in order. */
function storedEvents(units: readonly Unit[], outcomes: readonly Outcome[]): Published[] {
  const groups = new Map<string, { conversation: ConversationId; log: LogName; events: ParleyEvent[] }>()
  units.forEach(({ event }, index) => {
    const outcome = outcomes[index]
    if (!event || outcome?.kind !== 'stored') return
    const { conversation, log, device: _device, digest: _digest, ...rest } = event
    const group = groups.get(`${conversation} ${log}`) ?? { conversation, log, events: [] }
    group.events.push({ ...rest, seq: outcome.seq, at: outcome.at } as ParleyEvent)
    groups.set(`${conversation} ${log}`, group)
  })
  return [...groups.values()]
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void; reject: (reason: unknown) => void } {
  let resolve: (value: Value) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<Value>((settle, refuse) => {
    resolve = settle
    reject = refuse
  })
  return { promise, resolve, reject }
}
