import type { Arguments, RunId } from '@parley/protocol'
import type { OihConfig } from './config.js'
import { DEFAULT_SCOPE } from './commands.js'
import type { Failure } from './errors.js'
import { shortText } from './cut.js'
import { FLOW_ID, FLOW_ID_WANTED, type HookBody } from './types.js'

/** What the gateway adds to a run on its way out. */
export type Addresses = { readonly replyUrl: string; readonly replyToken: string; readonly successUrl: string; readonly secretName: string }
export type Order = { readonly run: RunId; readonly command: string; readonly args: Arguments }
export type HookCall = { readonly flow: string; readonly url: string; readonly body: HookBody }
export type Planned = { readonly ok: true; readonly call: HookCall } | { readonly ok: false; readonly failure: Failure }

/**
 * A command → the hook to call, or why none is called.
 * @param secretId the account of the visitor who typed the command, and of nobody else
 */
export function planCall(config: OihConfig, order: Order, addresses: Addresses, secretId: string | null): Planned {
  switch (order.command) {
    case 'run-flow':
      return planRunFlow(config, order, addresses, secretId)
    case 'auth':
      return planAuth(config, order, addresses)
    case 'me':
      return planMe(config, order, addresses, secretId)
    default:
      return refuse(`There is no command /${order.command} here (run ${order.run}).`)
  }
}

function planRunFlow(config: OihConfig, order: Order, addresses: Addresses, secretId: string | null): Planned {
  const { flow } = order.args
  // The engine has checked it already; an address is built from it all the same only after this line.
  if (typeof flow !== 'string' || !FLOW_ID.test(flow))
    return refuse(`"${shortText(flow, 60) ?? ''}" is not the id of a flow: ${FLOW_ID_WANTED}. Nothing was run (run ${order.run}).`)
  if (config.allow && !config.allow.includes(flow.toLowerCase())) return refuse(`This chat may not run the flow ${flow} (run ${order.run}).`)
  return hook(config, flow, { params: paramsOf(order.args), ...ifSecret(secretId), correlation: correlation(order, addresses) })
}

function planAuth(config: OihConfig, order: Order, addresses: Addresses): Planned {
  if (!config.authFlow) return refuse(`Signing in is not set up in this chat (run ${order.run}).`)
  const { secretName, successUrl } = addresses
  return hook(config, config.authFlow, { scope: scopeOf(order.args), secretName, successUrl, correlation: correlation(order, addresses) })
}

function planMe(config: OihConfig, order: Order, addresses: Addresses, secretId: string | null): Planned {
  if (!config.meFlow) return refuse(`Showing your profile is not set up in this chat (run ${order.run}).`)
  if (!secretId) return refuse(`No account is connected yet.${offerAuth(config)} (Run ${order.run}.)`)
  return hook(config, config.meFlow, { params: paramsOf(order.args), secretId, correlation: correlation(order, addresses) })
}

const refuse = (text: string): Planned => ({ ok: false, failure: { reason: 'refused', text } })

const hook = (config: OihConfig, flow: string, body: HookBody): Planned => ({ ok: true, call: { flow, url: `${config.webhooksUrl}/hook/${flow}`, body } })

const correlation = ({ run }: Order, { replyUrl, replyToken }: Addresses): HookBody['correlation'] => ({ runId: run, replyUrl, replyToken })

const paramsOf = ({ params }: Arguments): readonly string[] => (Array.isArray(params) ? params : [])

const ifSecret = (secretId: string | null): { readonly secretId?: string } => (secretId ? { secretId } : {})

export const scopeOf = ({ scope }: Arguments): string => (typeof scope === 'string' && scope !== '' ? scope : DEFAULT_SCOPE)

/** Where signing in is possible, how. */
export const offerAuth = (config: OihConfig): string => (config.authFlow ? ' Type /auth to connect one.' : '')

/** The flow that a run belongs to. */
export function flowOf(config: OihConfig, { command, args }: Pick<Order, 'command' | 'args'>): string | undefined {
  if (command === 'auth') return config.authFlow
  if (command === 'me') return config.meFlow
  return typeof args.flow === 'string' ? args.flow.toLowerCase() : undefined
}
