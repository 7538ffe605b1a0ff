import type { ArgumentSpec, CommandSpec } from './command.js'

/** How the composer's line is meant. `text` is what to send: `//` has lost one slash. */
export type Line = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[] }

const COMMAND_LINE = /^\/([A-Za-z][A-Za-z0-9-]{0,31})(?:\s+([\s\S]*))?$/

/**
 * A line whose first character is `/` followed by a name is a command; `//` sends a literal
 * slash; a slash elsewhere is text.
 */
export function readLine(line: string): Line {
  if (line.startsWith('//')) return { kind: 'text', text: line.slice(1) }
  const match = COMMAND_LINE.exec(line)
  if (!match?.[1]) return { kind: 'text', text: line }
  return { kind: 'command', name: match[1].toLowerCase(), words: splitWords(match[2] ?? '') }
}

/** Words between blanks; quotes, single or double, hold blanks together. An open quote runs to the end. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (const letter of text) {
    if (quote) {
      if (letter === quote) quote = ''
      else word += letter
    } else if ((letter === '"' || letter === "'") && !word) {
      quote = letter
      word = word ?? ''
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + letter
  }
  if (word !== null) words.push(word)
  return words
}

/** One argument as it stands in a hint: `<flow-id>`, `[scope]`, `[params…]`. */
export function argumentHint(argument: ArgumentSpec): string {
  const name = argument.type === 'list' ? `${argument.name}…` : argument.name
  return argument.required ? `<${name}>` : `[${name}]`
}

/** `/run-flow <flow-id> [params…]` */
export const commandUsage = (spec: CommandSpec): string => [`/${spec.name}`, ...spec.args.map(argumentHint)].join(' ')
