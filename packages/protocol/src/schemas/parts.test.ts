import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parts, strictPart } from './parts.js'

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

describe('cards', () => {
  const whole = {
    kind: 'cards',
    layout: 'list',
    text: 'Your flows',
    cards: [
      {
        title: 'Sync contacts',
        text: 'Every night',
        status: { text: 'active', tone: 'good' },
        image: 'https://example.com/a.png',
        alt: 'Two arrows',
        actions: [
          { label: 'Stop', command: 'flow', args: { do: 'stop', id: '1', quick: true, tries: 2, tags: ['a', 'b'] } },
          { label: 'Pick', value: '1' },
          { label: 'Open', url: 'https://example.com/1' }
        ]
      }
    ],
    actions: [{ label: 'More', command: 'flows', args: { from: 20 } }]
  }
  const withCard = (card: object) => ({ ...whole, cards: [whole.cards[0], { title: 'Second', ...card }] })
  const withAction = (action: object) => withCard({ actions: [action] })

  test('pass with all that they may hold; what a newer version adds is left out', () => {
    const [first] = whole.cards
    const newer = { ...whole, weight: 1, cards: [{ ...first, price: '€ 3', actions: first?.actions.map((action) => ({ ...action, icon: 'x' })) }] }
    expect([read(whole), read(newer)]).toEqual([[whole], [whole]])
    expect(read({ kind: 'cards', cards: [{ title: 'Only a title' }] })).toEqual([{ kind: 'cards', cards: [{ title: 'Only a title' }] }])
  })

  test.each([
    ['no card', { ...whole, cards: [] }],
    ['51 cards', { ...whole, cards: Array(51).fill({ title: 'x' }) }],
    ['another layout', { ...whole, layout: 'grid' }],
    ['seven actions below all', { ...whole, actions: Array(7).fill({ label: 'x', value: 'x' }) }],
    ['a card without a title', withCard({ title: '' })],
    ['a card that is none', { ...whole, cards: [null] }],
    ['a status of another tone', withCard({ status: { text: 'x', tone: 'great' } })],
    ['a status without a word', withCard({ status: { text: '', tone: 'bad' } })],
    ['a picture that is not from the web', withCard({ image: 'data:image/png;base64,AAAA' })],
    ['a script as a picture', withCard({ image: 'javascript:alert(1)' })],
    ['seven actions of a card', withCard({ actions: Array(7).fill({ label: 'x', value: 'x' }) })],
    ['a link that nobody may be led to', withAction({ label: 'x', url: 'javascript:alert(1)' })],
    ['an action without a label', withAction({ label: '', value: 'x' })],
    ['an action that does nothing', withAction({ label: 'x' })],
    ['an action that could mean two things', withAction({ label: 'x', value: 'x', url: 'https://example.com/' })],
    ['a command without arguments', withAction({ label: 'x', command: 'flow' })],
    ['what is no name of a command', withAction({ label: 'x', command: '/flow', args: {} })],
    ['an argument that is no value', withAction({ label: 'x', command: 'flow', args: { id: { deep: 1 } } })],
    ['an argument that is nothing', withAction({ label: 'x', command: 'flow', args: { id: null } })],
    ['an answer that is too long', withAction({ label: 'x', value: 'x'.repeat(501) })]
  ])('with %s are unknown, and the rest of the message still shows', (_, part) => {
    expect(read(part, { kind: 'text', text: 'after' })).toEqual([
      { kind: 'unknown', was: 'cards' },
      { kind: 'text', text: 'after' }
    ])
  })
})

test('a part that somebody writes is taken by its kind or refused with what is wrong, and a sign-in is not theirs to write', () => {
  const whole = { kind: 'choices', text: 'Which?', choices: [{ value: 'a', label: 'A' }] }
  expect(v.parse(strictPart, whole)).toEqual(whole)
  const pathOf = (value: unknown) => v.safeParse(strictPart, value).issues?.map((issue) => v.getDotPath(issue))
  expect([
    pathOf({ kind: 'moon' }),
    pathOf({ ...whole, choices: [{ value: 'a' }] }),
    pathOf({ kind: 'sign-in', url: 'https://example.com/', partner: 'x', code: 'x', expiresInS: 1 }),
    pathOf({ kind: 'link', url: 'javascript:alert(1)' })
  ]).toEqual([['kind'], ['choices.0.label'], ['kind'], ['url']])
})
