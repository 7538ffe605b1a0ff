import { gatewayUrl } from '../options.js'

/** What the page set: as `data-*` of the script tag, or as an object of `Parley('boot', …)` and `update`. */
export type LoaderOptions = {
  readonly url?: string
  readonly inbox?: string
  readonly locale?: string
  readonly colorScheme?: string
  readonly position?: string
  readonly launcher?: string
  readonly nonce?: string
}

/** The tag that loaded this file. `currentScript` is not known to modules and to what runs later: then the last one of our name. */
export function findScript(document: Document): HTMLScriptElement | null {
  const current = document.currentScript
  if (current instanceof HTMLScriptElement && current.src) return current
  return [...document.querySelectorAll<HTMLScriptElement>('script[src]')].filter((script) => /\/parley\.js(?:[?#]|$)/.test(script.src)).at(-1) ?? null
}

export function readScriptOptions(script: HTMLScriptElement): LoaderOptions {
  const { url, inbox, locale, colorScheme, position, launcher } = script.dataset
  return definedOnly({ url: url ?? new URL('.', script.src).href, inbox, locale, colorScheme, position, launcher, nonce: script.nonce || undefined })
}

/** `undefined` must not overwrite what was set before. */
const definedOnly = (options: { readonly [name: string]: string | undefined }): LoaderOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

const ATTRIBUTE = { url: 'url', inbox: 'inbox', locale: 'locale', colorScheme: 'color-scheme', position: 'position', launcher: 'launcher' } as const

/** Options become attributes of `<parley-chat>`, which follows their changes by itself. */
export function applyOptions(element: HTMLElement, options: LoaderOptions): void {
  for (const [name, attribute] of Object.entries(ATTRIBUTE)) {
    const value = options[name as keyof typeof ATTRIBUTE]
    if (value !== undefined) element.setAttribute(attribute, name === 'url' ? gatewayUrl(value, document.baseURI) : value)
  }
  if (options.nonce) element.nonce = options.nonce
}

/** Did an earlier visit leave an open conversation or an unsent message? The one thing that is read before the first use. */
export function hasOpenConversation(url: string, inbox: string): boolean {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`parley:${gatewayUrl(url, document.baseURI)}:${inbox}`) ?? 'null')
    return typeof kept === 'object' && kept !== null && 'open' in kept && kept.open === true
  } catch {
    return false // storage is forbidden here, or holds something else: the chat waits for its first use
  }
}
