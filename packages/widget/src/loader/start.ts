import { TAG, type ChatElement } from '../chat-element.js'
import { drawLauncher } from './draw-launcher.js'
import { applyOptions, hasOpenConversation, type LoaderOptions } from './script-options.js'
import { emit, tell } from './tell.js'

/** Fetches the widget itself, which then knows `<parley-chat>`. `attempt` counts from 0. */
export type LoadWidget = (attempt: number) => Promise<unknown>

/** One chat of the script tag, from `boot` to `shutdown`. */
export interface LoadedChat {
  readonly element: HTMLElement
  update(options: LoaderOptions): void
  /** Fetches the rest if it is not there, then does it; in the order of the calls. */
  use<Result>(action: (chat: ChatElement) => Result): Promise<Awaited<Result>>
  /** Like `use`, but does nothing as long as nobody has asked for the rest. */
  useIfAsked(action: (chat: ChatElement) => unknown): Promise<unknown> | undefined
  shutdown(): void
}

/** Signs that a click may follow. */
const INTENT = ['pointerenter', 'focus', 'touchstart'] as const
/** How a press begins and ends. */
const PRESS = [
  ['pointerdown', 'pointerup'],
  ['keydown', 'keyup']
] as const

/** @param onLoaded once, when the element has come to life, before anything else is done with it */
export function startChat(options: LoaderOptions, loadWidget: LoadWidget, onLoaded: (chat: ChatElement) => void): LoadedChat {
  const element = document.createElement(TAG) as ChatElement
  let isOver = false
  let attempt = 0
  let loading: Promise<void> | null = null
  applyOptions(element, options)
  // A page may know the element already, from the package: then there is nothing to draw for it.
  const launcher = element.shadowRoot ? null : drawLauncher(element)

  const load = (): Promise<void> => {
    loading ??= loadWidget(attempt++).then(
      () => {
        if (!isOver) onLoaded(element)
      },
      (error: unknown) => {
        loading = null // so that the next click tries again
        throw error
      }
    )
    return loading
  }
  const use = async <Result>(action: (chat: ChatElement) => Result): Promise<Awaited<Result>> => {
    await load()
    if (isOver) throw new Error('The chat was shut down before this was done.')
    return await action(element)
  }
  const openByClick = () => {
    launcher?.show('loading')
    use((chat) => chat.open()).catch((error: unknown) => {
      launcher?.show('failed')
      tell(element, error)
    })
  }
  // Only a guess that the chat will be wanted: the click that follows tells of a failure.
  const prepare = () => void load().catch(() => undefined)
  for (const intent of INTENT) launcher?.button.addEventListener(intent, prepare, { passive: true })
  launcher?.button.addEventListener('click', openByClick)
  // The element's own launcher takes the place of this one as soon as it can. In the middle of a press the browser makes
  // a click of neither, so it is made here.
  for (const [begin, end] of PRESS)
    launcher?.button.addEventListener(begin, (press) => {
      if ('key' in press && press.key !== ' ') return
      const ended = ({ target }: Event): void => {
        if (target === element && !launcher.button.isConnected) openByClick()
      }
      addEventListener(end, ended, { once: true })
    })
  const stopPlacing = whenBody(() => {
    document.body.append(element)
    if (launcher) emit(element, 'ready', null)
  })
  const connect = () => void use((chat) => chat.connect()).catch((error: unknown) => tell(element, error))
  const stopIdle = hasOpenConversation(options.url ?? '', options.inbox ?? '') ? whenIdle(connect) : () => undefined

  return {
    element,
    update: (changes) => applyOptions(element, changes),
    use,
    useIfAsked: (action) => (loading ? use(action) : undefined),
    shutdown() {
      isOver = true
      stopIdle()
      stopPlacing()
      element.shutdown?.()
      element.remove()
    }
  }
}

/** A script in the head may run before there is a body. */
function whenBody(action: () => void): () => void {
  if (document.body) action()
  else document.addEventListener('DOMContentLoaded', action, { once: true })
  return () => document.removeEventListener('DOMContentLoaded', action)
}

function whenIdle(action: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(action, { timeout: 5_000 })
    return () => cancelIdleCallback(handle)
  }
  const timer = setTimeout(action, 1_000)
  return () => clearTimeout(timer)
}
