import type { Arguments, RunId } from '@parley/protocol'
import type { OihConfig } from './config.js'
import { DEFAULT_SCOPE } from './commands.js'
import type { Failure } from './errors.js'
import { shortText } from './cut.js'
import { queryOf } from './hooks/query.js'
import { signatureHeader } from './hooks/signature.js'
import { FLOW_ID, FLOW_ID_WANTED, type HookBody, TOKEN_HEADER } from './types.js'

/** What the gateway adds to a run on its way out. */
export type Addresses = { readonly replyUrl: string; readonly replyToken: string; readonly successUrl: string; readonly secretName: string }
export type Order = { readonly run: RunId; readonly command: string; readonly args: Arguments }
/** A hook as it goes out, but for the platform's token. */
export type HookCall = {
  readonly flow: string
  readonly run: RunId
  readonly method: 'POST' | 'GET'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** `null`: a GET has none. */
  readonly body: string | null
  /** Does the visitor's account go along? */
  readonly hasAccount: boolean
}
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
  if (config.get.includes(flow.toLowerCase())) return planGet(config, flow, order, addresses)
  return post(config, order, flow, { params: paramsOf(order.args), ...ifSecret(secretId), correlation: correlation(order, addresses) })
}

function planAuth(config: OihConfig, order: Order, addresses: Addresses): Planned {
  if (!config.authFlow) return refuse(`Signing in is not set up in this chat (run ${order.run}).`)
  const { secretName, successUrl } = addresses
  return post(config, order, config.authFlow, { scope: scopeOf(order.args), secretName, successUrl, correlation: correlation(order, addresses) })
}

function planMe(config: OihConfig, order: Order, addresses: Addresses, secretId: string | null): Planned {
  if (!config.meFlow) return refuse(`Showing your profile is not set up in this chat (run ${order.run}).`)
  if (!secretId) return refuse(`No account is connected yet.${offerAuth(config)} (Run ${order.run}.)`)
  return post(config, order, config.meFlow, { params: paramsOf(order.args), secretId, correlation: correlation(order, addresses) })
}

const refuse = (text: string): Planned => ({ ok: false, failure: { reason: 'refused', text } })

/** The signature is of these very characters: they are what is sent. */
function post(config: OihConfig, { run }: Order, flow: string, content: HookBody): Planned {
  const body = JSON.stringify(content)
  const signature = config.signatures.get(flow.toLowerCase())
  const headers = { 'content-type': 'application/json', 'x-request-id': run, ...(signature ? signatureHeader(signature, body) : {}) }
  return {
    ok: true,
    call: { flow, run, method: 'POST', url: `${config.webhooksUrl}/hook/${flow}`, headers, body, hasAccount: content.secretId !== undefined }
  }
}

/** What servers and proxies take of an address, the cautious ones among them. */
const ADDRESS_CHARACTERS = 4_000

/** Addresses get logged: neither the run's secret nor the visitor's account is part of one. */
function planGet(config: OihConfig, flow: string, order: Order, { replyUrl, replyToken }: Addresses): Planned {
  const { run } = order
  const query = new URLSearchParams(
    [...queryOf(paramsOf(order.args)), ['correlation[runId]', run], ['correlation[replyUrl]', replyUrl]].map(([name, value]) => [name ?? '', value ?? ''])
  )
  const url = `${config.webhooksUrl}/hook/${flow}?${query}`
  if (url.length > ADDRESS_CHARACTERS)
    return refuse(
      `That is too long for the flow ${flow}, which takes its values in an address of at most ${ADDRESS_CHARACTERS} characters: this one would have ${url.length}. Nothing was run (run ${run}).`
    )
  return { ok: true, call: { flow, run, method: 'GET', url, headers: { 'x-request-id': run, [TOKEN_HEADER]: replyToken }, body: null, hasAccount: false } }
}

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
