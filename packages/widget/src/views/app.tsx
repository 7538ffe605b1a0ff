import type { Client } from '@parley/sdk'
import { UiContext, type Ui } from '../ui.js'
import type { Options } from '../options.js'
import type { Strings } from '../strings.js'
import { Launcher } from './launcher.js'
import { ChatWindow } from './window.js'

type AppProps = {
  readonly options: Options
  readonly isOpen: boolean
  readonly client: Client | null
  readonly ui: Ui | null
  readonly strings: Strings
  readonly open: () => void
}

/** Everything in the shadow root: the launcher, or the window in its place. */
export function App({ options, isOpen, client, ui, strings, open }: AppProps) {
  const isWindow = ui !== null && (isOpen || options.mode !== 'launcher')
  if (!isWindow) return options.mode === 'launcher' && options.launcher === 'shown' ? <Launcher client={client} strings={strings} open={open} /> : null
  return (
    <UiContext.Provider value={ui}>
      <ChatWindow />
    </UiContext.Provider>
  )
}
