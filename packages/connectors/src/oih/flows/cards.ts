import type { Card, CardAction, CardsPart, Part } from '@parley/protocol'
import { shortText } from '../cut.js'
import type { FoundPage } from './list.js'
import { type Flow, type FlowView, VIEW_TONES, viewWords } from './status.js'

/** Flows as people see them: a card each, with what can be done to it as it stands. */

const TEXT_CHARACTERS = 200

/** Where is the list, and what was searched for? */
export type ListPlace = { readonly search: string | null; readonly page: number; readonly partner: string }

export function listParts({ flows, hasMore }: FoundPage, { search, page, partner }: ListPlace): readonly Part[] {
  const sought = search === null ? '' : ` with “${search}”`
  const actions = [...(page > 1 ? [pageAction('Earlier', search, page - 1)] : []), ...(hasMore ? [pageAction('More', search, page + 1)] : [])]
  if (flows.length === 0)
    return [{ kind: 'text', text: page > 1 ? `There are no more flows${sought} at ${partner}.` : `There are no flows${sought} at ${partner}.` }]
  // A list tells what the repository says; whether a hook takes calls, `/flow status` asks.
  const cards = flows.map((flow) => flowCard(flow, flow.status === 'active' && flow.cron === null ? null : listView(flow)))
  return [listOf(cards, { text: `Flows${sought} at ${partner}${page > 1 || hasMore ? `, page ${page}` : ''}`, actions })]
}

const listView = ({ status, cron }: Flow): FlowView => (status === 'active' && cron !== null ? 'scheduled' : status)

/** One flow, looked at a moment ago. */
export const statusParts = (flow: Flow, view: FlowView): readonly Part[] => [listOf([flowCard(flow, view)], { actions: [] })]

const listOf = (cards: readonly Card[], { text, actions }: { readonly text?: string; readonly actions: readonly CardAction[] }): CardsPart => ({
  kind: 'cards',
  layout: 'list',
  cards,
  ...(text === undefined ? {} : { text }),
  ...(actions.length > 0 ? { actions } : {})
})

const pageAction = (label: string, search: string | null, page: number): CardAction => ({
  label,
  command: 'flows',
  args: { ...(search === null ? {} : { search }), page }
})

/** @param view `null`: active, and nobody has asked its hook */
function flowCard(flow: Flow, view: FlowView | null): Card {
  const text = shortText([flow.description, flow.cron === null ? '' : `Scheduled: ${flow.cron}`].filter(Boolean).join(' · '), TEXT_CHARACTERS)
  return {
    title: flow.name,
    ...(text === undefined ? {} : { text }),
    status: view === null ? { text: 'active', tone: 'good' } : { text: shortText(statusWords(flow, view), 100) ?? view, tone: VIEW_TONES[view] },
    actions: actionsOf(flow)
  }
}

const statusWords = (flow: Flow, view: FlowView): string => (view === 'scheduled' ? 'active, scheduled' : viewWords(view, flow.cron))

/** Who may not start and stop is not offered these commands, and a button of a command that is not offered is not pressed. */
function actionsOf({ id, status, cron }: Flow): readonly CardAction[] {
  const act = (label: string, action: string): CardAction => ({ label, command: 'flow', args: { action, flow: id } })
  return [
    ...(status === 'active' && cron === null ? [{ label: 'Run', command: 'run-flow', args: { flow: id } }] : []),
    ...(status === 'inactive' ? [act('Start', 'start')] : []),
    ...(status === 'active' ? [act('Stop', 'stop')] : []),
    act('Watch', 'watch')
  ]
}
