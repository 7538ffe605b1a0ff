import * as v from 'valibot'
import { COMMAND_NAME } from '../command.js'
import { linkAddress, sourceAddress } from './addresses.js'
import { argumentMap, text } from './basics.js'

/** What stands on a button or at the head of a card cannot be empty: it is how the card is found and read out. */
const label = v.pipe(text(100), v.minLength(1))

const MEANINGS = ['command', 'value', 'url'] as const

/** One of the three, and no doubt which: a button that could mean two things is refused. */
const cardAction = v.pipe(
  v.looseObject({ label }),
  v.check((action) => MEANINGS.filter((meaning) => meaning in action).length === 1, 'one of "command", "value" and "url" is wanted'),
  v.union([
    v.object({ label, command: v.pipe(v.string(), v.regex(COMMAND_NAME, 'not a command name')), args: argumentMap }),
    v.object({ label, value: text(500) }),
    v.object({ label, url: linkAddress })
  ])
)
export const cardActions = v.pipe(v.array(cardAction), v.maxLength(6))

export const card = v.object({
  title: v.pipe(text(300), v.minLength(1)),
  text: v.optional(text(2_000)),
  status: v.optional(v.object({ text: v.pipe(text(100), v.minLength(1)), tone: v.picklist(['good', 'busy', 'bad', 'neutral']) })),
  image: v.optional(sourceAddress),
  alt: v.optional(text(1_000)),
  actions: v.optional(cardActions)
})
