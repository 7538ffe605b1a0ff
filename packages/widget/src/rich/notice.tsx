import type { Notice as NoticeOf, Participant } from '@parley/protocol'
import { useUi } from '../ui.js'
import { capitalise } from './capitalise.js'
import { words } from './words.js'

type NoticeProps = { readonly notice: NoticeOf; readonly participants: readonly Participant[] }

/** One quiet line: who came and went, what was connected. */
export function Notice({ notice, participants }: NoticeProps) {
  const { strings } = useUi()
  return <p class="notice">{noticeText(notice, participants, strings.agent)}</p>
}

function noticeText(notice: NoticeOf, participants: readonly Participant[], agent: string): string {
  switch (notice.kind) {
    case 'closed':
      return words.closedNotice(notice.reason)
    case 'joined':
      return words.joined(notice.participant.name ?? agent)
    case 'left':
      return words.left(participants.find((one) => one.id === notice.participant)?.name ?? agent)
    case 'handoff':
      return words.handedOver(notice.name)
    case 'linked':
      return words.linkedNotice(capitalise(notice.partner))
    case 'link-refused':
      return words.linkRefusedNotice(capitalise(notice.partner))
    case 'link-expired':
      return words.linkExpiredNotice(capitalise(notice.partner))
    default:
      return notice satisfies never
  }
}
