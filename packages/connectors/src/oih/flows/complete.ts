import type { CompletionRequest, ConnectorPort } from '@parley/engine'
import type { Completion } from '@parley/protocol'
import type { OihConfig } from '../config.js'
import { shortText } from '../cut.js'
import type { FindFlows, FoundPage } from './list.js'
import type { FlowRepository } from './repository.js'
import type { Flow } from './status.js'

/** Ids of flows for somebody who is typing one, or a name. Empty where nothing can be told: nobody waits for an error here. */
export type CompleteFlow = (request: Pick<CompletionRequest, 'argument' | 'text'>) => Promise<readonly Completion[]>

const MOST = 20
/** So many flows are looked through here, where capital letters do not matter and ids are found by how they begin. */
const LOOKED_THROUGH = 50
/** They are asked for once for all who type within this time. */
const KEPT_MS = 5_000
const WHOLE_ID = /^[0-9a-f]{24}$/

export function createCompleteFlow(
  { clock }: Pick<ConnectorPort, 'clock'>,
  { allow }: Pick<OihConfig, 'allow'>,
  repository: FlowRepository,
  findFlows: FindFlows
): CompleteFlow {
  let kept: { readonly page: Promise<FoundPage>; readonly until: number } | null = null

  async function pageOf(search: string | null, size: number): Promise<FoundPage> {
    const found = await findFlows({ search, page: 1, size })
    return found.kind === 'ok' ? found.value : { flows: [], hasMore: true }
  }

  function firstFlows(): Promise<FoundPage> {
    if (!kept || kept.until <= clock.now()) kept = { page: pageOf(null, LOOKED_THROUGH), until: clock.now() + KEPT_MS }
    return kept.page
  }

  async function byId(id: string): Promise<readonly Flow[]> {
    if (!WHOLE_ID.test(id) || (allow && !allow.includes(id))) return []
    const found = await repository.find(id)
    return found.kind === 'ok' ? [found.value] : []
  }

  return async ({ argument, text }) => {
    if (argument !== 'flow') return []
    const typed = text.trim().toLowerCase()
    const first = await firstFlows()
    const near = first.flows.filter(({ id, name }) => id.startsWith(typed) || name.toLowerCase().includes(typed))
    // The platform looks through the rest, in its own way: capital letters matter there.
    const far = first.hasMore && near.length < MOST && typed !== '' ? [...(await byId(typed)), ...(await pageOf(text.trim(), MOST)).flows] : []
    return [...new Map([...near, ...far].map((flow) => [flow.id, flow])).values()].slice(0, MOST).map(completionOf)
  }
}

/** Without a repository only the ids are known that the operator has listed. */
export function completeFromList({ allow }: Pick<OihConfig, 'allow'>, { argument, text }: Pick<CompletionRequest, 'argument' | 'text'>): readonly Completion[] {
  const typed = text.trim().toLowerCase()
  return argument === 'flow'
    ? (allow ?? [])
        .filter((id) => id.startsWith(typed))
        .slice(0, MOST)
        .map((value) => ({ value }))
    : []
}

function completionOf({ id, name, status, cron, description }: Flow): Completion {
  const said = [cron === null ? status : `${status}, scheduled: ${cron}`, description].filter(Boolean).join(' · ')
  return { value: id, label: name, description: shortText(said, 300) ?? status }
}
