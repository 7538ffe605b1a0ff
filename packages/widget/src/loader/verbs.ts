import type { Arguments } from '@parley/protocol'
import type { PageCommand } from '@parley/sdk'
import type { LoaderOptions } from './script-options.js'
import { startChat, type LoadedChat, type LoadWidget } from './start.js'
import { tell } from './tell.js'

export type Listener = (detail: unknown) => void

/** What `window.Parley(verb, ...args)` can do, each verb with its arguments. */
export interface Verbs {
  boot(options?: LoaderOptions): void
  update(options: LoaderOptions): void
  shutdown(): void
  open(): Promise<unknown>
  close(): Promise<unknown> | undefined
  toggle(): Promise<unknown>
  show(): void
  hide(): void
  prefill(text: string): Promise<unknown>
  send(line: string): Promise<unknown>
  run(command: string, args?: Arguments): Promise<unknown>
  command(command: PageCommand): Promise<unknown> | undefined
  on(name: string, listener: Listener): void
  off(name: string, listener?: Listener): void
  reset(): Promise<unknown>
  identify(token: string): Promise<unknown> | undefined
}

/** @param onBoot is told of the new chat */
export function createVerbs(defaults: LoaderOptions, loadWidget: LoadWidget, onBoot: (chat: LoadedChat) => void): Verbs {
  let chat: LoadedChat | null = null
  let options = defaults
  let commands: readonly PageCommand[] = []
  /** Whom the page named before the rest was there. */
  let identity: string | null = null
  let heard: readonly { readonly name: string; readonly listener: Listener; readonly wrapped: EventListener }[] = []

  const booted = (): LoadedChat => {
    if (chat) return chat
    throw new Error("There is no chat on this page yet. Call Parley('boot', { inbox: '…' }) first.")
  }
  const silence = (isMeant: (one: (typeof heard)[number]) => boolean) => {
    for (const one of heard.filter(isMeant)) window.removeEventListener(one.name, one.wrapped)
    heard = heard.filter((one) => !isMeant(one))
  }
  const update = (changes: LoaderOptions) => {
    options = { ...options, ...changes }
    chat?.update(changes)
  }
  return {
    update,
    boot(changes = {}) {
      update(changes)
      if (chat) return
      chat = startChat(options, loadWidget, (element) => {
        for (const command of commands) register(() => element.command(command), element)
        if (identity !== null) element.identify(identity).catch((error: unknown) => tell(element, error))
      })
      onBoot(chat)
    },
    shutdown() {
      chat?.shutdown()
      chat = null
      commands = []
      silence(() => true)
    },
    open: () => booted().use((element) => element.open()),
    close: () => booted().useIfAsked((element) => element.close()),
    toggle: () => booted().use((element) => element.toggle()),
    show() {
      booted().element.hidden = false
    },
    hide() {
      booted().element.hidden = true
    },
    prefill: (text) => booted().use((element) => element.prefill(text)),
    send: (line) => booted().use((element) => element.send(line)),
    run: (command, args) => booted().use((element) => element.run(command, args)),
    command(command) {
      const asked = chat?.useIfAsked((element) => element.command(command))
      commands = [...commands, command]
      return asked
    },
    on(name, listener) {
      const wrapped = (event: Event) => listener((event as CustomEvent<unknown>).detail)
      heard = [...heard, { name: `parley:${name}`, listener, wrapped }]
      window.addEventListener(`parley:${name}`, wrapped)
    },
    off: (name, listener) => silence((one) => one.name === `parley:${name}` && (!listener || one.listener === listener)),
    reset() {
      identity = null
      return booted().use((element) => element.reset())
    },
    identify(token) {
      const asked = chat?.useIfAsked((element) => element.identify(token))
      identity = token
      return asked
    }
  }
}

/** A command that cannot be offered (its name is taken, say) must not keep the others out. */
function register(offer: () => unknown, element: HTMLElement): void {
  try {
    offer()
  } catch (error) {
    tell(element, error)
  }
}
