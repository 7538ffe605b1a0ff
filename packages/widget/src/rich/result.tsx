import type { Part, RunOutcome } from '@parley/protocol'
import type { ResultItem } from '@parley/sdk'
import { useUi } from '../ui.js'
import { labelOf, Side } from '../views/delivery.js'
import { Icon } from '../views/icons.js'
import { Parts } from '../views/parts.js'
import type { PartOwner } from '../views/rich-views.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/** What came of a command, at its own place; the command's line stands above when it is not right there. */
export function Result({ item, isBelowCommand, author }: { readonly item: ResultItem; readonly isBelowCommand: boolean; readonly author: string }) {
  const { formats } = useUi()
  const { outcome } = item
  return (
    <article class="message" part="message in" data-direction="in" data-state={outcome.state} data-first aria-label={labelOf(author, item, formats)}>
      {isBelowCommand && !outcome.late ? null : <Caption line={item.line} isLate={outcome.late} />}
      <div class="line">
        <div class="bubble full" part="bubble in" data-direction="in" data-last>
          {outcome.state === 'failed' ? <Failure outcome={outcome} again={item.again} /> : <Outcome parts={outcome.parts} item={item} />}
        </div>
        <Side item={item} isLast />
      </div>
    </article>
  )
}

/** What a command brought back; that it brought nothing is said as well. */
export const Outcome = ({ parts, item }: { readonly parts: readonly Part[]; readonly item: PartOwner }) =>
  parts.length > 0 ? <Parts parts={parts} item={item} /> : <p>{words.noResult}</p>

function Caption({ line, isLate }: { readonly line: string | null; readonly isLate: boolean }) {
  return (
    <p class="who caption">
      {words.resultOf} {line === null ? words.earlierCommand : <code>{line}</code>}
      {isLate ? (
        <span class="badge-late" title={words.lateNote}>
          {words.late}
          <span class="hidden">. {words.lateNote}</span>
        </span>
      ) : null}
    </p>
  )
}

function Failure({ outcome, again }: { readonly outcome: Extract<RunOutcome, { state: 'failed' }>; readonly again: ResultItem['again'] }) {
  const { client, report } = useUi()
  return (
    <>
      <p class="wrong">
        <Icon path={RICH_ICONS.alert} /> {words.failures[outcome.reason]}
      </p>
      <p class="plain">{outcome.text}</p>
      {again ? (
        <button type="button" class="quiet" part="button" onClick={() => client.conversation.run(again.command, again.args).catch(report)}>
          {words.runAgain}
        </button>
      ) : null}
    </>
  )
}
