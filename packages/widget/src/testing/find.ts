/** Finds views as people and assistive technology do: by role and accessible name, through shadow roots. Tests only. */
const ROLE_OF: Readonly<Record<string, string>> = {
  A: 'link',
  ARTICLE: 'article',
  BUTTON: 'button',
  IMG: 'img',
  PROGRESS: 'progressbar',
  TABLE: 'table',
  TEXTAREA: 'textbox',
  TH: 'header',
  UL: 'list'
}

const roleOf = (element: Element): string =>
  element.getAttribute('role') ?? (element.tagName === 'A' && !element.hasAttribute('href') ? '' : (ROLE_OF[element.tagName] ?? ''))

export const nameOf = (element: Element): string =>
  (element.getAttribute('aria-label') ?? element.getAttribute('alt') ?? textOf(element)).replace(/\s+/g, ' ').trim()

function textOf(node: Node): string {
  if (node.nodeType === 3) return node.textContent ?? ''
  if (node instanceof Element && node.getAttribute('aria-hidden') === 'true') return ''
  return [...node.childNodes].map((child) => (child instanceof HTMLImageElement ? child.alt : textOf(child))).join('')
}

type Root = Document | Element | ShadowRoot

export function findAll(root: Root, role: string, name?: string | RegExp): HTMLElement[] {
  const within = 'shadowRoot' in root && root.shadowRoot ? root.shadowRoot : root
  return [...within.querySelectorAll<HTMLElement>('*')].flatMap((element) => [
    ...(roleOf(element) === role && matches(nameOf(element), name) ? [element] : []),
    ...(element.shadowRoot ? findAll(element, role, name) : [])
  ])
}

/** The only one of its role and name. @throws Error that lists what there is instead */
export function find(root: Root, role: string, name?: string | RegExp): HTMLElement {
  const found = findAll(root, role, name)
  const only = found[0]
  if (only && found.length === 1) return only
  throw new Error(`found ${found.length} of ${role} "${String(name)}"; there is: ${findAll(root, role).map(nameOf).join(' | ') || 'none of that role'}`)
}

const matches = (found: string, wanted: string | RegExp | undefined): boolean =>
  wanted === undefined || (typeof wanted === 'string' ? found === wanted : wanted.test(found))
