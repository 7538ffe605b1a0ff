import type { ConnectorPort } from '@parley/engine'
import type { OihConfig } from '../config.js'
import type { AskPlatform } from '../platform/request.js'
import { withinTime } from '../../within-time.js'
import type { Act } from './act-decision.js'
import { type FlowAnswer, type FlowPage, readActed, readFlow, readFlowPage } from './answers.js'
import type { Flow } from './status.js'

/** The Flow Repository: lists, looks, starts and stops, and asks a hook whether it takes calls. */
export interface FlowRepository {
  list(query: { readonly page: number; readonly size: number; readonly search: string | null }): Promise<FlowAnswer<FlowPage>>
  /** @param flow an id in small letters, checked */
  find(flow: string): Promise<FlowAnswer<Flow>>
  /** Asks once. What it means when no answer comes, the flow's status tells. */
  act(act: Act, flow: string): Promise<FlowAnswer<null>>
  /** HEAD is the one probe that runs nothing. */
  acceptsCalls(flow: string): Promise<boolean>
}

export function createFlowRepository(port: ConnectorPort, config: OihConfig, ask: AskPlatform): FlowRepository {
  const base = `${config.flowsUrl}/flows`

  return {
    async list({ page, size, search }) {
      const query = new URLSearchParams({ 'page[size]': String(size), 'page[number]': String(page), sort: 'name', ...(search === null ? {} : { search }) })
      return readFlowPage(await ask({ method: 'GET', url: `${base}?${query}` }))
    },
    find: async (flow) => readFlow(await ask({ method: 'GET', url: `${base}/${flow}` })),
    act: async (act, flow) => readActed(await ask({ method: 'POST', url: `${base}/${flow}/${act}` })),
    async acceptsCalls(flow) {
      try {
        // No token goes along: it is not asked for one.
        const response = await withinTime(port.clock, config.postTimeoutMs, (signal) =>
          port.fetch(`${config.webhooksUrl}/hook/${flow}`, { method: 'HEAD', redirect: 'manual', signal })
        )
        return response.status === 200
      } catch {
        // A hook that cannot be reached takes no calls, whatever the reason.
        return false
      }
    }
  }
}
