import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'
import { configSchema, type WrittenConfig } from './config-schema.js'
import { type HookSignature, readSignatures } from './hooks/signature-config.js'

/** The configuration of an `oih` inbox, with its defaults filled in. */
export type OihConfig = {
  readonly webhooksUrl: string
  /** The Flow Repository; absent: no `/flows` and no `/flow`. */
  readonly flowsUrl: string | undefined
  readonly iamUrl: string | undefined
  readonly token: string | undefined
  readonly login: { readonly username: string; readonly password: string } | undefined
  /** Log out when the gateway stops. It ends every session of the account, so the account must be the gateway's alone. */
  readonly logout: boolean
  readonly authFlow: string | undefined
  readonly meFlow: string | undefined
  /** Flows that `/run-flow` may start; absent: any. In small letters. */
  readonly allow: readonly string[] | undefined
  /** Flows that are run by GET. In small letters. */
  readonly get: readonly string[]
  /** Flows whose hooks want a signature, by their ids in small letters. */
  readonly signatures: ReadonlyMap<string, HookSignature>
  /** Whoever has one of these may start and stop flows. */
  readonly operatorRoles: readonly string[]
  /** May, or must, visitors be named by a token of the platform? Absent: they cannot. */
  readonly visitorToken: 'optional' | 'required' | undefined
  /** What scheduled flows send along with their results. Absent: they cannot send any. */
  readonly resultsToken: string | undefined
  readonly watchMs: number
  readonly startTimeoutMs: number
  readonly pollMs: number
  readonly signInOrigins: readonly string[]
  readonly title: string | undefined
  readonly partner: string
  readonly runTimeoutMs: number
  readonly postTimeoutMs: number
  readonly legacyCallback: boolean
}

const SECRETS = ['token', 'password', 'resultsToken', 'runFlow.hmac']

export function readConfig(value: unknown): ConfigResult<OihConfig> {
  const read = readBySchema(configSchema, value, SECRETS)
  if (!read.ok) return read
  const signatures = readSignatures(read.value.runFlow.hmac)
  if (!signatures.ok) return signatures
  const fault = findConflict(read.value) ?? findFlowConflict(read.value, signatures.value)
  return fault ? { ok: false, ...fault } : { ok: true, value: fillIn(read.value, signatures.value) }
}

type Conflict = { readonly key: string; readonly found: string; readonly wanted: string }

/** Keys that are right each by itself but not together. */
function findConflict(written: WrittenConfig): Conflict | null {
  const { token, username, password, iamUrl, secretsUrl, signInOrigins, commands } = written
  if (token && username) return { key: 'username', found: 'a user name beside a token', wanted: 'either token, or username and password' }
  if ((username === undefined) !== (password === undefined))
    return { key: username ? 'password' : 'username', found: 'nothing', wanted: 'username and password, both or neither' }
  if (username && !iamUrl) return { key: 'iamUrl', found: 'nothing', wanted: 'the address of IAM, where username and password are taken to' }
  if (commands.auth && !secretsUrl && !signInOrigins?.length) {
    return { key: 'signInOrigins', found: 'nothing', wanted: 'the origins to which a sign-in may lead, because commands.auth is set' }
  }
  return null
}

/** What does not go together around flows and visitors. */
function findFlowConflict(written: WrittenConfig, signatures: ReadonlyMap<string, HookSignature>): Conflict | null {
  const { iamUrl, token, username, visitorToken, resultsToken, flowsUrl, logout, runFlow } = written
  const both = inSmallLetters(runFlow.get).find((flow) => signatures.has(flow))
  if (both) return { key: `runFlow.hmac.${both}`, found: 'a flow that is run by GET', wanted: 'a flow that is run by POST: a GET has no body to sign' }
  if (visitorToken && !iamUrl) return { key: 'iamUrl', found: 'nothing', wanted: 'the address of IAM, which is asked whom a visitor’s token names' }
  if (visitorToken && !token && !username)
    return { key: 'token', found: 'nothing', wanted: 'token, or username and password, of an account with the permission iam.token.introspect' }
  if (resultsToken && !flowsUrl)
    return { key: 'flowsUrl', found: 'nothing', wanted: 'the address of the Flow Repository: results go to those who watch a flow' }
  if (logout && !username)
    return { key: 'logout', found: 'true without a login', wanted: 'username and password beside it: a token that was given is not ours to end' }
  return null
}

const inSmallLetters = (flows: readonly string[]): readonly string[] => flows.map((flow) => flow.toLowerCase())

function fillIn(written: WrittenConfig, signatures: ReadonlyMap<string, HookSignature>): OihConfig {
  const { username, password, commands, runFlow, secretsUrl, connector: _, ...rest } = written
  return {
    webhooksUrl: rest.webhooksUrl,
    flowsUrl: rest.flowsUrl,
    iamUrl: rest.iamUrl,
    token: rest.token,
    login: username !== undefined && password !== undefined ? { username, password } : undefined,
    authFlow: commands.auth?.flow.toLowerCase(),
    meFlow: commands.me?.flow.toLowerCase(),
    logout: rest.logout,
    allow: runFlow.allow && inSmallLetters(runFlow.allow),
    get: inSmallLetters(runFlow.get),
    signatures,
    operatorRoles: rest.operatorRoles,
    visitorToken: rest.visitorToken,
    resultsToken: rest.resultsToken,
    watchMs: rest.watchMs,
    startTimeoutMs: rest.startTimeoutMs,
    pollMs: rest.pollMs,
    signInOrigins: rest.signInOrigins ?? (secretsUrl ? [new URL(secretsUrl).origin] : []),
    title: rest.title,
    partner: rest.partner,
    runTimeoutMs: rest.runTimeoutMs,
    postTimeoutMs: rest.postTimeoutMs,
    legacyCallback: rest.legacyCallback
  }
}
