import { type Part, safeLink, safeSource } from '@parley/protocol'
import { strictPart } from '@parley/protocol/schemas'
import * as v from 'valibot'

const STEP_NAME = 'the name of a step: letters, digits, "-" and "_", 1 to 64 characters'
const SAY = 'a text, a part like { "kind": "link", "url": "https://…" }, or a list of 1 to 20 of them'
const SHORT = 'a text of 1 to 500 characters'
const LABEL = 'a label of 1 to 100 characters'
const TITLE = 'a title of 1 to 300 characters'
const LONG = 'a text of 1 to 2000 characters'
const NAME = 'a name of 1 to 100 characters'
const CHOICE = 'a "label" with either "go" or "value" beside it'
const ACTION = 'a "label" with one of "go", "value" and "url" beside it'
const PICTURE = 'a web address of a picture, like https://www.example.com/rose.jpg'
const LINK = 'a web address, like https://www.example.com/'
const MATCH = 'a list of 1 to 50 words or short phrases; "*" at the end of a word stands for whatever follows in it'
const STEP = 'a step that does something: "say", "cards", "choices", "handOver" or "end"'
const INBOX = 'the name of an inbox, 1 to 100 characters'
const HAND_OVER = 'the name of an inbox, 1 to 100 characters, or true for the one under "handoff"'
const THINK = 'a number of milliseconds from 0 to 10000'

const text = (what: string, most: number) => v.pipe(v.string(what), v.minLength(1, what), v.maxLength(most, what))
const list = <Item>(item: v.GenericSchema<unknown, Item>, what: string, most: number) =>
  v.pipe(v.array(item, what), v.minLength(1, what), v.maxLength(most, what))

const stepName = v.pipe(v.string(STEP_NAME), v.regex(/^[A-Za-z0-9_-]{1,64}$/, STEP_NAME))
const said = v.pipe(
  v.custom<string | Part | readonly (string | Part)[]>((value) => sayOf(value) !== null, SAY),
  v.transform((value) => sayOf(value) ?? [])
)
const ways = { go: v.optional(stepName), value: v.optional(text(SHORT, 500)) }
const choice = v.pipe(
  v.strictObject({ label: text(SHORT, 500), ...ways }, CHOICE),
  v.check(({ go, value }) => countOf(go, value) === 1, CHOICE)
)
const action = v.pipe(
  v.strictObject(
    {
      label: text(LABEL, 100),
      ...ways,
      url: v.optional(
        v.pipe(
          v.string(LINK),
          v.check((url) => safeLink(url) !== null, LINK)
        )
      )
    },
    ACTION
  ),
  v.check(({ go, value, url }) => countOf(go, value, url) === 1, ACTION)
)
const card = v.strictObject(
  {
    title: text(TITLE, 300),
    text: v.optional(text(LONG, 2_000)),
    image: v.optional(
      v.pipe(
        v.string(PICTURE),
        v.check((url) => safeSource(url) !== null, PICTURE)
      )
    ),
    alt: v.optional(text('what the picture shows, 1 to 1000 characters', 1_000)),
    actions: v.optional(list(action, 'a list of 1 to 6 actions', 6))
  },
  'a card { "title": …, "text"?, "image"?, "alt"?, "actions"? }'
)
const words = list(
  v.pipe(
    v.string(MATCH),
    v.check((phrase) => isPhrase(phrase), MATCH)
  ),
  MATCH,
  50
)
const step = v.pipe(
  v.strictObject(
    {
      say: v.optional(said),
      cards: v.optional(list(card, 'a list of 1 to 50 cards', 50)),
      layout: v.optional(v.picklist(['list', 'carousel'], '"list" or "carousel"')),
      choices: v.optional(list(choice, 'a list of 1 to 50 choices', 50)),
      handOver: v.optional(v.union([v.literal(true, HAND_OVER), text(HAND_OVER, 100)], HAND_OVER)),
      otherwise: v.optional(said),
      end: v.optional(text('the reason that people read, 1 to 200 characters', 200)),
      match: v.optional(words)
    },
    STEP
  ),
  v.check(({ say, cards, choices, handOver, end }) => countOf(say, cards, choices, handOver, end) > 0, STEP)
)

/** What may stand in a `script` inbox. The message of a schema says what is wanted. */
export const configSchema = v.strictObject(
  {
    connector: v.optional(v.literal('script', '"script"')),
    name: v.optional(text(NAME, 100), 'Assistant'),
    handoff: v.optional(text(INBOX, 100)),
    greeting: v.optional(stepName),
    fallback: stepName,
    steps: v.pipe(
      v.record(stepName, step, 'an object { "<name>": { "say": … } }'),
      v.check((steps) => Object.keys(steps).length <= 500, 'at most 500 steps')
    ),
    thinkMs: v.optional(v.pipe(v.number(THINK), v.integer(THINK), v.minValue(0, THINK), v.maxValue(10_000, THINK)), 400)
  },
  'an object'
)

/** A script as somebody writes it. */
export type ScriptSettings = v.InferInput<typeof configSchema>
/** Settings without a script: the one that is built in is played. */
export type BareSettings = Omit<ScriptSettings, 'steps' | 'greeting' | 'fallback'> & { readonly [Key in 'steps' | 'greeting' | 'fallback']?: never }
export type WrittenConfig = v.InferOutput<typeof configSchema>
export type WrittenStep = v.InferOutput<typeof step>
export type WrittenAction = v.InferOutput<typeof action>

const countOf = (...values: readonly unknown[]): number => values.filter((value) => value !== undefined).length

/** @returns the parts, or `null` when it is nothing that can be said */
function sayOf(value: unknown): readonly Part[] | null {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [value]
  const parts = items.map(partOf)
  const known = parts.filter((part) => part !== null)
  return known.length === parts.length && known.length >= 1 && known.length <= 20 ? known : null
}

function partOf(value: unknown): Part | null {
  if (typeof value === 'string' && value.trim() === '') return null
  const read = v.safeParse(strictPart, typeof value === 'string' ? { kind: 'text', text: value } : value)
  return read.success ? read.output : null
}

/** Words with nothing but letters and digits in them, and a star at most at the end of each. */
const isPhrase = (phrase: string): boolean => phrase.length <= 100 && /^[\p{L}\p{N}\p{M}]+\*?(?:[ '’-][\p{L}\p{N}\p{M}]+\*?)*$/u.test(phrase)
