/** A command's one argument. `list` takes all words that are left, and can only come last. */
export type ArgumentSpec = {
  /** Lower case, unique in its command. */
  readonly name: string
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'list'
  readonly required?: boolean
  readonly choices?: readonly string[]
  /** A regular expression that the whole text must match. */
  readonly pattern?: string
  /** In words what `pattern` wants, with an example: it is what the visitor reads. */
  readonly wanted?: string
  readonly description?: string
  /** The gateway knows values for it: ask with `complete`. */
  readonly completes?: boolean
}

/** A command as it is offered: `/name <required> [optional]`. */
export type CommandSpec = { readonly name: string; readonly description: string; readonly args: readonly ArgumentSpec[] }

/** What may follow the slash. */
export const COMMAND_NAME = /^[a-z][a-z0-9-]{0,31}$/
