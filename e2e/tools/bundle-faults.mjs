/**
 * What may not be in code that runs on other people's pages: ways from text to markup or to code
 * (a page with Trusted Types would stop them, a page without would run them), and secrets.
 */
const FORBIDDEN = [
  // Preact's own two stand behind `dangerouslySetInnerHTML`, which lint forbids.
  { name: 'innerHTML', pattern: /\.innerHTML\b/g, allowed: (count) => count <= 2 },
  { name: 'outerHTML', pattern: /\.outerHTML\s*=/g },
  { name: 'insertAdjacentHTML', pattern: /insertAdjacentHTML/g },
  { name: 'document.write', pattern: /document\s*\.\s*write/g },
  { name: 'srcdoc', pattern: /\.srcdoc\s*=/g },
  { name: 'eval', pattern: /\beval\s*\(/g },
  { name: 'Function from text', pattern: /\bFunction\s*\(/g },
  { name: 'timer with text', pattern: /\bset(?:Timeout|Interval)\s*\(\s*["'`]/g },
  { name: 'a value left to replace', pattern: /__PARLEY_[A-Z_]+__|process\.env\./g }
]

/** Shapes of secrets. Long random words are told apart by their known beginnings, else every hash would be one. */
export const SECRETS = [
  { name: 'private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
  { name: 'signed token', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g },
  {
    name: 'provider key',
    pattern: /\b(?:sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35})/g
  },
  { name: 'password in an address', pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`${}]+:[^\s/:@"'`${}]+@[a-z0-9]/gi },
  {
    name: 'secret with a value',
    pattern: /["']?\b(?:client_?secret|api_?key|private_?key|jwt_?secret|password)\b["']?\s*[:=]\s*["'][A-Za-z0-9+/_=-]{16,}["']/gi
  }
]

/** @returns one sentence per fault of a bundle's text */
export function bundleFaults(code) {
  return [...FORBIDDEN, ...SECRETS].flatMap(({ name, pattern, allowed }) => {
    const found = code.match(pattern) ?? []
    const isFine = allowed ? allowed(found.length) : found.length === 0
    return isFine ? [] : [`${name}, ${found.length} times: ${found[0]}`]
  })
}
