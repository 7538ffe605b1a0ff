import * as v from 'valibot'
import { SIGNATURES_WANTED } from './hooks/signature-config.js'
import { FLOW_ID, FLOW_ID_WANTED } from './types.js'

const ROLE = 'the name of a role, 1 to 64 characters'
const ROLES = 'a list of 1 to 20 names of roles'
const RESULTS_TOKEN = 'a text of 32 to 200 printable characters without blanks, which scheduled flows send along'

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
const duration = (most: number, least = 1_000) => {
  const wanted = `a number of milliseconds from ${least} to ${most}`
  return v.pipe(v.number(wanted), v.integer(wanted), v.minValue(least, wanted), v.maxValue(most, wanted))
}
const flowIds = v.array(flowId, 'a list of flow ids')
const roleName = v.pipe(v.string(ROLE), v.minLength(1, ROLE), v.maxLength(64, ROLE))
const commandFlow = v.strictObject({ flow: flowId }, 'an object { "flow": "<flow id>" }')

/** What may stand in an `oih` inbox. The message of a schema says what is wanted. */
export const configSchema = v.strictObject(
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
    runFlow: v.optional(
      v.strictObject(
        { allow: v.optional(flowIds), get: v.optional(flowIds, []), hmac: v.optional(v.record(flowId, v.unknown(), SIGNATURES_WANTED), {}) },
        'an object { "allow": [...], "get": [...], "hmac": {...} }'
      ),
      { get: [], hmac: {} }
    ),
    operatorRoles: v.optional(v.pipe(v.array(roleName, ROLES), v.minLength(1, ROLES), v.maxLength(20, ROLES)), ['operator']),
    visitorToken: v.optional(v.picklist(['optional', 'required'], '"optional" or "required"')),
    resultsToken: v.optional(v.pipe(v.string(RESULTS_TOKEN), v.regex(/^[\x21-\x7e]{32,200}$/, RESULTS_TOKEN))),
    logout: v.optional(v.boolean('true or false'), false),
    signInOrigins: v.optional(v.array(origin, 'a list of origins')),
    title: v.optional(words('the name of the site, 1 to 100 characters')),
    partner: v.optional(words('the name of the platform, 1 to 100 characters'), 'Open Integration Hub'),
    // A day: longer and the visitor has forgotten what was asked.
    runTimeoutMs: v.optional(duration(86_400_000), 600_000),
    // The platform holds back a 404 for one second; ten leave room for a slow start.
    postTimeoutMs: v.optional(duration(60_000), 10_000),
    // A week: longer than a timer of JavaScript holds is not far off.
    watchMs: v.optional(duration(604_800_000), 86_400_000),
    // The platform's orchestrator works on a tick of ten seconds, and has an image to fetch the first time.
    startTimeoutMs: v.optional(duration(3_600_000), 120_000),
    pollMs: v.optional(duration(60_000, 250), 2_000),
    legacyCallback: v.optional(v.boolean('true or false'), false)
  },
  'an object'
)
export type WrittenConfig = v.InferOutput<typeof configSchema>

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && !username && !password && !search && !hash
}
