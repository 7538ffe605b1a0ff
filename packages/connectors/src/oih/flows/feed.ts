import type { ConnectorPort } from '@parley/engine'
import type { OihConfig } from '../config.js'
import type { FlowFault } from './answers.js'
import { type Look, lookAt } from './look.js'
import { nextPollMs } from './poll-decision.js'
import type { FlowRepository } from './repository.js'

/** What was seen of a flow at one look. `away`: the platform could not tell; it may the next time. `lost`: it will not. */
export type Sight =
  | ({ readonly kind: 'seen' } & Look)
  | { readonly kind: 'away'; readonly fault: FlowFault }
  | { readonly kind: 'lost'; readonly fault: FlowFault }

export interface Follower {
  /** Does anybody still wait for it? Asked before each look. */
  isWanted(): Promise<boolean>
  /** Each look, also when nothing has changed. What it throws is reported, and the next look tells it again. */
  see(sight: Sight): Promise<void>
}

/** Looks at flows again and again, while somebody follows them: one look at a time for each flow, however many follow it. */
export interface FlowFeed {
  /** @param inMs how long until the first look. @returns ends it */
  follow(flow: string, follower: Follower, inMs: number): () => void
  /** The flow was started or stopped: what is known of its hook no longer holds. */
  doubt(flow: string): void
  stop(): void
}

type Watched = { readonly followers: Set<Follower>; failures: number; accepts: boolean; cancel: (() => void) | null }

export function createFlowFeed(port: ConnectorPort, config: OihConfig, repository: FlowRepository): FlowFeed {
  const flows = new Map<string, Watched>()
  let isStopped = false

  async function look(flow: string, watched: Watched): Promise<void> {
    watched.cancel = null
    try {
      await letGo(watched)
      if (watched.followers.size > 0) await tell(watched, [...watched.followers], await sightOf(flow, watched))
    } catch (thrown) {
      report(flow, thrown)
      watched.failures += 1
    }
    plan(flow, watched, nextPollMs(config.pollMs, watched.failures))
  }

  function plan(flow: string, watched: Watched, inMs: number): void {
    if (isStopped || flows.get(flow) !== watched) return
    if (watched.followers.size === 0) flows.delete(flow)
    else watched.cancel = port.clock.setTimer(inMs, () => void look(flow, watched))
  }

  /** Those whom nobody waits for, all of them: one that stands behind somebody else's would stay until its own time is up. */
  async function letGo({ followers }: Watched): Promise<void> {
    await Promise.all(
      [...followers].map(async (follower) => {
        if (!(await follower.isWanted())) followers.delete(follower)
      })
    )
  }

  async function sightOf(id: string, watched: Watched): Promise<Sight> {
    // What has taken calls once does so until the flow's status changes: one probe less for each look.
    const found = await lookAt(repository, id, watched.accepts)
    if (found.kind !== 'ok') {
      const isLost = found.kind === 'notFound' || found.kind === 'forbidden' || found.kind === 'refused'
      watched.failures += isLost ? 0 : 1
      return { kind: isLost ? 'lost' : 'away', fault: found }
    }
    watched.failures = 0
    watched.accepts = found.value.view === 'ready'
    return { kind: 'seen', ...found.value }
  }

  /** @param asked those who followed when the look began: what came after it, a start for example, it cannot have seen */
  async function tell({ followers }: Watched, asked: readonly Follower[], sight: Sight): Promise<void> {
    const told = asked.filter((follower) => !isStopped && followers.has(follower))
    await Promise.all(told.map((follower) => follower.see(sight).catch((thrown: unknown) => report(sight.kind === 'seen' ? sight.flow.id : null, thrown))))
  }

  function report(flow: string | null, thrown: unknown): void {
    port.log.error(
      { inbox: port.inbox, flow, reason: thrown instanceof Error ? thrown.message : String(thrown) },
      'a flow could not be followed; it is tried again'
    )
  }

  return {
    follow(flow, follower, inMs) {
      const watched = flows.get(flow) ?? { followers: new Set(), failures: 0, accepts: false, cancel: null }
      watched.followers.add(follower)
      if (!flows.has(flow)) {
        flows.set(flow, watched)
        plan(flow, watched, inMs)
      }
      return () => {
        watched.followers.delete(follower)
        if (watched.followers.size > 0 || watched.cancel === null) return
        watched.cancel()
        flows.delete(flow)
      }
    },
    doubt(flow) {
      const watched = flows.get(flow)
      if (watched) watched.accepts = false
    },
    stop() {
      isStopped = true
      for (const watched of flows.values()) watched.cancel?.()
      flows.clear()
    }
  }
}
