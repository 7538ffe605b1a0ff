import type { CommandItem, MessageItem, TimelineItem } from '@parley/sdk'
import type { Formats } from '../formats.js'
import { failureOf } from '../model.js'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import { Icon, ICONS } from './icons.js'
import { Rich } from './rich.js'

/** How an entry is read out: by whom, and when. */
export const labelOf = (author: string, item: { readonly at: string | null }, formats: Formats): string =>
  [author, item.at && formats.time(item.at)].filter(Boolean).join(', ')

/** The quiet word beside a bubble: under way, or when it was sent; without a gateway, that it was delivered and no more. */
export function Side({
  item,
  isLast
}: {
  readonly item: Pick<TimelineItem, 'at' | 'isMine'> & { readonly status?: string; readonly undelivered?: string | null }
  readonly isLast: boolean
}) {
  const { client, formats, strings } = useUi()
  if (item.status === 'failed') return null
  if (item.status === 'sending') return <Waiting />
  return item.at ? (
    <time class={isLast ? 'side' : 'side passing'} dateTime={item.at}>
      {item.isMine && item.status === 'sent' && !item.undelivered && !client.isDurable ? `${strings.delivered} ` : ''}
      {formats.time(item.at)}
    </time>
  ) : null
}

/** What becomes of a message that is not acknowledged: it is on its way, waits for the line, or would be lost with the page. */
function Waiting() {
  const { client, strings } = useUi()
  const isSaved = useAtom(client.conversation.$isSaved)
  const { state } = useAtom(client.$connection)
  return (
    <span class="side">
      <Icon path={ICONS.clock} /> {isSaved || !client.isDurable ? (state === 'online' ? strings.sending : strings.waiting) : strings.notSaved}
    </span>
  )
}

/** What was refused, or did not get through, says so at once; the ways out come with the richer views. */
export function Refusal({ item }: { readonly item: MessageItem | CommandItem }) {
  const { strings } = useUi()
  const why = item.status === 'failed' ? failureOf(item.error, strings) : item.kind === 'message' && item.undelivered
  return why ? <Rich meanwhile={<p class="wrong">{why}</p>} draw={({ NotSent }) => <NotSent item={item} />} /> : null
}
