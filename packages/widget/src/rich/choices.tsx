import type { ChoicesPart } from '@parley/protocol'
import { useUi } from '../ui.js'
import { Icon } from '../views/icons.js'
import type { PartOwner } from '../views/rich-views.js'
import { Text } from '../views/text.js'
import { RICH_ICONS } from './icons.js'
import { words } from './words.js'

/** Answers to choose from; once one is taken, all rest, as they do where nobody can answer. */
export function Choices({ part, item }: { readonly part: ChoicesPart; readonly item: PartOwner }) {
  const { client, report } = useUi()
  const { answer, isMine, key } = item
  return (
    <>
      {part.text ? <Text text={part.text} /> : null}
      <div class="choices" role="group" aria-label={part.text || words.choose}>
        {part.choices.map(({ value, label }) => (
          <button
            type="button"
            class="choice"
            part="button"
            aria-pressed={typeof answer === 'string' ? answer === value : undefined}
            disabled={answer !== null || isMine}
            onClick={() => client.conversation.answer(key, value, label).catch(report)}
          >
            {answer === value ? <Icon path={RICH_ICONS.check} /> : null}
            {label}
          </button>
        ))}
      </div>
    </>
  )
}
