import type { Participant } from '@parley/protocol'
import { useUi } from '../ui.js'
import { words } from './words.js'

/** Somebody is writing. Not read out: it comes and goes too often. */
export function Typing({ others }: { readonly others: readonly Participant[] }) {
  const { strings } = useUi()
  const names = others.map((one) => one.name ?? (one.role === 'agent' ? strings.agent : strings.assistant)).join(', ')
  return (
    <p class="typing" aria-live="off">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {words.typing(names)}
    </p>
  )
}
