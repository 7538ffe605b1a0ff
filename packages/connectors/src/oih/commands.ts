import { commandUsage, type TextPart } from '@parley/protocol'
import type { ConnectorArgument, ConnectorCommand } from '@parley/engine'
import type { OihConfig } from './config.js'
import { FLOW_ACTIONS } from './flows/order.js'
import { FLOW_ID, FLOW_ID_WANTED } from './types.js'

/** How long a sign-in may take: the secret service forgets a pending one after ten minutes (`TTL_AUTHFLOW`). */
export const SIGN_IN_MS = 600_000

/** What is asked for when a visitor names no scope: Microsoft Graph's smallest. */
export const DEFAULT_SCOPE = 'User.Read'

const PARAMS = { name: 'params', type: 'list', description: 'Words that the flow gets as they are' } as const

/** A run of `/flow` goes on for as long as the longest of what it can do; each ends by itself before that. */
const FLOW_MARGIN_MS = 120_000

/** The commands of an inbox: `/run-flow` always, `/auth` and `/me` where a flow is configured for them, `/flows` and `/flow` with a repository. */
export function commandsOf(config: OihConfig): readonly ConnectorCommand[] {
  const timeoutMs = config.runTimeoutMs
  const flow = flowArgument(config)
  const runFlow: ConnectorCommand = {
    name: 'run-flow',
    description: `Runs a flow at ${config.partner} and shows its result`,
    args: [flow, PARAMS],
    timeoutMs
  }
  const auth: ConnectorCommand = {
    name: 'auth',
    description: `Connects your account through ${config.partner}`,
    // The scope travels inside a form field; OAuth's own alphabet for it, without blanks (RFC 6749, 3.3).
    args: [
      {
        name: 'scope',
        type: 'text',
        pattern: '[!#-\\x5b\\x5d-~]{1,500}',
        wanted: `what the account is asked for, like ${DEFAULT_SCOPE}`,
        description: `What to ask for; ${DEFAULT_SCOPE} unless told otherwise`
      }
    ],
    timeoutMs: timeoutMs + SIGN_IN_MS
  }
  const me: ConnectorCommand = { name: 'me', description: 'Shows the profile of your connected account', args: [PARAMS], timeoutMs }
  return [runFlow, ...(config.flowsUrl === undefined ? [] : flowCommands(config)), ...(config.authFlow ? [auth] : []), ...(config.meFlow ? [me] : [])]
}

function flowCommands(config: OihConfig): readonly ConnectorCommand[] {
  const { operatorRoles } = config
  const flows: ConnectorCommand = {
    name: 'flows',
    description: `Lists the flows at ${config.partner} and how they stand`,
    args: [
      { name: 'search', type: 'text', description: 'A part of the name' },
      { name: 'page', type: 'number', description: 'Which page of the list, from 1' }
    ],
    timeoutMs: config.runTimeoutMs
  }
  const flow: ConnectorCommand = {
    name: 'flow',
    description: 'Tells how one flow stands, watches it, starts it or stops it',
    args: [
      {
        name: 'action',
        type: 'choice',
        required: true,
        choices: [...FLOW_ACTIONS],
        choiceRoles: { start: operatorRoles, stop: operatorRoles },
        description: 'What to do'
      },
      flowArgument(config)
    ],
    timeoutMs: Math.max(config.watchMs, config.startTimeoutMs) + FLOW_MARGIN_MS
  }
  return [flows, flow]
}

/** The names of flows are known where the repository is, or where the operator has listed them. */
function flowArgument({ flowsUrl, allow }: OihConfig): ConnectorArgument {
  return {
    name: 'flow',
    type: 'text',
    required: true,
    pattern: FLOW_ID.source.replace(/^\^|\$$/g, ''),
    wanted: FLOW_ID_WANTED,
    description: 'The id of the flow',
    ...(flowsUrl !== undefined || allow ? { completes: true } : {})
  }
}

/** What this inbox answers to words: it does not chat. */
export function helpPart(config: OihConfig): TextPart {
  const lines = commandsOf(config).map((command) => `- \`${commandUsage(command)}\` – ${command.description}`)
  return {
    kind: 'text',
    text: [`I run flows at ${config.partner}; I do not chat. Type \`/\` and choose:`, '', ...lines, '- `/help` – Lists all commands'].join('\n')
  }
}
