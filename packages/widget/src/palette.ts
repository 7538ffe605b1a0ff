import { argumentHint, type CommandSpec } from '@parley/protocol'

/** One line of the list under the caret. `insert` is what the composer's text becomes. */
export type PaletteOption = { readonly key: string; readonly label: string; readonly rest: string; readonly detail: string; readonly insert: string }

export type Palette =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'commands'
      readonly options: readonly PaletteOption[] /** What is typed is a whole command already: Enter sends it. */
      readonly isComplete: boolean
    }
  /** `typed` is what stands behind the name; what to offer for it comes with the richer views. */
  | { readonly kind: 'arguments'; readonly spec: CommandSpec; readonly typed: string }

const NONE: Palette = { kind: 'none' }
const NAME_ONLY = /^\/([A-Za-z0-9-]{0,32})$/
const NAME_AND_MORE = /^\/([A-Za-z][A-Za-z0-9-]{0,31})\s([\s\S]*)$/

/** What to offer for the text as it stands. `//` and a slash elsewhere are text and offer nothing. */
export function paletteFor(text: string, commands: readonly CommandSpec[]): Palette {
  const name = NAME_ONLY.exec(text)
  if (name) return commandPalette((name[1] ?? '').toLowerCase(), commands)
  const more = NAME_AND_MORE.exec(text)
  const spec = more && commands.find((command) => command.name === more[1]?.toLowerCase())
  return spec && spec.args.length > 0 ? { kind: 'arguments', spec, typed: more[2] ?? '' } : NONE
}

function commandPalette(typed: string, commands: readonly CommandSpec[]): Palette {
  const exact = commands.find((command) => command.name === typed)
  const begins = commands.filter((command) => command !== exact && command.name.startsWith(typed))
  const holds = commands.filter((command) => !command.name.startsWith(typed) && command.name.includes(typed))
  const found = exact ? [exact, ...begins, ...holds] : [...begins, ...holds]
  if (found.length === 0) return NONE
  return { kind: 'commands', options: found.map(commandOption), isComplete: exact !== undefined && !exact.args.some((argument) => argument.required) }
}

const commandOption = (spec: CommandSpec): PaletteOption => ({
  key: spec.name,
  label: `/${spec.name}`,
  rest: spec.args.map(argumentHint).join(' '),
  detail: spec.description,
  insert: spec.args.length > 0 ? `/${spec.name} ` : `/${spec.name}`
})

/** Where the arrow keys lead in a list that goes round; `null` for other keys. */
export function moveActive(key: string, active: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return (active + 1) % count
    case 'ArrowUp':
      return (active - 1 + count) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
