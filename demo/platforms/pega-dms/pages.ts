import { Hono } from 'hono'

/** Where links, files and pictures of the demo's messages lead: on this machine, so that nothing needs the network. */

const POLICY = "default-src 'none'; style-src 'none'; frame-ancestors 'none'"
const CARE_SHEET = 'Care sheet of Larch & Loam\n\nWater in the morning.\nFeed every second week from May to August.\nKeep frost away.\n'

const PLANTS: Readonly<Record<string, { readonly name: string; readonly leaf: string; readonly ground: string }>> = {
  fern: { name: 'Hart’s-tongue fern', leaf: '#3f8f4f', ground: '#dcebd9' },
  lavender: { name: 'Lavender', leaf: '#7a63b8', ground: '#e9e3f5' },
  tomato: { name: 'Tomato seedling', leaf: '#c4452f', ground: '#f8e3dc' }
}

export function shopPages(): Hono {
  const app = new Hono()
  app.get('/orders/latest', () => page('Order LL-2041', 'Packed this morning. The van comes tomorrow between 8 and 12.'))
  app.get('/files/care-sheet.txt', () => file(CARE_SHEET, 'text/plain; charset=utf-8'))
  for (const [id, { name, leaf, ground }] of Object.entries(PLANTS)) {
    app.get(`/plants/${id}`, () => page(name, 'In stock at Larch & Loam.'))
    app.get(`/pictures/${id}.svg`, () => file(drawing(leaf, ground), 'image/svg+xml'))
  }
  return app
}

/** Only words of this file come in, so that no text of anybody else's becomes HTML. */
function page(title: string, text: string): Response {
  const [heading, line] = [title, text].map((words) => words.replaceAll('&', '&amp;'))
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${heading}</title><main><h1>${heading}</h1><p>${line}</p></main></html>`
  return new Response(html, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' }
  })
}

/** Pages of another origin may show it. */
const file = (text: string, type: string): Response =>
  new Response(text, {
    headers: { 'content-type': type, 'content-security-policy': POLICY, 'cross-origin-resource-policy': 'cross-origin', 'x-content-type-options': 'nosniff' }
  })

const LEAVES = [-70, -40, -14, 14, 40, 70]

function drawing(leaf: string, ground: string): string {
  const leaves = LEAVES.map((turn) => `<ellipse cx="160" cy="86" rx="13" ry="46" fill="${leaf}" transform="rotate(${turn} 160 132)"/>`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200" width="320" height="200"><rect width="320" height="200" fill="${ground}"/>${leaves}<path d="M126 130h68l-10 52h-48z" fill="#b5673d"/><path d="M120 122h80v16h-80z" fill="#c97a4c"/></svg>`
}
