import type { ReadableAtom } from 'nanostores'
import type { Client } from '@parley/sdk'
import type { Strings } from '../strings.js'
import { useAtom } from '../use-atom.js'
import { Icon, ICONS } from './icons.js'

type LauncherProps = { readonly client: Client | null; readonly strings: Strings; readonly open: () => void }

/** The button in the corner. It makes way for the open window, which stands in its place. */
export const Launcher = ({ client, strings, open }: LauncherProps) => (
  <button
    type="button"
    class="launcher"
    part="launcher"
    aria-label={strings.openChat}
    aria-haspopup="dialog"
    aria-describedby={client ? 'unread' : undefined}
    onClick={open}
  >
    <Icon path={ICONS.chat} />
    {client ? <Badge $unread={client.conversation.$unread} strings={strings} /> : null}
  </button>
)

function Badge({ $unread, strings }: { readonly $unread: ReadableAtom<number>; readonly strings: Strings }) {
  const unread = useAtom($unread)
  return (
    <span id="unread" class={unread > 0 ? 'unread' : 'hidden'} part="badge">
      {unread > 0 ? (
        <>
          <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
          <span class="hidden">{strings.unread(unread)}</span>
        </>
      ) : null}
    </span>
  )
}
