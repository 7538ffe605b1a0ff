import { describe, expect, test } from 'vitest'
import { readConfig } from './config.js'
import type { ScriptSettings } from './config-schema.js'

const SCRIPT: ScriptSettings = { greeting: 'hello', fallback: 'lost', steps: { hello: { say: 'Good day' }, lost: { say: 'Pardon?' } } }
const withHello = (hello: object) => ({ ...SCRIPT, steps: { ...SCRIPT.steps, hello } })
const faultOf = (value: unknown) => {
  const read = readConfig(value)
  return read.ok ? null : [read.key, read.found, read.wanted]
}
const THERE = 'the name of a step that there is: hello, lost'
const DOES = 'a step that does something: "say", "cards", "choices", "handOver" or "end"'
const HANDOFF = 'the name of an inbox, or "handoff": "<inbox>" beside "steps"'
const HAND_OVER = 'the name of an inbox, 1 to 100 characters, or true for the one under "handoff"'
const CHOICE = 'a "label" with either "go" or "value" beside it'
const ACTION = 'a "label" with one of "go", "value" and "url" beside it'
const SAY = 'a text, a part like { "kind": "link", "url": "https://…" }, or a list of 1 to 20 of them'

describe('a script that is not as wanted stops the start with its key, what was found and what is wanted:', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['', 'a value of type undefined', 'plain JSON']],
    ['a text', 'Good day', ['', '"Good day"', 'an object']],
    ['no fallback', { steps: {} }, ['fallback', 'nothing', 'the name of a step: letters, digits, "-" and "_", 1 to 64 characters']],
    ['no steps', { fallback: 'lost', steps: {} }, ['fallback', '"lost"', 'at least one step under "steps"']],
    ['a greeting that is not there', { ...SCRIPT, greeting: 'x' }, ['greeting', '"x"', THERE]],
    [
      'a choice that leads nowhere',
      withHello({
        choices: [
          { label: 'A', go: 'lost' },
          { label: 'B', go: 'nowhere' }
        ]
      }),
      ['steps.hello.choices.1.go', '"nowhere"', THERE]
    ],
    [
      'a card that leads nowhere',
      withHello({ cards: [{ title: 'A', actions: [{ label: 'B', go: 'toString' }] }] }),
      ['steps.hello.cards.0.actions.0.go', '"toString"', THERE]
    ],
    ['a step that does nothing', withHello({ match: ['a'] }), ['steps.hello', 'Object', DOES]],
    ['a step that is a text', withHello('Good day' as unknown as object), ['steps.hello', '"Good day"', DOES]],
    ['an empty text', withHello({ say: ' ' }), ['steps.hello.say', '" "', SAY]],
    ['a part that is none', withHello({ say: ['a', { kind: 'link', url: 'javascript:alert(1)' }] }), ['steps.hello.say', 'Array', SAY]],
    ['a choice with two ways', withHello({ choices: [{ label: 'A', go: 'lost', value: 'x' }] }), ['steps.hello.choices.0', 'Object', CHOICE]],
    ['a choice without a label', withHello({ choices: [{ go: 'lost' }] }), ['steps.hello.choices.0.label', 'nothing', 'a text of 1 to 500 characters']],
    ['an action without a way', withHello({ cards: [{ title: 'A', actions: [{ label: 'B' }] }] }), ['steps.hello.cards.0.actions.0', 'Object', ACTION]],
    [
      'a key that is not known',
      withHello({ say: 'a', speak: 'b' }),
      ['steps.hello.speak', 'an unknown key', 'one of say, cards, layout, choices, handOver, otherwise, end, match']
    ],
    [
      'otherwise alone',
      withHello({ say: 'a', otherwise: 'b' }),
      ['steps.hello.otherwise', 'it without "handOver"', 'what is said when nobody can take over, beside "handOver"']
    ],
    ['an end beside a hand-over', withHello({ handOver: 'people', end: 'over' }), ['steps.hello.end', 'it beside "handOver"', 'one of the two']],
    ['a hand-over to nobody', withHello({ handOver: true }), ['steps.hello.handOver', 'true without "handoff"', HANDOFF]],
    ['a hand-over that is no name', withHello({ handOver: false }), ['steps.hello.handOver', 'false', HAND_OVER]],
    ['a hand-over to a number', withHello({ handOver: 7 }), ['steps.hello.handOver', '7', HAND_OVER]],
    ['a place of a hand-over that is no name', { ...SCRIPT, handoff: true }, ['handoff', 'true', 'the name of an inbox, 1 to 100 characters']],
    ['a greeting alone', { greeting: 'hello' }, ['fallback', 'nothing', 'the name of a step: letters, digits, "-" and "_", 1 to 64 characters']],
    ['a fallback alone', { fallback: 'lost' }, ['steps', 'nothing', 'an object { "<name>": { "say": … } }']],
    [
      'an expression to match',
      withHello({ say: 'a', match: ['(a+)+$'] }),
      ['steps.hello.match.0', '"(a+)+$"', 'a list of 1 to 50 words or short phrases; "*" at the end of a word stands for whatever follows in it']
    ],
    [
      'a name that means something to JavaScript',
      JSON.parse('{"fallback":"a","steps":{"a":{"say":"x"},"constructor":{"say":"x"}}}'),
      ['', 'the key "constructor"', 'plain JSON']
    ]
  ])('%s', (_what, value, fault) => {
    expect(faultOf(value)).toEqual(fault)
  })
})

test('a script is ready to be played: what a step says is one message, buttons carry the names of steps', () => {
  const read = readConfig(
    withHello({
      say: ['Good day', { kind: 'link', url: 'https://example.com/', title: 'Us' }],
      cards: [
        {
          title: 'Rose',
          image: 'https://example.com/rose.jpg',
          alt: 'A rose',
          actions: [
            { label: 'About', go: 'lost' },
            { label: 'Shop', url: 'https://example.com/shop' }
          ]
        }
      ],
      choices: [
        { label: 'Lost?', go: 'lost' },
        { label: 'Price', value: 'price of roses' }
      ],
      match: ['good day']
    })
  )
  if (!read.ok) throw new Error(read.wanted)
  const { greeting, thinkMs, name } = read.value
  expect([name, thinkMs]).toEqual(['Assistant', 400])
  expect(greeting).toEqual({
    name: 'hello',
    parts: [
      { kind: 'text', text: 'Good day' },
      { kind: 'link', url: 'https://example.com/', title: 'Us' },
      {
        kind: 'cards',
        layout: 'carousel',
        cards: [
          {
            title: 'Rose',
            image: 'https://example.com/rose.jpg',
            alt: 'A rose',
            actions: [
              { label: 'About', value: 'lost' },
              { label: 'Shop', url: 'https://example.com/shop' }
            ]
          }
        ]
      },
      {
        kind: 'choices',
        choices: [
          { label: 'Lost?', value: 'lost' },
          { label: 'Price', value: 'price of roses' }
        ]
      }
    ],
    handOver: null,
    end: null,
    phrases: [
      [
        { word: 'good', isOpen: false },
        { word: 'day', isOpen: false }
      ]
    ],
    offers: new Map([
      ['lost', 'lost'],
      ['price', 'price of roses'],
      ['about', 'lost']
    ])
  })
})

test('a step hands over to the inbox that it names, and with `true` to the one that stands beside the steps', () => {
  const read = readConfig({ ...SCRIPT, handoff: 'people', steps: { ...SCRIPT.steps, a: { handOver: true }, b: { handOver: 'sales', otherwise: 'Nobody' } } })
  if (!read.ok) throw new Error(read.wanted)
  expect(['hello', 'a', 'b'].map((name) => read.value.steps.get(name)?.handOver ?? null)).toEqual([
    null,
    { inbox: 'people', otherwise: [{ kind: 'text', text: 'Nobody can take over at the moment.' }] },
    { inbox: 'sales', otherwise: [{ kind: 'text', text: 'Nobody' }] }
  ])
})

test('where nobody has written a script, a built-in one takes its place, and a key that is not known is told all the same', () => {
  const namesOf = (value: unknown) => {
    const read = readConfig(value)
    return read.ok ? [read.value.name, read.value.greeting?.name, read.value.fallback.name, ...read.value.steps.keys()] : []
  }
  expect([namesOf({ connector: 'script', name: 'Fern' }), namesOf({ connector: 'script', handoff: 'people' })]).toEqual([
    ['Fern', 'welcome', 'lost', 'welcome', 'lost'],
    ['Assistant', 'welcome', 'lost', 'welcome', 'person', 'lost']
  ])
  expect(faultOf({ connector: 'script', handof: 'people' })).toEqual([
    'handof',
    'an unknown key',
    'one of connector, name, handoff, greeting, fallback, steps, thinkMs'
  ])
})
