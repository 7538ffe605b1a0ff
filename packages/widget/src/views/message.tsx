import type { Part } from '@parley/protocol'
import type { MessageItem } from '@parley/sdk'
import type { Row } from '../model.js'
import { useUi } from '../ui.js'
import { labelOf, Refusal, Side } from './delivery.js'
import { Parts } from './parts.js'

type MessageProps = { readonly item: MessageItem; readonly row: Row; readonly author: string }

/** What somebody said. */
export function Message({ item, row, author }: MessageProps) {
  const { formats } = useUi()
  const direction = item.isMine ? 'out' : 'in'
  return (
    <article
      class="message"
      part={`message ${direction}`}
      data-direction={direction}
      data-status={item.status}
      data-first={row.isFirst || undefined}
      aria-label={labelOf(author, item, formats)}
    >
      {row.isFirst && !item.isMine ? <p class="who">{author}</p> : null}
      <div class="line">
        <div class={isCard(item.parts) ? 'bubble full' : 'bubble'} part={`bubble ${direction}`} data-direction={direction} data-last={row.isLast || undefined}>
          <Parts parts={item.parts} item={item} />
        </div>
        <Side item={item} isLast={row.isLast} />
      </div>
      <Refusal item={item} />
    </article>
  )
}

/** Tables and cards take all the width there is. */
const isCard = (parts: readonly Part[]): boolean => parts.some(({ kind }) => kind === 'data' || kind === 'sign-in' || kind === 'cards')
