/** A CustomEvent on the element and on the window. */
export function emit(element: HTMLElement | null, name: string, detail: unknown): void {
  for (const target of element ? [element, window] : [window]) target.dispatchEvent(new CustomEvent(`parley:${name}`, { detail }))
}

/** A failure belongs in the console of whoever set this up, and to the page's listeners. */
export function tell(element: HTMLElement | null, error: unknown): void {
  console.error('Parley:', error)
  emit(element, 'error', error)
}
