import * as v from 'valibot'
import { expect, test } from 'vitest'
import { parts } from './parts.js'

const read = (...given: unknown[]) => v.parse(parts, given)

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'blob:https://example.com/1',
  '//evil.example',
  '/relative',
  ''
])('a link to %j is not shown as a link', (url) => {
  expect(read({ kind: 'link', url })).toEqual([{ kind: 'unknown', was: 'link' }])
})

test('a picture comes only from the web; mail and phone are links, not pictures', () => {
  const file = { kind: 'file', name: 'x', mediaType: 'image/png' }
  expect(
    read({ ...file, url: 'mailto:a@b.example' }, { ...file, url: 'https://example.com/x.png' }, { kind: 'link', url: 'mailto:a@b.example' }).map(
      ({ kind }) => kind
    )
  ).toEqual(['unknown', 'file', 'link'])
})

test('a part of a kind named like something every object has is only unknown', () => {
  expect(read({ kind: 'toString' }, { kind: '__proto__' }, null, 7)).toEqual([
    { kind: 'unknown', was: 'toString' },
    { kind: 'unknown', was: '__proto__' },
    { kind: 'unknown', was: '' },
    { kind: 'unknown', was: '' }
  ])
})
