import type { ProviderAccount } from './accounts.js'

/** The pages people see at the demo's provider. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')

const STYLE = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:light-dark(#eef5f1,#101613);color:light-dark(#17201b,#e8f0eb)}
main{box-sizing:border-box;width:min(30rem,100%);padding:2rem;border-radius:.75rem;background:light-dark(#fff,#1a231e);border-top:.4rem solid #1d7a4c}
h1{margin:0 0 .75rem;font-size:1.3rem}
fieldset{margin:1rem 0;padding:.5rem 1rem;border:1px solid light-dark(#9db3a6,#4f6558);border-radius:.5rem}
label{display:flex;gap:.75rem;align-items:center;min-height:2.75rem}
code{padding:.1em .35em;border-radius:.25rem;background:light-dark(#e4eee8,#26332c);overflow-wrap:anywhere}
.actions{display:flex;gap:.75rem;flex-wrap:wrap}
button{flex:1;min-height:2.75rem;padding:0 1rem;border-radius:.5rem;border:2px solid #1d7a4c;font:inherit;font-weight:600;cursor:pointer;background:#1d7a4c;color:#fff}
button.second{background:transparent;color:inherit}
button:focus-visible,input:focus-visible{outline:3px solid light-dark(#17201b,#fff);outline-offset:2px}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .5rem;text-align:start;border-bottom:1px solid light-dark(#c9d8cf,#33443a)}`

const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeText(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeText(title)}</h1>${content}</main></body></html>`

export const plainPage = (title: string, text: string): string => page(title, `<p>${escapeText(text)}</p>`)

export type Consent = { readonly scope: string; readonly state: string; readonly accounts: readonly ProviderAccount[] }

export function consentPage({ scope, state, accounts }: Consent): string {
  const choices = accounts.map(
    ({ id, displayName, mail }, index) =>
      `<label><input type="radio" name="account" value="${escapeText(id)}"
${index === 0 ? ' checked' : ''}><span>${escapeText(displayName)}<br><small>${escapeText(mail)}</small></span></label>`
  )
  return page(
    'Demo provider: allow access?',
    `<p>The demo hub asks for the permission <code>${escapeText(scope)}</code>.</p>
<form method="post" action="/provider/authorize"><input type="hidden" name="state" value="${escapeText(state)}">
<fieldset><legend>Account</legend>${choices.join('')}</fieldset>
<div class="actions"><button name="decision" value="approve">Approve</button><button class="second" name="decision" value="refuse">Refuse</button></div></form>`
  )
}

export function reportPage(stock: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = Object.keys(stock[0] ?? {})
  const head = columns.map((column) => `<th scope="col">${escapeText(column)}</th>`).join('')
  const rows = stock.map((row) => `<tr>${columns.map((column) => `<td>${escapeText(String(row[column]))}</td>`).join('')}</tr>`)
  return page('Stock report', `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`)
}
