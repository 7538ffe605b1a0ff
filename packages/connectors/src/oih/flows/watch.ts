import type { RunId } from '@parley/protocol'
import type { ConnectorPort, RunRecord } from '@parley/engine'
import type { OihConfig } from '../config.js'
import type { Sight } from './feed.js'
import { lookAt } from './look.js'
import { readFlowOrder } from './order.js'
import type { FlowRepository } from './repository.js'
import { isStillWaiting, type RunFollows } from './run-follows.js'
import { inWords, refusedBy } from './sentences.js'
import { called } from './status.js'
import { decideWatch, newWatch, readWatchState, type WatchState } from './watch-decision.js'

/** Watching a flow: a run that tells each change of its status, until it is cancelled or its time is up. */
export interface Watches {
  begin(run: RunRecord, flow: string): Promise<void>
  /** Goes on with one that began before a restart. */
  resume(run: RunRecord, flow: string): void
  /** The runs that watch this flow, oldest first. */
  of(flow: string): Promise<readonly RunRecord[]>
}

export function createWatches(
  port: ConnectorPort,
  config: OihConfig,
  { repository, follows }: { readonly repository: FlowRepository; readonly follows: RunFollows }
): Watches {
  const { partner, watchMs } = config

  async function of(flow: string): Promise<readonly RunRecord[]> {
    return (await port.run.waiting()).filter((run) => {
      const order = readFlowOrder(config, run)
      return order.kind === 'watch' && order.flow === flow
    })
  }

  async function begin(record: RunRecord, flow: string): Promise<void> {
    const { run, conversation } = record
    if (follows.has(run)) return
    const other = (await of(flow)).find((one) => one.conversation === conversation && one.run !== run && follows.has(one.run))
    if (other) {
      await port.run.fail(run, { reason: 'refused', text: `This chat watches that flow already, in run ${other.run} (run ${run}).` })
      return
    }
    const found = await lookAt(repository, flow)
    if (found.kind !== 'ok') {
      await port.run.fail(run, refusedBy(found, partner, 'flows.read', run))
      return
    }
    await port.run.accept(run)
    const watcher = createWatcher(run, readWatchState(record.notes) ?? newWatch(found.value.flow))
    const isOver = await watcher.see({ kind: 'seen', ...found.value })
    if (!isOver) follow(record, flow, { watcher, firstInMs: config.pollMs })
  }

  function createWatcher(run: RunId, first: WatchState): Watcher {
    let state = first
    return {
      state: () => state,
      async see(sight) {
        const step = decideWatch(state, sight, partner)
        if (step.kind === 'nothing') return false
        if (step.kind === 'end') {
          // Who has cancelled is not told any more.
          if (!(await isStillWaiting(port, run))) return true
          await port.run.fail(run, { reason: 'failed', text: `${step.text} (Run ${run}.)` })
          return true
        }
        if ((await port.run.progress(run, { step: step.step, text: step.text })) === 'ended') return true
        await port.run.note(run, { watch: step.state })
        state = step.state
        return false
      }
    }
  }

  function follow(record: RunRecord, flow: string, { watcher, firstInMs }: { readonly watcher: Watcher; readonly firstInMs: number }): void {
    const { run, startedAt } = record
    const saidAtEnd = (): string => `${called(watcher.state())} was watched for ${inWords(watchMs)}, and is no longer. To go on: /flow watch ${flow}`
    async function timeUp(): Promise<void> {
      // Cancelled since the last look: an end now would come late, and as a second one.
      if (await isStillWaiting(port, run)) await port.run.finish(run, [{ kind: 'text', text: saidAtEnd() }])
    }
    follows.begin(run, { flow, firstInMs, endAt: startedAt + watchMs, see: watcher.see, timeUp })
  }

  return {
    begin,
    of,
    resume(record, flow) {
      const state = readWatchState(record.notes) ?? { told: 0, view: null, isAway: false, name: flow }
      follow(record, flow, { watcher: createWatcher(record.run, state), firstInMs: 0 })
    }
  }
}

/** One run's eye on a flow. */
type Watcher = {
  state(): WatchState
  /** @returns is the run over? */
  see(sight: Sight): Promise<boolean>
}
