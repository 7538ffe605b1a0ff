import { ParleyError, type Participant } from '@parley/protocol'
import type { ConnectionStatus, TimelineItem } from '@parley/sdk'
import type { Strings } from './strings.js'

/** What the views decide, as pure functions: grouping, titles, banners, words for states. */

/** One item with its place among its neighbours. */
export type Row = {
  readonly item: TimelineItem
  /** Time of the first item of a day: a separator stands before it. */
  readonly day: string | null
  /** First and last of what one author said in a row. */
  readonly isFirst: boolean
  readonly isLast: boolean
  /** A result that stands right under its command needs no caption. */
  readonly isBelowCommand: boolean
}

/** Words of one author within this time are one group. */
const GROUP_WITHIN_MS = 5 * 60_000

export function arrange(all: readonly TimelineItem[]): readonly Row[] {
  let lastAt: string | null = null
  const keys = new Set<unknown>(all.map((item) => item.key))
  // That a message did not get through stands beside it.
  const items = all.filter((item, index) => !isSaidByCard(item, all[index - 1]) && !('about' in item && keys.has(item.about)))
  return items.map((item, index) => {
    const before = items[index - 1]
    const after = items[index + 1]
    const isNewDay = item.at !== null && !isSameDay(lastAt, item.at)
    const row: Row = {
      item,
      day: isNewDay ? item.at : null,
      isFirst: !before || isNewDay || !isGrouped(before, item),
      isLast: !after || !isGrouped(item, after),
      isBelowCommand: item.kind === 'result' && before?.kind === 'command' && before.run?.run === item.run
    }
    lastAt = item.at ?? lastAt
    return row
  })
}

/** The card says itself what came of a sign-in; a notice is for whoever no longer looks at the card. */
const isSaidByCard = (item: TimelineItem, before: TimelineItem | undefined): boolean =>
  item.kind === 'notice' && 'partner' in item.notice && before?.kind === 'link' && before.link.partner === item.notice.partner

function isSameDay(one: string | null, other: string): boolean {
  return one !== null && new Date(one).toDateString() === new Date(other).toDateString()
}

function isGrouped(before: TimelineItem, after: TimelineItem): boolean {
  if (!isSpoken(before) || !isSpoken(after) || before.isMine !== after.isMine) return false
  if (!before.isMine && before.author?.id !== after.author?.id) return false
  if (before.at === null || after.at === null) return true
  return isSameDay(before.at, after.at) && Date.parse(after.at) - Date.parse(before.at) < GROUP_WITHIN_MS
}

const isSpoken = (item: TimelineItem): boolean => item.kind === 'message'

/** Who answers: people before machines; without a name, the plain title. */
export function titleOf(participants: readonly Participant[], strings: Strings): string {
  const named = (role: Participant['role']) => participants.filter((one) => one.role === role && one.name).map((one) => one.name)
  const agents = named('agent')
  return (agents.length > 0 ? agents : named('bot')).join(', ') || strings.chat
}

export function nameOf(item: TimelineItem, participants: readonly Participant[], strings: Strings): string {
  if (item.isMine) return strings.you
  const author = participants.find((one) => one.id === item.author?.id)
  return author?.name ?? (item.author?.role === 'agent' ? strings.agent : strings.assistant)
}

/** How the line is, in the visitor's terms. `isAgain`: it was up before. */
export type Phase = 'connecting' | 'online' | 'reconnecting' | 'offline' | 'closed'
export function phaseOf({ state, attempt }: ConnectionStatus, isAgain: boolean): Phase {
  switch (state) {
    case 'idle':
    case 'connecting':
      return isAgain || attempt > 1 ? 'reconnecting' : 'connecting'
    case 'waiting':
      return 'reconnecting'
    default:
      return state
  }
}

/** What to say about the line, in a sentence; nothing while all is well or the first try is under way. */
export function bannerOf(phase: Phase, error: ParleyError | null, isSaved: boolean, strings: Strings): string {
  switch (phase) {
    case 'reconnecting':
      // Not the line's fault: it comes up as soon as the page says who is there, or the other tab is closed.
      if (error?.code === 'identity.required' || error?.code === 'host.elsewhere') return error.message
      return isSaved ? strings.reconnectingBanner : `${strings.reconnecting} ${strings.unsavedBanner}`
    case 'offline':
      return isSaved ? strings.offlineBanner : `${strings.offlineUnsaved} ${strings.unsavedBanner}`
    case 'closed':
      return [strings.closedBanner, error?.message].filter(Boolean).join(' ')
    default:
      return ''
  }
}

/** What is said of a message that failed: only of a definite refusal that it was not sent. */
export const failureOf = (error: ParleyError | null, strings: Strings): string => (error?.code === 'append.unknown' ? error.message : strings.notSent)

/** A sentence for the visitor from whatever was thrown. */
export const explain = (error: unknown, strings: Strings): string => (ParleyError.is(error) ? error.message : strings.unknownProblem)

/**
 * Did the refused line get its own failed entry? Then the transcript tells, not the composer.
 * @param before keys of the timeline when the line was given
 */
export const isInTranscript = (items: readonly TimelineItem[], before: ReadonlySet<string>): boolean =>
  items.some((item) => item.isMine && !before.has(item.key) && 'status' in item && item.status === 'failed')
