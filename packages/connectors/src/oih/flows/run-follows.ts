import type { ConnectorPort, RunRecord, RunStatus } from '@parley/engine'
import type { RunId } from '@parley/protocol'
import type { FlowFeed, Sight } from './feed.js'

/** Runs that go on for as long as a flow is followed, each with an end of its own in time. */
export interface RunFollows {
  /** Follows from now on; what the same run followed before is let go. */
  begin(run: RunId, follow: RunFollow): void
  has(run: RunId): boolean
  end(run: RunId): void
  /** Lets all go; nothing is followed after it. */
  stop(): void
}

export type RunFollow = {
  readonly flow: string
  /** How long until the first look. */
  readonly firstInMs: number
  readonly endAt: number
  /** @returns is the run over? */
  see(sight: Sight): Promise<boolean>
  /** Time is up. */
  timeUp(): Promise<unknown>
}

const IS_WAITING: Readonly<Record<RunStatus, boolean>> = {
  open: true,
  sent: true,
  accepted: true,
  working: true,
  finished: false,
  failed: false,
  timedOut: false,
  cancelled: false,
  unknownOutcome: false
}
export const isWaiting = ({ status }: Pick<RunRecord, 'status'>): boolean => IS_WAITING[status]

/** The outside is not asked for what nobody waits for. */
export async function isStillWaiting(port: ConnectorPort, run: RunId): Promise<boolean> {
  const record = await port.run.find(run)
  return record !== null && isWaiting(record)
}

/** How long after a failure of the store the end is written again. */
const AGAIN_MS = 10_000

export function createRunFollows(port: ConnectorPort, feed: FlowFeed): RunFollows {
  const ends = new Map<RunId, () => void>()
  let isStopped = false

  function end(run: RunId): void {
    ends.get(run)?.()
    ends.delete(run)
  }

  function begin(run: RunId, { flow, firstInMs, endAt, see, timeUp }: RunFollow): void {
    end(run)
    // What was under way at the stop goes on after the restart.
    if (isStopped) return
    let cancelTimer = (): void => {}

    const over = (): void => {
      // A later following of the same run is not this one's to end.
      if (ends.get(run) === release) end(run)
    }
    const setTimer = (inMs: number): void => {
      cancelTimer = port.clock.setTimer(inMs, () => {
        timeUp().then(over, (thrown: unknown) => {
          port.log.error({ inbox: port.inbox, run, reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'the end of a run could not be written')
          if (ends.get(run) === release) setTimer(AGAIN_MS)
        })
      })
    }
    const unfollow = feed.follow(
      flow,
      {
        async isWanted() {
          const isWanted = await isStillWaiting(port, run)
          if (!isWanted) over()
          return isWanted
        },
        async see(sight) {
          if (await see(sight)) over()
        }
      },
      firstInMs
    )
    const release = (): void => {
      unfollow()
      cancelTimer()
    }
    ends.set(run, release)
    setTimer(Math.max(0, endAt - port.clock.now()))
  }

  return {
    begin,
    end,
    has: (run) => ends.has(run),
    stop() {
      isStopped = true
      for (const run of [...ends.keys()]) end(run)
    }
  }
}
