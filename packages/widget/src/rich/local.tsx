import type { LocalItem } from '@parley/sdk'
import { useUi } from '../ui.js'
import { labelOf, Side } from '../views/delivery.js'
import { Icon } from '../views/icons.js'
import { Outcome } from './result.js'
import { Spinner } from './run-line.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/** A command that ran in this page, with its result. */
export function Local({ item }: { readonly item: LocalItem }) {
  const { strings, formats } = useUi()
  return (
    <article class="message local" part="message command" data-state={item.state} data-first aria-label={labelOf(strings.you, item, formats)}>
      <div class="line out">
        <div class="bubble typed" part="bubble out" data-direction="out" data-last>
          {item.line}
        </div>
        <Side item={item} isLast />
      </div>
      {item.state === 'working' ? (
        <p class="state">
          <Spinner />
          {words.working}
        </p>
      ) : (
        <div class="bubble full" part="bubble in" data-direction="in" data-last>
          {item.state === 'failed' ? (
            <p class="wrong">
              <Icon path={RICH_ICONS.alert} /> {words.failed}
            </p>
          ) : null}
          <Outcome parts={item.parts} item={item} />
          <p class="faint">{words.onlyHere}</p>
        </div>
      )}
    </article>
  )
}
