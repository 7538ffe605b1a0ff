import { describe, expect, test } from 'vitest'
import { digest, makeStamp, whyStale } from './stamp.mjs'

const digestsOf = (files) => (path) => (files[path] === undefined ? null : digest(files[path]))
const FILES = { 'src/a.ts': 'a', 'src/b.ts': 'b', 'dist/a.js': 'out' }
const STAMP = makeStamp('tools 1', ['src/a.ts', 'src/b.ts'], ['dist/a.js'], digestsOf(FILES))

describe('a bundle', () => {
  test.each([
    ['is fresh when nothing changed', STAMP, 'tools 1', FILES, null],
    ['is stale before its first build', undefined, 'tools 1', FILES, 'not built yet'],
    ['is stale when the build itself changed', STAMP, 'tools 2', FILES, 'the build itself changed'],
    ['is stale when a source has other content', STAMP, 'tools 1', { ...FILES, 'src/b.ts': 'B' }, 'src/b.ts changed'],
    ['is stale when a source is gone', STAMP, 'tools 1', { 'src/a.ts': 'a', 'dist/a.js': 'out' }, 'src/b.ts changed'],
    ['is stale when what it made is gone', STAMP, 'tools 1', { 'src/a.ts': 'a', 'src/b.ts': 'b' }, 'dist/a.js is gone'],
    ['is fresh when an unrelated file changed', STAMP, 'tools 1', { ...FILES, 'src/c.ts': 'new' }, null]
  ])('%s', (_, stamp, tools, files, reason) => {
    expect(whyStale(stamp, tools, digestsOf(files))).toBe(reason)
  })
})
