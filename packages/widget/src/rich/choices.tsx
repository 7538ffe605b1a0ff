import { useRef, useState } from 'preact/hooks'
import type { ChoicesPart } from '@parley/protocol'
import { useUi } from '../ui.js'
import { useAtom } from '../use-atom.js'
import { Icon } from '../views/icons.js'
import type { PartOwner } from '../views/rich-views.js'
import { Text } from '../views/text.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/**
 * Answers to choose from; once one is taken, all rest, as they do where nobody can answer. They stay in the order of the
 * keyboard: what was pressed keeps the focus.
 */
export function Choices({ part, item }: { readonly part: ChoicesPart; readonly item: PartOwner }) {
  const { client, report } = useUi()
  const { answer, isMine, key } = item
  const chat = client.conversation
  const isOver = useAtom(chat.$status) === 'closed'
  /** Two clicks may come before the first one is in the timeline. */
  const isFree = useRef(true)
  const [pressed, setPressed] = useState<string | null>(null)
  const taken = answer ?? pressed
  const isResting = answer !== null || pressed !== null || isMine || isOver

  function mark(value: string | null): void {
    isFree.current = value === null
    setPressed(value)
  }
  function choose(value: string, label: string): void {
    if (isResting || !isFree.current) return
    mark(value)
    chat
      .answer(key, value, label)
      .catch(report)
      .finally(() => mark(null))
  }
  return (
    <>
      {part.text ? <Text text={part.text} /> : null}
      <div class="choices" role="group" aria-label={part.text || words.choose}>
        {part.choices.map(({ value, label }) => (
          <button
            type="button"
            class="choice"
            part="button"
            aria-pressed={typeof taken === 'string' ? taken === value : undefined}
            aria-disabled={isResting}
            onClick={() => choose(value, label)}
          >
            {taken === value ? <Icon path={RICH_ICONS.check} /> : null}
            {label}
          </button>
        ))}
      </div>
    </>
  )
}
