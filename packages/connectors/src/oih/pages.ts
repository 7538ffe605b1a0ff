import type { ConnectorResponse } from '@parley/engine'

/** Whole pages for people's browsers. Text goes in only escaped; there is no script and nothing from elsewhere. */

/** Markup made here. Foreign text is a plain string and is escaped wherever it is put in. */
type Markup = { readonly markup: string }

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')

function html(strings: TemplateStringsArray, ...values: readonly (string | Markup)[]): Markup {
  const filled = values.map((value) => (typeof value === 'string' ? escapeText(value) : value.markup))
  return { markup: strings.map((text, index) => text + (filled[index] ?? '')).join('') }
}

const STYLE: Markup = {
  markup: `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:light-dark(#f3f4f8,#15171d);color:light-dark(#1b1d24,#eceef4)}
main{box-sizing:border-box;width:min(28rem,100%);padding:2rem;background:light-dark(#fff,#20232b);border-radius:1rem;box-shadow:0 .5rem 2rem #0002}
h1{margin:0 0 1rem;font-size:1.35rem;line-height:1.3}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.code{display:block;margin:0 0 1rem;padding:.75rem;border:2px dashed light-dark(#8a8fa3,#71768a);border-radius:.5rem;font:600 1.75rem/1 ui-monospace,monospace;letter-spacing:.15em;text-align:center}
button{box-sizing:border-box;width:100%;min-height:3rem;border:0;border-radius:.5rem;font:inherit;font-weight:600;color:#fff;background:#3347c9;cursor:pointer}
button:hover{background:#2838a5}
button:focus-visible{outline:3px solid light-dark(#1b1d24,#fff);outline-offset:2px}
small{display:block;margin-top:1rem;color:light-dark(#565b6e,#a9aec0)}`
}

type PageOptions = { readonly status: number; readonly title: string; readonly nonce: string; readonly cookie?: string }

function page({ status, title, nonce, cookie }: PageOptions, content: Markup): ConnectorResponse {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${title}</title><style nonce="${nonce}">${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`
  return { status, headers: { ...headersOf(nonce), ...(cookie ? { 'set-cookie': cookie } : {}) }, body: markup }
}

/**
 * Addresses of these pages carry one-time tokens, so no referrer and no cache. No `form-action`: browsers hold it
 * against every redirect behind the form, and where a partner's sign-in goes on the way is not ours to know.
 */
const headersOf = (nonce: string): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store'
})

export type StartPage = {
  readonly nonce: string
  readonly cookie: string
  readonly site: string
  readonly inbox: string
  readonly partner: string
  readonly code: string
  readonly scope: string
  /** Host that the sign-in leads to. */
  readonly leadsTo: string
  readonly link: string
  readonly proof: string
}

/** "Is this yours?": who asks, and the code that the chat shows. */
export function startPage({ nonce, cookie, site, inbox, partner, code, scope, leadsTo, link, proof }: StartPage): ConnectorResponse {
  return page(
    { status: 200, title: `Connect your account to ${site}`, nonce, cookie },
    html`<p>The chat “${inbox}” on <strong>${site}</strong> asks to use your account
through ${partner}, with the permission <strong>${scope}</strong>. You will sign in at <strong>${leadsTo}</strong>.</p>
<p>Continue only if you asked for this yourself and the chat shows the same code:</p>
<strong class="code">${code}</strong>
<form method="post" action="start">
<input type="hidden" name="link" value="${link}"><input type="hidden" name="proof" value="${proof}"><button type="submit">Continue</button></form>
<small>If somebody sent you this address, close this window: otherwise they would get to use your account.</small>`
  )
}

/** One thing to know, nothing to do. */
export function notePage(nonce: string, status: number, title: string, text: string): ConnectorResponse {
  return page({ status, title, nonce }, html`<p>${text}</p>`)
}
