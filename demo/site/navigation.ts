/** The pages of the demo site, in the order of the bar. */
const PAGES = [
  { path: '/', file: 'index.html', name: 'Shop' },
  { path: '/assistant.html', file: 'assistant.html', name: 'Assistant' },
  { path: '/service.html', file: 'service.html', name: 'Service' },
  { path: '/labb.html', file: 'labb.html', name: 'No gateway' },
  { path: '/flows.html', file: 'flows.html', name: 'Flows' },
  { path: '/sdk.html', file: 'sdk.html', name: 'Order desk' },
  { path: '/break.html', file: 'break.html', name: 'Break it' }
] as const

export const PAGE_FILES: readonly string[] = PAGES.map(({ file }) => file)

/** The bar of a page, as its own HTML: the same on all of them but for the mark of where one is. */
export function navigationOf(file: string): string {
  const links = PAGES.map(({ path, file: other, name }) => `        <a href="${path}"${file === other ? ' aria-current="page"' : ''}>${name}</a>`)
  return [
    '<header class="bar">',
    '      <a class="brand" href="/"><img src="/larch.svg" alt="" width="28" height="28"> Larch &amp; Loam</a>',
    '      <nav aria-label="Pages">',
    ...links,
    '      </nav>',
    '    </header>'
  ].join('\n')
}
