import type { OihConfig } from '../config.js'
import type { FlowAnswer } from './answers.js'
import type { FlowRepository } from './repository.js'
import type { Flow } from './status.js'

/** Finding flows: those that this chat has to do with, page by page. */

export type FoundPage = { readonly flows: readonly Flow[]; readonly hasMore: boolean }
export type FlowQuery = { readonly search: string | null; readonly page: number; readonly size: number }
export type FindFlows = (query: FlowQuery) => Promise<FlowAnswer<FoundPage>>

/** So many flows are asked for at a time where each is asked for by itself. */
const AT_A_TIME = 8

export function createFindFlows({ allow }: Pick<OihConfig, 'allow'>, repository: FlowRepository): FindFlows {
  return allow ? createAllowedList(allow, repository) : createWholeList(repository)
}

function createWholeList(repository: FlowRepository): FindFlows {
  return async (query) => {
    const found = await repository.list(query)
    if (found.kind !== 'ok') return found
    const { flows, count, totalPages } = found.value
    return { kind: 'ok', value: { flows, hasMore: count >= query.size && (totalPages === null || query.page < totalPages) } }
  }
}

/** The repository cannot be asked for some flows only, so each is asked for and the pages are made here. */
function createAllowedList(allow: readonly string[], repository: FlowRepository): FindFlows {
  return async ({ search, page, size }) => {
    const flows: Flow[] = []
    for (let index = 0; index < allow.length; index += AT_A_TIME) {
      for (const found of await Promise.all(allow.slice(index, index + AT_A_TIME).map(repository.find))) {
        // Whoever wrote the list may have named one that is gone since.
        if (found.kind === 'notFound') continue
        if (found.kind !== 'ok') return found
        flows.push(found.value)
      }
    }
    return { kind: 'ok', value: pageOf(flows, { search, page, size }) }
  }
}

function pageOf(flows: readonly Flow[], { search, page, size }: FlowQuery): FoundPage {
  const wanted = search?.toLowerCase() ?? ''
  const found = flows
    .filter(({ name, description }) => `${name}\n${description}`.toLowerCase().includes(wanted))
    .sort((one, other) => one.name.localeCompare(other.name, 'en') || one.id.localeCompare(other.id))
  return { flows: found.slice((page - 1) * size, page * size), hasMore: found.length > page * size }
}
