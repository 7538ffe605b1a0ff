import * as v from 'valibot'
import { COMMAND_NAME } from '../command.js'
import { oneOf, text } from './basics.js'

const argumentSpec = v.object({
  name: v.pipe(text(32), v.regex(/^[a-z][a-zA-Z0-9-]*$/, 'not an argument name: small letters, digits and dashes are wanted')),
  type: oneOf('text', 'number', 'boolean', 'choice', 'list'),
  required: v.optional(v.boolean()),
  choices: v.optional(v.pipe(v.array(text(200)), v.maxLength(200))),
  pattern: v.optional(v.pipe(text(500), v.check(compiles, 'not a regular expression'))),
  wanted: v.optional(text(300)),
  description: v.optional(text(300)),
  completes: v.optional(v.boolean())
})

export const commandSpec = v.object({
  name: v.pipe(v.string(), v.regex(COMMAND_NAME, 'not a command name: a small letter, then small letters, digits and dashes, 32 at most')),
  description: text(300),
  args: v.pipe(
    v.array(argumentSpec),
    v.maxLength(20),
    v.check((args) => listComesLast(args), 'an argument of type "list" can only come last')
  )
})
export const commandSpecs = v.pipe(v.array(commandSpec), v.maxLength(200))

function listComesLast(args: readonly { readonly type: string }[]): boolean {
  return args.slice(0, -1).every((argument) => argument.type !== 'list')
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'u')
    return true
  } catch {
    return false
  }
}
