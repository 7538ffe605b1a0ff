import type { CommandItem, MessageItem } from '@parley/sdk'
import { explain, failureOf } from '../model.js'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import { Icon } from '../views/icons.js'
import { RICH_ICONS } from './icons.js'
import { usePress } from './use-press.js'
import { words } from './words.js'

/** What has not arrived, and the ways out. */
export const NotSent = ({ item }: { readonly item: MessageItem | CommandItem }) =>
  item.kind === 'message' && item.status !== 'failed' ? <Undelivered item={item} /> : <Refused item={item} />

/**
 * What the gateway has and who answers does not, in the words that were told. The button stays when it has served: what
 * has the focus does not vanish.
 */
function Undelivered({ item: { key, undelivered, isSentAgain } }: { readonly item: MessageItem }) {
  const { client } = useUi()
  const chat = client.conversation
  const { press, start } = usePress(() => chat.retry(key))
  const isOver = useAtom(chat.$status) === 'closed'
  const isDone = isSentAgain || press !== 'ready'
  return (
    <div class="not-sent">
      <p class="faint" role="status">
        <Icon path={RICH_ICONS.alert} /> {undelivered}
      </p>
      {isOver && !isDone ? null : (
        <button type="button" class="quiet" part="button" aria-disabled={isDone} onClick={isDone ? undefined : start}>
          {isDone ? words.sentAgain : words.sendAgain}
        </button>
      )}
    </div>
  )
}

/** What was definitely refused: why, and the two ways out. */
function Refused({ item }: { readonly item: MessageItem | CommandItem }) {
  const { client, strings, report } = useUi()
  const chat = client.conversation
  return (
    <div class="not-sent">
      <p class="wrong" role="alert">
        <Icon path={RICH_ICONS.alert} /> {failureOf(item.error, strings)}
        {item.error && item.error.code !== 'append.unknown' ? `: ${explain(item.error, strings)}` : ''}
      </p>
      <button type="button" class="quiet" part="button" onClick={() => chat.retry(item.key).catch(report)}>
        {strings.retry}
      </button>
      <button type="button" class="quiet" part="button" onClick={() => chat.discard(item.key).catch(report)}>
        {words.discard}
      </button>
    </div>
  )
}
