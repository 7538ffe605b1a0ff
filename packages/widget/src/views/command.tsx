import type { CommandItem } from '@parley/sdk'
import { useUi } from '../ui.js'
import { labelOf, Refusal, Side } from './delivery.js'
import { Rich } from './rich.js'

/** A command as it was given, and how its run stands. */
export function Command({ item, author }: { readonly item: CommandItem; readonly author: string }) {
  const { formats } = useUi()
  const { run, isMine } = item
  return (
    <article class="message" part="message command out" data-direction="out" data-status={item.status} data-first aria-label={labelOf(author, item, formats)}>
      <div class="line">
        <div class="bubble typed" part="bubble out" data-direction="out" data-last>
          {item.line}
        </div>
        <Side item={item} isLast />
      </div>
      {run ? <Rich draw={({ RunLine }) => <RunLine run={run} isMine={isMine} />} /> : null}
      <Refusal item={item} />
    </article>
  )
}
