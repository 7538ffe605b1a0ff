import { COMMAND_NAME, commandUsage, ParleyError, type CommandSpec } from '@parley/protocol'
import { commandSpec, read } from '@parley/protocol/schemas'
import { atom, type ReadableAtom } from 'nanostores'
import type { CommandRegistry, PageCommand } from './api.js'
import { publish } from './report.js'

/** A command that can be typed, and who runs it. */
export type FoundCommand = { readonly spec: CommandSpec; readonly run: PageCommand['run'] | null }

export interface Commands extends CommandRegistry {
  /** Everything that can be typed now, by name. */
  readonly $commands: ReadableAtom<readonly CommandSpec[]>
  /** What the gateway offers, also under a name that the page has taken. */
  readonly $inboxCommands: ReadableAtom<readonly CommandSpec[]>
  /** Replaces what the gateway offers. @param canEnd `/end` is there */
  offer(specs: readonly CommandSpec[], canEnd?: boolean): void
  /** What `/end` does. */
  onEnd(end: () => Promise<void>): void
  /**
   * `run` is `null` for a command of the gateway.
   * @param of `inbox`: only there, never what the page or the SDK runs under this name
   */
  find(name: string, of?: 'inbox'): FoundCommand | null
}

/**
 * The one registry. Of the same name, the built-in command counts before the page's, and the page's
 * before the gateway's: what is typed must not change with the state of the line.
 * @param known settles when no offer of the gateway is about to come: help waits for it
 */
export function createCommands(known: () => Promise<void> = async () => {}): Commands {
  const run = async (): Promise<string> => {
    await known()
    return help($commands.get())
  }
  let end = async (): Promise<void> => {}
  const builtIn = new Map([['help', toFound({ name: 'help', description: 'Lists the commands there are.', run })]])
  const ending = toFound({ name: 'end', description: 'Ends this conversation.', run: () => end().then(() => null) })
  let ofPage: ReadonlyMap<string, FoundCommand> = new Map()
  let ofGateway: ReadonlyMap<string, FoundCommand> = new Map()
  const all = (): ReadonlyMap<string, FoundCommand> => new Map([...ofGateway, ...ofPage, ...builtIn])
  const sorted = (): readonly CommandSpec[] => [...all().values()].map(({ spec }) => spec).sort((one, other) => (one.name < other.name ? -1 : 1))
  const $commands = atom<readonly CommandSpec[]>(sorted())
  const $inboxCommands = atom<readonly CommandSpec[]>([])

  return {
    $commands,
    $inboxCommands,
    register(command) {
      const found = toFound(command)
      const { name } = found.spec
      if (name === 'end' || builtIn.has(name) || ofPage.has(name)) throw invalid(`/${name} is taken; another name is wanted.`)
      ofPage = new Map(ofPage).set(name, found)
      publish($commands, sorted())
      return () => {
        if (ofPage.get(name) !== found) return
        ofPage = new Map([...ofPage].filter(([key]) => key !== name))
        publish($commands, sorted())
      }
    },
    onEnd(does) {
      end = does
    },
    offer(specs, canEnd = false) {
      if (canEnd) builtIn.set('end', ending)
      else builtIn.delete('end')
      ofGateway = new Map(specs.map((spec) => [spec.name, { spec, run: null }]))
      publish($inboxCommands, specs)
      publish($commands, sorted())
    },
    find: (name, of) => (of ? ofGateway : all()).get(name) ?? null
  }
}

const invalid = (message: string): ParleyError => new ParleyError('option.invalid', message)

function toFound(command: PageCommand): FoundCommand {
  const { name, description, args = [], run } = command
  if (!COMMAND_NAME.test(name)) throw invalid(`"${name}" is not a command name: a small letter, then small letters, digits and dashes are wanted.`)
  const spec = read(commandSpec, { name, description, args })
  if (!spec.ok) throw invalid(`The command /${name} is not as wanted: ${spec.text}`)
  if (typeof run !== 'function') throw invalid(`The command /${name} has no function "run".`)
  return { spec: spec.value, run: (given) => run.call(command, given) }
}

/** One line for each command, as markdown. */
const help = (commands: readonly CommandSpec[]): string => commands.map((spec) => `- \`${commandUsage(spec)}\`: ${spec.description}`).join('\n')
