import { describe, expect, test } from 'vitest'
import type { Json } from '@parley/protocol'
import { humanise, shapeOf, titleIn, withoutTitle } from './data-table.js'

describe('data as a table', () => {
  test('an object is rows with readable names, in its own order', () => {
    expect(shapeOf({ firstName: 'Robin', is_active: true, userId: 8812, note: null })).toEqual({
      kind: 'rows',
      more: 0,
      rows: [
        { label: 'First name', place: 'beside', value: { kind: 'text', text: 'Robin' } },
        { label: 'Is active', place: 'beside', value: { kind: 'flag', value: true } },
        { label: 'User ID', place: 'beside', value: { kind: 'number', text: '8812' } },
        { label: 'Note', place: 'beside', value: { kind: 'nothing' } }
      ]
    })
  })

  test('an array of objects is a table whose columns are the keys of all rows', () => {
    expect(
      shapeOf([
        { id: 'A', total: 1 },
        { id: 'B', state: 'open' }
      ])
    ).toEqual({
      kind: 'grid',
      columns: [
        { label: 'ID', isNumeric: false },
        { label: 'Total', isNumeric: true },
        { label: 'State', isNumeric: false }
      ],
      more: 0,
      rows: [
        [{ kind: 'text', text: 'A' }, { kind: 'number', text: '1' }, { kind: 'nothing' }],
        [{ kind: 'text', text: 'B' }, { kind: 'nothing' }, { kind: 'text', text: 'open' }]
      ]
    })
  })

  test('an address is a link, a picture a picture, a date a moment, and other schemes stay text', () => {
    expect(
      [
        'https://example.com/a',
        'https://example.com/a.PNG?x=1',
        '2026-03-01T10:00:00Z',
        '2026-03-01',
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        '12.5'
      ].map((value) => shapeOf(value))
    ).toEqual([
      { kind: 'link', href: 'https://example.com/a', text: 'https://example.com/a' },
      { kind: 'picture', src: 'https://example.com/a.PNG?x=1' },
      { kind: 'moment', iso: '2026-03-01T10:00:00Z' },
      { kind: 'moment', iso: '2026-03-01' },
      { kind: 'text', text: 'javascript:alert(1)' },
      { kind: 'text', text: 'JaVaScRiPt:alert(1)' },
      { kind: 'text', text: '12.5' }
    ])
  })

  test('an object that is an address and its name is one link, wherever it stands', () => {
    const report = { url: 'https://example.com/r', title: 'Full report' }
    const link = { kind: 'link', href: 'https://example.com/r', text: 'Full report' }
    const others: Json[] = [{ url: 'javascript:alert(1)', title: 'a' }, { url: 'https://example.com/', title: 'a', size: 1 }, { url: 'https://example.com/' }]
    expect([
      shapeOf(report),
      shapeOf({ name: 'Full report', href: 'https://example.com/r' }),
      shapeOf({ report }),
      shapeOf([report, report]),
      shapeOf([{ id: 1, report }])
    ]).toEqual([
      link,
      link,
      { kind: 'rows', more: 0, rows: [{ label: 'Report', place: 'beside', value: link }] },
      { kind: 'list', more: 0, items: [link, link] },
      {
        kind: 'grid',
        more: 0,
        columns: [
          { label: 'ID', isNumeric: true },
          { label: 'Report', isNumeric: false }
        ],
        rows: [[{ kind: 'number', text: '1' }, link]]
      }
    ])
    expect(others.map((value) => shapeOf(value).kind)).toEqual(['rows', 'rows', 'rows'])
  })

  test('a column is numeric when it holds numbers and gaps only', () => {
    const shape = shapeOf([
      { a: 1, b: 1, c: null },
      { a: null, b: 'x', c: null }
    ])
    expect(shape.kind === 'grid' && shape.columns.map((column) => column.isNumeric)).toEqual([true, false, false])
  })

  test('a table inside needs a heading, unless that only says that there are rows', () => {
    const shape = shapeOf({ rows: [{ a: 1 }], address: { city: 'Linz' }, result: 7 })
    expect(shape.kind === 'rows' && shape.rows.map((row) => [row.label, row.place])).toEqual([
      ['Rows', 'none'],
      ['Address', 'above'],
      ['Result', 'beside']
    ])
  })

  test('a title that data bring along stands above them', () => {
    const others: Json[] = [
      { title: 'Alone' },
      { title: 7, a: 1 },
      { title: 'https://example.com/', a: 1 },
      { title: 'Link', url: 'https://example.com/' },
      ['title']
    ]
    const stock = { title: 'Stock', rows: [] }
    expect([titleIn(stock), withoutTitle(stock), ...others.map((value) => titleIn(value))]).toEqual(['Stock', { rows: [] }, null, null, null, null, null])
  })

  test('below the third level the raw text takes over', () => {
    const shape = shapeOf({ a: { b: { c: { d: 1 } } } })
    expect(JSON.stringify(shape)).toContain('"text":"{\\"d\\":1}"')
  })

  test('a long array is cut, and says how much is left', () => {
    const shape = shapeOf(Array.from({ length: 72 }, (_, index): Json => ({ index })))
    expect(shape.kind === 'grid' && [shape.rows.length, shape.more]).toEqual([50, 22])
  })

  test('keys of every spelling become words', () => {
    expect(['firstName', 'first_name', 'first-name', 'HTTPStatus', 'postal code', '_', 'SKU', 'flowId'].map(humanise)).toEqual([
      'First name',
      'First name',
      'First name',
      'HTTP status',
      'Postal code',
      '_',
      'SKU',
      'Flow ID'
    ])
  })
})
