/** What a page can set: the attributes of `<parley-chat>`, which the script tag's `data-*` become. */
export type Mode = 'launcher' | 'inline' | 'page'
export type Options = {
  /** The gateway's address without a slash at its end. */
  readonly url: string
  readonly inbox: string
  readonly mode: Mode
  readonly locale: string
  /** `none`: the page opens the chat by its own button. */
  readonly launcher: 'shown' | 'none'
}

/** Attributes that change what is drawn or where it connects; the others are for the stylesheet alone. */
export const ATTRIBUTES = ['url', 'inbox', 'mode', 'locale', 'color-scheme', 'position', 'launcher'] as const

export function readOptions(element: Pick<Element, 'getAttribute'>, base: string, language: string): Options {
  const mode = element.getAttribute('mode')
  return {
    url: gatewayUrl(element.getAttribute('url') ?? '', base),
    inbox: element.getAttribute('inbox') ?? '',
    mode: mode === 'inline' || mode === 'page' ? mode : 'launcher',
    locale: element.getAttribute('locale') || language,
    launcher: element.getAttribute('launcher') === 'none' ? 'none' : 'shown'
  }
}

/** The one spelling of a gateway's address, as storage names use it: absolute, no slash at the end. */
export function gatewayUrl(url: string, base: string): string {
  if (!URL.canParse(url, base)) return url
  const { origin, pathname } = new URL(url, base)
  return (origin + pathname).replace(/\/+$/, '')
}
