/** Directives that a connector's page may set for itself; the rest is decided here. */
const OF_THE_PAGE: ReadonlySet<string> = new Set(['style-src', 'form-action', 'img-src'])
const ALWAYS = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]

/**
 * Headers of an answer that comes from a connector, made safe: nothing is sniffed or kept, no
 * referrer leaves (addresses carry one-time tokens), and no script runs, whatever the page holds.
 */
export function securePage(headers: Readonly<Record<string, string>>): Headers {
  const answer = new Headers({ 'cache-control': 'no-store', ...headers })
  answer.set('x-content-type-options', 'nosniff')
  answer.set('referrer-policy', 'no-referrer')
  answer.set('x-frame-options', 'DENY')
  answer.set('content-security-policy', policyWith(answer.get('content-security-policy') ?? ''))
  if (!answer.has('content-type')) answer.set('content-type', 'text/plain; charset=utf-8')
  return answer
}

function policyWith(wanted: string): string {
  const own = wanted
    .split(';')
    .map((directive) => directive.trim())
    .filter((directive) => OF_THE_PAGE.has(directive.split(/\s/)[0] ?? ''))
  return [...ALWAYS, ...own].join('; ')
}
