import type { CompletionRequest } from '@parley/engine'
import type { Completion } from '@parley/protocol'
import type { OihConfig } from '../config.js'
import { shortText } from '../cut.js'
import type { FindFlows } from './list.js'
import type { FlowRepository } from './repository.js'
import type { Flow } from './status.js'

/** Ids of flows for somebody who is typing one, or a name. Empty where nothing can be told: nobody waits for an error here. */
export type CompleteFlow = (request: Pick<CompletionRequest, 'argument' | 'text'>) => Promise<readonly Completion[]>

const MOST = 20
/** The repository finds by name only; what begins an id is looked for among so many. */
const LOOKED_THROUGH = 100
const BEGINS_AN_ID = /^[0-9a-f]{1,24}$/
const WHOLE_ID = /^[0-9a-f]{24}$/

export function createCompleteFlow({ allow }: Pick<OihConfig, 'allow'>, repository: FlowRepository, findFlows: FindFlows): CompleteFlow {
  async function byName(text: string): Promise<readonly Flow[]> {
    const found = await findFlows({ search: text === '' ? null : text, page: 1, size: MOST })
    return found.kind === 'ok' ? found.value.flows : []
  }

  async function byId(text: string): Promise<readonly Flow[]> {
    if (!BEGINS_AN_ID.test(text)) return []
    if (WHOLE_ID.test(text)) {
      const found = allow && !allow.includes(text) ? null : await repository.find(text)
      return found?.kind === 'ok' ? [found.value] : []
    }
    const found = await findFlows({ search: null, page: 1, size: LOOKED_THROUGH })
    return found.kind === 'ok' ? found.value.flows.filter(({ id }) => id.startsWith(text)) : []
  }

  return async ({ argument, text }) => {
    if (argument !== 'flow') return []
    const typed = text.trim()
    const [named, numbered] = await Promise.all([byName(typed), byId(typed.toLowerCase())])
    const known = new Map([...numbered, ...named].map((flow) => [flow.id, flow]))
    return [...known.values()].slice(0, MOST).map(completionOf)
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
