import { commandUsage, type TextPart } from '@parley/protocol'
import type { ConnectorCommand } from '@parley/engine'
import type { OihConfig } from './config.js'
import { FLOW_ID, FLOW_ID_WANTED } from './types.js'

/** How long a sign-in may take: the secret service forgets a pending one after ten minutes (`TTL_AUTHFLOW`). */
export const SIGN_IN_MS = 600_000

/** What is asked for when a visitor names no scope: Microsoft Graph's smallest. */
export const DEFAULT_SCOPE = 'User.Read'

const PARAMS = { name: 'params', type: 'list', description: 'Words that the flow gets as they are' } as const

/** The commands of an inbox: `/run-flow` always, `/auth` and `/me` where a flow is configured for them. */
export function commandsOf(config: OihConfig): readonly ConnectorCommand[] {
  const timeoutMs = config.runTimeoutMs
  const runFlow: ConnectorCommand = {
    name: 'run-flow',
    description: `Runs a flow at ${config.partner} and shows its result`,
    args: [
      {
        name: 'flow',
        type: 'text',
        required: true,
        pattern: FLOW_ID.source.replace(/^\^|\$$/g, ''),
        wanted: FLOW_ID_WANTED,
        description: 'The id of the flow'
      },
      PARAMS
    ],
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
  return [runFlow, ...(config.authFlow ? [auth] : []), ...(config.meFlow ? [me] : [])]
}

/** What this inbox answers to words: it does not chat. */
export function helpPart(config: OihConfig): TextPart {
  const lines = commandsOf(config).map((command) => `- \`${commandUsage(command)}\` – ${command.description}`)
  return {
    kind: 'text',
    text: [`I run flows at ${config.partner}; I do not chat. Type \`/\` and choose:`, '', ...lines, '- `/help` – Lists all commands'].join('\n')
  }
}
