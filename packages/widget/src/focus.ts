const FOCUSABLE = 'a[href], button:not([disabled]), textarea, summary, [tabindex="0"]'

/** Tab goes round inside `root`. For the full-screen window, which covers all the rest. */
export function keepFocusInside(root: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return
  const stops = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.getClientRects().length > 0)
  const focused = (root.getRootNode() as Document | ShadowRoot).activeElement
  const edge = event.shiftKey ? stops[0] : stops.at(-1)
  const goal = event.shiftKey ? stops.at(-1) : stops[0]
  if (focused !== edge || !goal) return
  event.preventDefault()
  goal.focus()
}
