/** Addresses that a person may be led to. Everything else (`javascript:`, `data:`, `blob:` …) is shown as text. */
const LINK_SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:', 'tel:'])
const FETCH_SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:'])

const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)

/** The address in its normal form when a link may lead there, else `null`. Relative addresses are refused. */
export function safeLink(text: string): string | null {
  const url = parse(text)
  return url && LINK_SCHEMES.has(url.protocol) ? url.href : null
}

/** The address in its normal form when a picture or file may be fetched from it, else `null`. */
export function safeSource(text: string): string | null {
  const url = parse(text)
  return url && FETCH_SCHEMES.has(url.protocol) ? url.href : null
}
