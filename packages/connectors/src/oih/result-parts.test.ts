import { findForeignFault, type Json } from '@parley/protocol'
import { parts } from '@parley/protocol/schemas'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { resultParts } from './result-parts.js'

describe('what people see of', () => {
  const none = [{ kind: 'text', text: 'Done. The flow brought back no result.' }]
  test.each<[string, Json, unknown]>([
    ['words', 'All **well**.', [{ kind: 'text', text: 'All **well**.' }]],
    ['a number', 12.5, [{ kind: 'text', text: '12.5' }]],
    ['no', false, [{ kind: 'text', text: 'false' }]],
    ['nothing', null, none],
    ['empty words', '', none],
    ['an empty object', {}, none],
    ['a lonely address', ' https://example.test/a?b=1 ', [{ kind: 'link', url: 'https://example.test/a?b=1' }]],
    ['an address inside words', 'see https://example.test/', [{ kind: 'text', text: 'see https://example.test/' }]],
    [
      'a lonely picture',
      'https://example.test/p/chart.PNG?x',
      [{ kind: 'file', url: 'https://example.test/p/chart.PNG?x', name: 'chart.PNG', mediaType: 'image/png' }]
    ],
    ['a script in an address', 'javascript:alert(1)', [{ kind: 'text', text: 'javascript:alert(1)' }]],
    ['a link', { url: 'https://example.test/', title: 'Report' }, [{ kind: 'link', url: 'https://example.test/', title: 'Report' }]],
    ['a link that is none', { url: 'javascript:alert(1)' }, [{ kind: 'data', value: { url: 'javascript:alert(1)' } }]],
    ['a link with more', { url: 'https://example.test/', size: 1 }, [{ kind: 'data', value: { url: 'https://example.test/', size: 1 } }]],
    [
      'rows',
      [
        { a: 1, b: null },
        { a: 2, b: true }
      ],
      [
        {
          kind: 'data',
          value: [
            { a: 1, b: null },
            { a: 2, b: true }
          ]
        }
      ]
    ],
    ['half a character', ['x\ud800y'], [{ kind: 'data', value: ['x\ufffdy'] }]]
  ])('%s', (_name, value, expected) => {
    expect(resultParts(value)).toEqual(expected)
  })
})

describe('a result that no client could take is cut, and says so', () => {
  const deep = (levels: number): Json => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as Json
  test.each<[string, Json]>([
    ['long words', 'x'.repeat(300_000)],
    ['a long text inside', { a: 'x'.repeat(300_000), b: 1 }],
    ['many rows', Array.from({ length: 20_000 }, (_, row) => ({ row, name: `row ${row}` }))],
    ['many keys', Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, 1]))],
    ['depth', deep(100_000)],
    ['keys that mean something', JSON.parse('{"a":1,"__proto__":{"b":2},"constructor":3}') as Json]
  ])('%s', (_name, value) => {
    const shown = resultParts(value)
    expect(shown.at(-1)).toEqual({ kind: 'text', text: 'The result was too large to show in full; the end was left out.' })
    expect(findForeignFault(shown)).toBeNull()
    expect(v.parse(parts, shown)).toEqual(shown)
    expect(JSON.stringify(shown).length).toBeLessThan(210_000)
  })

  test('a result that just fits is whole', () => {
    const rows = Array.from({ length: 400 }, (_, row) => ({ row, name: `row ${row}`, stock: 1, shelf: 'A', note: '' }))
    expect(resultParts(rows)).toEqual([{ kind: 'data', value: rows }])
  })
})
