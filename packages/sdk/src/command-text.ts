import type { Arguments, ArgumentValue } from '@parley/protocol'

/** A command with its arguments as one would type it. */
export const commandText = (command: string, args: Arguments): string => [`/${command}`, ...Object.values(args).flatMap(wordsOf)].join(' ')

function wordsOf(value: ArgumentValue): string[] {
  if (typeof value === 'object') return value.map(quoted)
  if (typeof value === 'boolean') return [value ? 'yes' : 'no']
  return [quoted(String(value))]
}

const quoted = (word: string): string => (!/[\s"']/.test(word) ? word : word.includes('"') ? `'${word}'` : `"${word}"`)
