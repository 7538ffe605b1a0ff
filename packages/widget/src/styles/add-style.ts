/**
 * Gives a shadow root one stylesheet more, in the way that a strict policy allows: as a constructed
 * sheet, in old browsers as a `<style>` with the page's nonce.
 */
export function addStyle(root: ShadowRoot, css: string, nonce: string): void {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
    return
  }
  const style = document.createElement('style')
  style.nonce = nonce
  style.textContent = css
  root.append(style)
}
