/** Narrower than this, in CSS pixels, the window covers the screen; the stylesheet uses the same number. */
export const PHONE_QUERY = '(max-width: 480px)'

/**
 * Holds the full-screen window to what the on-screen keyboard leaves visible.
 * @returns stops following
 */
export function followVisibleArea(element: HTMLElement, view: Window & typeof globalThis): () => void {
  const visible = view.visualViewport
  if (!visible) return () => undefined
  const fit = () => {
    // Zoomed in by the reader's fingers: then the visible area is no measure for the window.
    if (visible.scale !== 1) return
    element.style.setProperty('--_visible-height', `${visible.height}px`)
    element.style.setProperty('--_visible-top', `${visible.offsetTop}px`)
  }
  fit()
  visible.addEventListener('resize', fit)
  visible.addEventListener('scroll', fit)
  return () => {
    visible.removeEventListener('resize', fit)
    visible.removeEventListener('scroll', fit)
  }
}
