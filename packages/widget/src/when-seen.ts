/**
 * Runs an action when the element scrolls into sight, or at once where that cannot be known.
 * @returns stops waiting
 */
export function whenSeen(element: Element, action: () => void): () => void {
  if (typeof IntersectionObserver === 'undefined') {
    action()
    return () => undefined
  }
  const observer = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return
    observer.disconnect()
    action()
  })
  observer.observe(element)
  return () => observer.disconnect()
}
