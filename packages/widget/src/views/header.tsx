import { titleOf } from '../model.js'
import { useAtom } from '../use-atom.js'
import { useUi } from '../ui.js'
import type { Line } from '../use-line.js'
import { Icon, ICONS } from './icons.js'

/** Who answers, how the line is, and the way out. */
export function Header({ line: { phase, status } }: { readonly line: Line }) {
  const { client, mode, strings, close } = useUi()
  const participants = useAtom(client.conversation.$participants)
  return (
    <div class="header" part="header" data-state={status.state}>
      <span class="mark">
        <Icon path={ICONS.chat} />
      </span>
      <div class="title">
        <h2>{titleOf(participants, strings)}</h2>
        <p class="status" data-state={status.state}>
          {strings[phase]}
        </p>
      </div>
      {mode === 'launcher' ? (
        <button type="button" class="icon-button" part="button" aria-label={strings.closeChat} onClick={close}>
          <Icon path={ICONS.close} />
        </button>
      ) : null}
    </div>
  )
}
