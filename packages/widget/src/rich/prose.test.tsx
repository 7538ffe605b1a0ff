// @vitest-environment happy-dom
import { render } from 'preact'
import { describe, expect, test } from 'vitest'
import { Markdown } from './prose.js'
import { parseMarkdown } from './markdown.js'
import { parseInline } from './markdown-inline.js'

function draw(text: string): HTMLElement {
  const place = document.createElement('div')
  render(<Markdown text={text} />, place)
  return place
}
const hrefs = (text: string): (string | null)[] => [...draw(text).querySelectorAll('a')].map((link) => link.getAttribute('href'))
const tags = (text: string): string[] => [...draw(text).querySelectorAll('*')].map((element) => element.tagName.toLowerCase())

describe('markdown for people', () => {
  test('marks within a line', () => {
    expect(parseInline('a **b *c*** `d*` ~~e~~ snake_case_word 2*3*4')).toEqual([
      'a ',
      { tag: 'strong', children: ['b ', { tag: 'em', children: ['c'] }] },
      ' ',
      { tag: 'code', text: 'd*' },
      ' ',
      { tag: 'del', children: ['e'] },
      ' snake_case_word 2',
      { tag: 'em', children: ['3'] },
      '4'
    ])
  })

  test('signs that never close, and escaped ones, stay what they are', () => {
    expect(['**a', 'a * b * c', '\\*a\\*', '[a](', '`a', '****', '[a] b'].map((text) => parseInline(text).join(''))).toEqual([
      '**a',
      'a * b * c',
      '*a*',
      '[a](',
      '`a',
      '****',
      '[a] b'
    ])
  })

  test('a bare address is a link without the full stop behind it', () => {
    expect(hrefs('See https://example.com/a_(b). And <https://example.org/x>, (http://example.net/).')).toEqual([
      'https://example.com/a_(b)',
      'https://example.org/x',
      'http://example.net/'
    ])
  })

  test('blocks: heading, list in list, quote, code, rule, table', () => {
    expect(tags('# T\n\n1. a\n   - b\n2. c\n\n> q\n\n```js\n<b>\n```\n\n---\n\n| h | i |\n|---|---|\n| 1 | 2 |')).toEqual(
      'div p ol li p ul li li blockquote p pre hr div table thead tr th th tbody tr td td'.split(' ')
    )
  })

  test('a list goes on after a blank line between its items', () => {
    expect(parseMarkdown('- a\n\n- b\n\ntext')).toEqual([
      { tag: 'list', start: null, items: [[{ tag: 'p', content: ['a'] }], [{ tag: 'p', content: ['b'] }]] },
      { tag: 'p', content: ['text'] }
    ])
  })
})

describe('markdown from anybody', () => {
  test('HTML stays text', () => {
    const text = '<img src=x onerror=alert(1)><script>alert(1)</script><svg/onload=alert(1)>'
    expect([draw(text).textContent, tags(text)]).toEqual([text, ['div', 'p']])
  })

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\u0000script:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    'javascript&colon;alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:null/x',
    'file:///etc/passwd',
    '//example.com',
    '/relative',
    'x'
  ])('no link leads to %j', (address) => {
    expect(
      ['', '!'].flatMap((sign) => [...hrefs(`${sign}[a](${address})`), ...hrefs(`${sign}[a](<${address}>)`), ...hrefs(`<${address}>`), ...hrefs(address)])
    ).toEqual([])
  })

  test('links open a new tab that has no hold on the page', () => {
    const link = draw('[a](https://example.com "title")').querySelector('a')
    expect([link?.href, link?.target, link?.rel, link?.textContent]).toEqual(['https://example.com/', '_blank', 'noopener noreferrer', 'a'])
  })

  test.each([
    '*',
    '**',
    '_',
    '`',
    '[',
    '![',
    '](',
    '[](',
    '[a](http://x ',
    'http://a^',
    '<http://',
    '~~',
    '> ',
    '- ',
    '`` ` ',
    '\\',
    '((',
    '|',
    '#',
    '*a ',
    '**a*',
    '[](a('
  ])('%j repeated over 32 KiB takes time in proportion', (piece) => {
    const time = (length: number): number => {
      const text = piece.repeat(Math.ceil(length / piece.length))
      const started = performance.now()
      parseMarkdown(text)
      return performance.now() - started
    }
    time(8_192)
    const best = (length: number) => Math.min(time(length), time(length), time(length))
    const [short, long] = [best(8_192), best(32_768)]
    // Four times the text: sixteen times the time would be quadratic. Short times are noise.
    expect(long).toBeLessThan(Math.max(60, short * 10))
  })
})
