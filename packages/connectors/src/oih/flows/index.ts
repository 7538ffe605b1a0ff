import type { CompletionRequest, ConnectorPort, Delivery } from '@parley/engine'
import type { Completion, RunId } from '@parley/protocol'
import type { OihConfig } from '../config.js'
import type { Order } from '../outbound.js'
import type { AskPlatform } from '../platform/request.js'
import { createFlowActs } from './acts.js'
import { listParts, statusParts } from './cards.js'
import { createCompleteFlow } from './complete.js'
import { createFlowFeed } from './feed.js'
import { createFindFlows } from './list.js'
import { lookAt } from './look.js'
import { readFlowOrder } from './order.js'
import { createFlowRepository } from './repository.js'
import { createRunFollows, isWaiting } from './run-follows.js'
import { refusedBy } from './sentences.js'
import { createWatches, type Watches } from './watch.js'

/** All that has to do with the flows themselves: `/flows`, `/flow`, and what is typed for them. */
export interface Flows {
  /** Takes up what was followed before a restart. */
  resume(): Promise<void>
  /** @returns was it a command of this part? */
  deliver(delivery: Delivery, order: Order): Promise<boolean>
  complete(request: CompletionRequest): Promise<readonly Completion[]>
  readonly watches: Watches
  stop(): void
}

const PAGE_SIZE = 10

export function createFlows(port: ConnectorPort, config: OihConfig, ask: AskPlatform): Flows {
  const { partner } = config
  const repository = createFlowRepository(port, config, ask)
  const findFlows = createFindFlows(config, repository)
  const feed = createFlowFeed(port, config, repository)
  const follows = createRunFollows(port, feed)
  const parts = { repository, feed, follows }
  const watches = createWatches(port, config, parts)
  const acts = createFlowActs(port, config, parts)

  async function showList(run: RunId, search: string | null, page: number): Promise<void> {
    const found = await findFlows({ search, page, size: PAGE_SIZE })
    if (found.kind === 'ok') await port.run.finish(run, listParts(found.value, { search, page, partner }))
    else await port.run.fail(run, refusedBy(found, partner, 'flows.read', run))
  }

  async function showStatus(run: RunId, flow: string): Promise<void> {
    const found = await lookAt(repository, flow)
    if (found.kind === 'ok') await port.run.finish(run, statusParts(found.value.flow, found.value.view))
    else await port.run.fail(run, refusedBy(found, partner, 'flows.read', run))
  }

  async function carryOut(delivery: Delivery, { run, ...asked }: Order): Promise<boolean> {
    const order = readFlowOrder(config, asked)
    if (order.kind === 'none') return false
    const record = await port.run.find(run)
    if (!record || !isWaiting(record)) return true
    switch (order.kind) {
      case 'refuse':
        await port.run.fail(run, { reason: 'refused', text: `${order.text} (run ${run}).` })
        return true
      case 'list':
        await showList(run, order.search, order.page)
        return true
      case 'status':
        await showStatus(run, order.flow)
        return true
      case 'watch':
        await watches.begin(record, order.flow)
        return true
      case 'start':
      case 'stop':
        await acts.begin(order.kind, record, order.flow, delivery)
        return true
      default:
        return order satisfies never
    }
  }

  return {
    watches,
    deliver: carryOut,
    complete: createCompleteFlow(port, config, repository, findFlows),
    async resume() {
      for (const record of await port.run.waiting()) {
        const order = readFlowOrder(config, record)
        // A watch that is still `open` was never begun: its delivery is still to come.
        if (order.kind === 'watch' && record.status !== 'open') watches.resume(record, order.flow)
        else if (order.kind === 'start' || order.kind === 'stop') await acts.resume(order.kind, record, order.flow)
      }
    },
    stop() {
      follows.stop()
      feed.stop()
    }
  }
}
