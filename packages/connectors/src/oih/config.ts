import * as v from 'valibot'
import type { ConfigResult } from '../module.js'
import { readBySchema } from '../read-config.js'
import { FLOW_ID, FLOW_ID_WANTED } from './types.js'

/** The configuration of an `oih` inbox, with its defaults filled in. */
export type OihConfig = {
  readonly webhooksUrl: string
  readonly iamUrl: string | undefined
  readonly token: string | undefined
  readonly login: { readonly username: string; readonly password: string } | undefined
  readonly authFlow: string | undefined
  readonly meFlow: string | undefined
  /** Flows that `/run-flow` may start; absent: any. In small letters. */
  readonly allow: readonly string[] | undefined
  readonly signInOrigins: readonly string[]
  readonly title: string | undefined
  readonly partner: string
  readonly runTimeoutMs: number
  readonly postTimeoutMs: number
  readonly legacyCallback: boolean
}

const address = v.pipe(
  v.string('a web address, like https://hub.example.com'),
  v.check((text) => isPlainAddress(text), 'an http or https address without user name, query or fragment, like https://hub.example.com'),
  v.transform((text) => text.replace(/\/+$/, ''))
)
const origin = v.pipe(
  v.string('an origin, like https://login.example.com'),
  v.check((text) => URL.canParse(text) && new URL(text).origin === text, 'an origin and nothing else: scheme, host and port, like https://login.example.com')
)
const flowId = v.pipe(v.string(FLOW_ID_WANTED), v.regex(FLOW_ID, FLOW_ID_WANTED))
const words = (what: string) => v.pipe(v.string(what), v.minLength(1, what), v.maxLength(100, what))
const secretText = (what: string) => v.pipe(v.string(what), v.regex(/^[\x21-\x7e]{1,4096}$/, what))
const duration = (most: number) => {
  const wanted = `a number of milliseconds from 1000 to ${most}`
  return v.pipe(v.number(wanted), v.integer(wanted), v.minValue(1_000, wanted), v.maxValue(most, wanted))
}
const commandFlow = v.strictObject({ flow: flowId }, 'an object { "flow": "<flow id>" }')

const schema = v.strictObject(
  {
    connector: v.optional(v.literal('oih', '"oih"')),
    webhooksUrl: address,
    flowsUrl: v.optional(address),
    iamUrl: v.optional(address),
    secretsUrl: v.optional(address),
    token: v.optional(secretText('the platform token: printable characters without blanks')),
    username: v.optional(words('a user name of 1 to 100 characters')),
    password: v.optional(v.pipe(v.string('a text'), v.minLength(1, 'a text that is not empty'))),
    commands: v.optional(v.strictObject({ auth: v.optional(commandFlow), me: v.optional(commandFlow) }, 'an object with "auth" and "me"'), {}),
    runFlow: v.optional(v.strictObject({ allow: v.optional(v.array(flowId, 'a list of flow ids')) }, 'an object { "allow": [...] }'), {}),
    signInOrigins: v.optional(v.array(origin, 'a list of origins')),
    title: v.optional(words('the name of the site, 1 to 100 characters')),
    partner: v.optional(words('the name of the platform, 1 to 100 characters'), 'Open Integration Hub'),
    // A day: longer and the visitor has forgotten what was asked.
    runTimeoutMs: v.optional(duration(86_400_000), 600_000),
    // The platform holds back a 404 for one second; ten leave room for a slow start.
    postTimeoutMs: v.optional(duration(60_000), 10_000),
    legacyCallback: v.optional(v.boolean('true or false'), false)
  },
  'an object'
)
type Written = v.InferOutput<typeof schema>

const SECRETS = ['token', 'password']

export function readConfig(value: unknown): ConfigResult<OihConfig> {
  const read = readBySchema(schema, value, SECRETS)
  if (!read.ok) return read
  const fault = findConflict(read.value)
  return fault ? { ok: false, ...fault } : { ok: true, value: fillIn(read.value) }
}

/** Keys that are right each by itself but not together. */
function findConflict(written: Written): { key: string; found: string; wanted: string } | null {
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

function fillIn(written: Written): OihConfig {
  const { webhooksUrl, iamUrl, token, username, password, commands, runFlow, secretsUrl, title, partner, runTimeoutMs, postTimeoutMs, legacyCallback } = written
  return {
    webhooksUrl,
    iamUrl,
    token,
    login: username !== undefined && password !== undefined ? { username, password } : undefined,
    authFlow: commands.auth?.flow.toLowerCase(),
    meFlow: commands.me?.flow.toLowerCase(),
    allow: runFlow.allow?.map((flow) => flow.toLowerCase()),
    signInOrigins: written.signInOrigins ?? (secretsUrl ? [new URL(secretsUrl).origin] : []),
    title,
    partner,
    runTimeoutMs,
    postTimeoutMs,
    legacyCallback
  }
}

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && !username && !password && !search && !hash
}
