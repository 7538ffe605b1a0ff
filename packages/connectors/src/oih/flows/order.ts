import type { Arguments } from '@parley/protocol'
import type { OihConfig } from '../config.js'
import { shortText } from '../cut.js'
import { FLOW_ID, FLOW_ID_WANTED } from '../types.js'
import type { Act } from './act-decision.js'

/** What a visitor asked for with `/flows` or `/flow`. */
export type FlowOrder =
  | { readonly kind: 'list'; readonly search: string | null; readonly page: number }
  | { readonly kind: 'status' | 'watch' | Act; readonly flow: string }
  | { readonly kind: 'refuse'; readonly text: string }
  /** Another command. */
  | { readonly kind: 'none' }

export const FLOW_ACTIONS = ['status', 'watch', 'start', 'stop'] as const
const MOST_PAGES = 10_000

export function readFlowOrder(config: Pick<OihConfig, 'allow'>, { command, args }: { readonly command: string; readonly args: Arguments }): FlowOrder {
  if (command === 'flows') return readList(args)
  if (command !== 'flow') return { kind: 'none' }
  const action = FLOW_ACTIONS.find((one) => one === args.action)
  if (!action) return { kind: 'refuse', text: `/flow can do ${FLOW_ACTIONS.join(', ')}` }
  const { flow } = args
  // The engine has checked it already; an address is built from it all the same only after this line.
  if (typeof flow !== 'string' || !FLOW_ID.test(flow))
    return { kind: 'refuse', text: `"${shortText(flow, 60) ?? ''}" is not the id of a flow: ${FLOW_ID_WANTED}` }
  const id = flow.toLowerCase()
  if (config.allow && !config.allow.includes(id)) return { kind: 'refuse', text: `This chat has nothing to do with the flow ${flow}` }
  return { kind: action, flow: id }
}

function readList({ search, page }: Arguments): FlowOrder {
  const wanted = typeof search === 'string' ? search.trim().slice(0, 100) : ''
  const isPage = typeof page === 'number' && Number.isInteger(page) && page >= 1 && page <= MOST_PAGES
  if (page !== undefined && !isPage) return { kind: 'refuse', text: `There is no page ${String(page).slice(0, 20)}: pages are counted from 1` }
  return { kind: 'list', search: wanted === '' ? null : wanted, page: isPage ? page : 1 }
}
