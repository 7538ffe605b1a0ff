import type { CommandItem, MessageItem } from '@parley/sdk'
import { explain, failureOf } from '../model.js'
import { useUi } from '../ui.js'
import { Icon } from '../views/icons.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/** What was definitely refused: why, and the two ways out. */
export function NotSent({ item }: { readonly item: MessageItem | CommandItem }) {
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
