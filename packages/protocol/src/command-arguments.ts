import type { Arguments, ArgumentValue } from './argument-value.js'
import { argumentHint, commandUsage } from './command-line.js'
import type { ArgumentSpec, CommandSpec } from './command.js'

/** Arguments that fit the command, or one sentence that says what was found and what is wanted. */
export type Checked = { readonly ok: true; readonly args: Arguments } | { readonly ok: false; readonly text: string }
type Read = { readonly value: ArgumentValue } | { readonly wrong: string }

/** The words behind a command's name, in the order its arguments are declared. */
export function argumentsFromWords(spec: CommandSpec, words: readonly string[]): Checked {
  const given: Record<string, unknown> = {}
  spec.args.forEach((argument, index) => {
    if (argument.type === 'list') given[argument.name] = words.slice(index)
    else if (words[index] !== undefined) given[argument.name] = words[index]
  })
  const endless = spec.args.at(-1)?.type === 'list'
  const extra = endless ? undefined : words[spec.args.length]
  if (extra !== undefined)
    return { ok: false, text: `/${spec.name} takes ${howMany(spec.args.length)}, but "${shorten(extra)}" came on top. Usage: ${commandUsage(spec)}` }
  return checkArguments(spec, given)
}

/**
 * Arguments by name against what the command declares: the same check in the browser before
 * sending and in the gateway before recording. Numbers and yes/no may come as text.
 */
export function checkArguments(spec: CommandSpec, given: { readonly [name: string]: unknown }): Checked {
  const unknown = Object.keys(given).find((name) => !spec.args.some((argument) => argument.name === name))
  if (unknown !== undefined) return { ok: false, text: `/${spec.name} has no argument "${shorten(unknown)}". Usage: ${commandUsage(spec)}` }
  const args: Record<string, ArgumentValue> = {}
  for (const argument of spec.args) {
    const value = given[argument.name]
    const absent = value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
    if (absent && argument.required)
      return { ok: false, text: `/${spec.name} needs ${argumentHint(argument)}${wanted(argument)}. Usage: ${commandUsage(spec)}` }
    if (absent) continue
    const read = readValue(argument, value)
    if ('wrong' in read) return { ok: false, text: `${argumentHint(argument)} of /${spec.name} cannot be "${shorten(read.wrong)}"${wanted(argument)}.` }
    args[argument.name] = read.value
  }
  return { ok: true, args }
}

function readValue(argument: ArgumentSpec, value: unknown): Read {
  switch (argument.type) {
    case 'text':
      return readText(argument, value)
    case 'choice':
      return typeof value === 'string' && argument.choices?.includes(value) ? { value } : { wrong: show(value) }
    case 'number':
      return readNumber(value)
    case 'boolean':
      return readBoolean(value)
    case 'list':
      return readList(argument, value)
    default:
      return argument.type satisfies never
  }
}

function readText(argument: ArgumentSpec, value: unknown): Read {
  if (typeof value !== 'string') return { wrong: show(value) }
  if (argument.pattern !== undefined && !new RegExp(`^(?:${argument.pattern})$`, 'u').test(value)) return { wrong: value }
  return { value }
}

function readNumber(value: unknown): Read {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? { value: number } : { wrong: show(value) }
}

function readBoolean(value: unknown): Read {
  if (typeof value === 'boolean') return { value }
  if (value === 'yes' || value === 'true' || value === 'on') return { value: true }
  if (value === 'no' || value === 'false' || value === 'off') return { value: false }
  return { wrong: show(value) }
}

function readList(argument: ArgumentSpec, value: unknown): Read {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const texts: string[] = []
  for (const one of list) {
    const read = readText(argument, one)
    if ('wrong' in read) return read
    texts.push(read.value as string)
  }
  return { value: texts }
}

function wanted(argument: ArgumentSpec): string {
  if (argument.wanted) return `: ${argument.wanted}`
  if (argument.type === 'choice') return `: one of ${argument.choices?.join(', ')} is wanted`
  if (argument.type === 'number') return ': a number is wanted'
  if (argument.type === 'boolean') return ': yes or no is wanted'
  return ''
}

const show = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)))
const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)
const howMany = (count: number): string => (count === 0 ? 'no arguments' : count === 1 ? 'one argument' : `${count} arguments`)
