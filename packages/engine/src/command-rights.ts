import type { Arguments, ArgumentSpec, CommandSpec } from '@parley/protocol'
import type { Connector, ConnectorArgument, ConnectorCommand } from './connector.js'
import { presentableText } from './presentable.js'

type Roles = readonly string[]

/** The commands that a visitor with these roles may use, with the choices they have in them. No role's name is in it. */
export const commandsFor = ({ commands }: Pick<Connector, 'commands'>, roles: Roles): readonly CommandSpec[] =>
  commands.flatMap((command) => offeredCommand(command, roles) ?? [])

/** The command as these roles may use it; `null` when they may not, or when no choice is left where one is required. */
export function offeredCommand({ name, description, args, roles: wanted }: ConnectorCommand, roles: Roles): CommandSpec | null {
  if (!isAllowed(wanted, roles)) return null
  const offered: ArgumentSpec[] = []
  for (const argument of args) {
    const spec = offeredArgument(argument, roles)
    if (spec) offered.push(spec)
    else if (argument.required) return null
  }
  return { name, description, args: offered }
}

/** `null`: there were choices, and none of them is for these roles. */
function offeredArgument(argument: ConnectorArgument, roles: Roles): ArgumentSpec | null {
  const { choiceRoles, ...spec } = argument
  if (!choiceRoles || !spec.choices?.length) return spec
  const choices = spec.choices.filter((choice) => isAllowed(rolesOf(argument, choice), roles))
  return choices.length > 0 ? { ...spec, choices } : null
}

/** Why these roles do not allow what is asked for: the command or the choice, the roles wanted, those there are; `null` when they do. */
export function whyForbidden(command: ConnectorCommand, args: Arguments, roles: Roles): string | null {
  const { name } = command
  if (command.roles && !isAllowed(command.roles, roles)) return refusal(`/${name}`, command.roles, roles)
  for (const argument of command.args) {
    const choice = args[argument.name]
    const wanted = typeof choice === 'string' ? rolesOf(argument, choice) : undefined
    if (wanted && !isAllowed(wanted, roles)) return refusal(`/${name} with ${argument.name} "${String(choice)}"`, wanted, roles)
  }
  return null
}

const rolesOf = ({ choiceRoles }: ConnectorArgument, choice: string): Roles | undefined =>
  choiceRoles && Object.hasOwn(choiceRoles, choice) ? choiceRoles[choice] : undefined

const isAllowed = (wanted: Roles | undefined, roles: Roles): boolean => wanted === undefined || wanted.some((role) => roles.includes(role))

const refusal = (what: string, wanted: Roles, roles: Roles): string =>
  presentableText(`${what} is for ${wanted.length === 0 ? 'nobody' : named(wanted, 'or')}; you have ${roles.length === 0 ? 'no role' : named(roles, 'and')}.`)

function named(roles: Roles, link: 'and' | 'or'): string {
  const quoted = roles.map((role) => `"${role}"`)
  const all = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter(Boolean).join(` ${link} `)
  return `the ${roles.length === 1 ? 'role' : 'roles'} ${all}`
}
